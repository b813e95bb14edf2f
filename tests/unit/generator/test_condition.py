"""Conditions are read from text, and refused when they cannot be met exactly."""

import numpy as np
import pytest
from kit.incomes import DOMAIN

from synth_assets.errors import UsageError
from synth_assets.generator.condition import Condition, parse_condition
from synth_assets.generator.mixture.model import MixtureGenerator
from synth_assets.generator.scenario import rebalance
from synth_assets.release import Release


def test_parts_on_the_same_column_are_met_together() -> None:
    condition = parse_condition("age >= 20 AND (age < 22 AND region IN ('north', 'west'))", domain=DOMAIN)
    assert np.flatnonzero(condition.weights["age"]).tolist() == [2, 3]
    assert condition.weights["region"] == (1.0, 0.0, 1.0)


def test_null_is_kept_only_when_asked_for() -> None:
    assert parse_condition("age > 0", domain=DOMAIN).weights["age"][-1] == 0
    assert np.flatnonzero(parse_condition("age IS NULL", domain=DOMAIN).weights["age"]).tolist() == [60]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("age >= 20 OR member", "exactly one column"),
        ("age > income", "exactly one column"),
        ("income > 15", "cuts through a bin"),
        ("age > 200", "leaves no value"),
        ("age + 1", "true or false"),
        ("age >", "not an expression"),
        ("height > 2", "unknown column"),
    ],
)
def test_what_has_no_closed_form_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_condition(text, domain=DOMAIN)


def test_a_condition_on_bin_edges_is_met() -> None:
    assert np.flatnonzero(
        parse_condition("income >= 20 AND income < 40", domain=DOMAIN).weights["income"]
    ).tolist() == [2, 3]


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
def test_weights_must_be_finite_and_not_negative(weight: float) -> None:
    with pytest.raises(UsageError, match="finite"):
        Condition(text="scenario", weights={"member": (weight, 1.0)})


def test_rebalancing_gives_the_wanted_shares(fitted: MixtureGenerator, release: Release) -> None:
    condition = rebalance(fitted, release, column="region", shares={"north": 1, "west": 3})
    drawn = fitted.given(condition).sample(4000, seed=0, shard=0).column("region").to_pylist()
    assert drawn.count("south") == 0
    assert abs(drawn.count("west") - 3000) < 60


def test_rebalancing_refuses_unknown_values_and_grouped_columns(fitted: MixtureGenerator, release: Release) -> None:
    with pytest.raises(UsageError, match="'east' is not a value"):
        rebalance(fitted, release, column="region", shares={"east": 1})
    with pytest.raises(UsageError, match="measured in groups"):
        rebalance(fitted, release, column="age", shares={18: 1})


def test_conditions_are_joined_by_multiplying_their_weights() -> None:
    joined = parse_condition("age < 22", domain=DOMAIN) & parse_condition("age >= 20 AND member", domain=DOMAIN)
    assert joined.weights == parse_condition("age < 22 AND age >= 20 AND member", domain=DOMAIN).weights
    assert str(joined) == "age < 22 AND age >= 20 AND member"
    doubled = Condition(text="twice", weights={"member": (1.0, 2.0)}) & Condition(
        text="thrice", weights={"member": (1.0, 3.0)}
    )
    assert doubled.weights["member"] == (1.0, 6.0)


def test_a_contradiction_of_two_conditions_is_refused() -> None:
    young, old = parse_condition("age < 22", domain=DOMAIN), parse_condition("age >= 22", domain=DOMAIN)
    with pytest.raises(UsageError, match="`age < 22 AND age >= 22` leaves no value of 'age'"):
        _ = young & old
    with pytest.raises(UsageError, match="different domains"):
        _ = young & Condition(text="other", weights={"age": (1.0, 2.0)})


def test_shares_inside_a_condition_are_those_inside_it(fitted: MixtureGenerator, release: Release) -> None:
    young = parse_condition("age < 38", domain=DOMAIN)
    tilt = rebalance(fitted, release, column="member", shares={True: 0.5, False: 0.5}, given=young)
    assert np.allclose(fitted.given(young & tilt).marginal(["member"]), [0.5, 0.5])
    assert not np.allclose(fitted.given(tilt).marginal(["member"]), [0.5, 0.5], atol=0.05)
