"""Scenarios, wanted shares and conditions hold together, or are refused together."""

import numpy as np
import pytest
from kit.incomes import DOMAIN

from synth_assets.errors import UsageError
from synth_assets.generator.condition import parse_condition
from synth_assets.generator.mixture.model import MixtureGenerator
from synth_assets.generator.scenario import scenario, what_if
from synth_assets.release import Release


def test_a_weight_of_two_doubles_the_odds_and_no_more(fitted: MixtureGenerator) -> None:
    before = fitted.marginal(["region", "member"])
    after = fitted.given(scenario({"region": {"north": 2.0}}, domain=DOMAIN)).marginal(["region", "member"])
    wanted = before * np.array([2.0, 1.0, 1.0])[:, None]
    assert np.allclose(after, wanted / wanted.sum())


def test_weights_of_a_condition_multiply_with_weights_of_values() -> None:
    condition = scenario({"member": {True: 3.0}, "member = true": 2.0, "age >= 70": 0.0}, domain=DOMAIN)
    assert condition.weights["member"] == (1.0, 6.0)
    assert np.flatnonzero(np.array(condition.weights["age"]) == 0).tolist() == list(range(52, 60))
    assert str(condition) == "weigh member: True x 3 AND weigh member = true x 2 AND weigh age >= 70 x 0"


def test_shares_hold_inside_a_condition_and_a_scenario(fitted: MixtureGenerator, release: Release) -> None:
    where = parse_condition("age < 48", domain=DOMAIN)
    shares = {"region": {"north": 1, "south": 1, "west": 2}}
    condition = what_if(fitted, release, where=where, weights={"member": {True: 5.0}}, shares=shares)
    assert np.allclose(fitted.given(condition).marginal(["region"]), [0.25, 0.25, 0.5])
    assert fitted.given(condition).marginal(["age"])[3:].sum() == pytest.approx(0)


def test_shares_of_several_columns_hold_at_once(fitted: MixtureGenerator, release: Release) -> None:
    shares = {"region": {"north": 0.3, "south": 0.2, "west": 0.5}, "member": {True: 0.6, False: 0.4}}
    condition = what_if(fitted, release, shares=shares)
    assert np.allclose(fitted.given(condition).marginal(["region"]), [0.3, 0.2, 0.5], atol=1e-5)
    assert np.allclose(fitted.given(condition).marginal(["member"]), [0.4, 0.6], atol=1e-5)


def test_without_a_question_there_is_no_condition(fitted: MixtureGenerator, release: Release) -> None:
    assert what_if(fitted, release) is None
    where = parse_condition("member", domain=DOMAIN)
    assert what_if(fitted, release, where=where) is where


def test_a_contradiction_is_refused(fitted: MixtureGenerator, release: Release) -> None:
    where = parse_condition("region = 'north'", domain=DOMAIN)
    with pytest.raises(UsageError, match="never makes one of the wanted values of 'region' where region = 'north'"):
        what_if(fitted, release, where=where, shares={"region": {"south": 1.0}})
    with pytest.raises(UsageError, match="leaves no value of 'region'"):
        what_if(fitted, release, where=where, weights={"region": {"north": 0.0}})


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({}, "needs a weight"),
        ({"height": {1: 2.0}}, "'height' is not a measured column"),
        ({"region": {"east": 2.0}}, "'east' is not a value of 'region'"),
        ({"region": {"north": -1.0}}, "finite and >= 0"),
        ({"region": {"north": float("nan")}}, "finite and >= 0"),
        ({"income": {5.0: 2.0}}, "values of 'income' lie in bins"),
        ({"member OR region = 'north'": 2.0}, "exactly one column"),
    ],
)
def test_a_scenario_that_makes_no_sense_is_refused(weights: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        scenario(weights, domain=DOMAIN)
