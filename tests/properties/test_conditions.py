"""What a condition gives in closed form is what sampling under it gives."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit.incomes import DOMAIN, make_release

from synth_assets.domain.codes import encode
from synth_assets.errors import UsageError
from synth_assets.generator.condition import Condition
from synth_assets.generator.mixture.model import MixtureGenerator
from synth_assets.generator.scenario import what_if
from synth_assets.release import Release

ROWS = 5_000


@cache
def _fitted() -> tuple[MixtureGenerator, Release]:
    release, generator = make_release(), MixtureGenerator()
    generator.fit(release, seed=0)
    return generator, release


def _weights(name: str, factors: Sequence[float] = (0.0, 0.3, 1.0, 4.0)) -> st.SearchStrategy[Condition]:
    size = DOMAIN[name].size
    numbers = st.lists(st.sampled_from(factors), min_size=size, max_size=size).filter(any)
    return numbers.map(lambda chosen: Condition(text=name, weights={name: tuple(chosen)}))


@pytest.mark.slow
@settings(max_examples=12)
@given(age=_weights("age"), region=_weights("region"), member=_weights("member"), seed=st.integers(0, 99))
def test_sampled_shares_are_the_closed_form(age: Condition, region: Condition, member: Condition, seed: int) -> None:
    generator, _ = _fitted()
    where = age & region & member
    expected = np.clip(generator.given(where).marginal(["region", "member"]), 0, 1)
    batch = generator.given(where).sample(ROWS, seed=seed, shard=0)
    codes = [encode(DOMAIN[name], batch.column(name)) for name in ("region", "member")]
    drawn = np.zeros(expected.shape)
    np.add.at(drawn, tuple(codes), 1 / ROWS)
    # Stratified sampling is never worse than independent draws; six of their standard errors, and rounding.
    assert (np.abs(drawn - expected) <= 6 * np.sqrt(expected * (1 - expected) / ROWS) + 1 / ROWS + 1e-9).all()
    assert (drawn[expected == 0] == 0).all()


@given(first=_weights("age"), second=_weights("region"), third=_weights("age"))
def test_the_order_of_conditions_does_not_matter(first: Condition, second: Condition, third: Condition) -> None:
    try:
        left = first & second & third
    except UsageError:
        assert not (np.array(first.weights["age"]) * np.array(third.weights["age"])).any()
        return
    right = third & (second & first)
    assert all(np.allclose(left.weights[name], right.weights[name]) for name in ("age", "region"))


@settings(max_examples=12)
@given(
    member=st.floats(0.01, 0.99),
    region=st.tuples(*[st.floats(0.05, 1)] * 3),
    tilt=_weights("joined", (0.3, 1.0, 4.0)),
)
def test_wanted_shares_hold_whatever_else_is_asked(
    member: float, region: tuple[float, float, float], tilt: Condition
) -> None:
    generator, release = _fitted()
    shares = {
        "member": {True: member, False: 1 - member},
        "region": dict(zip(DOMAIN["region"].categories, region, strict=True)),
    }
    condition = what_if(generator, release, where=tilt, shares=shares)
    assert np.allclose(generator.given(condition).marginal(["member"]), [1 - member, member], atol=1e-5)
    assert np.allclose(generator.given(condition).marginal(["region"]), np.array(region) / sum(region), atol=1e-5)
