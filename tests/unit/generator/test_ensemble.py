"""An ensemble draws from several kinds, by shares that bring it nearest to the release."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit.incomes import DOMAIN, GRIDS

from synth_assets.domain.codes import encode
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.generator import make_generator, parse_condition
from synth_assets.generator.ensemble import EnsembleGenerator, best_shares
from synth_assets.generator.mixture.model import MixtureGenerator
from synth_assets.release import Release


def _ensemble(*members: Any) -> EnsembleGenerator:
    generator = make_generator("ensemble", options={"members": list(members)})
    assert isinstance(generator, EnsembleGenerator)
    return generator


@pytest.fixture(scope="module")
def twins(release: Release, fitted: MixtureGenerator) -> EnsembleGenerator:
    """Two mixtures of one release, by other seeds."""
    other = MixtureGenerator()
    other.fit(release, seed=7)
    return EnsembleGenerator.load(
        {
            "ensemble.json": b'{"format_version": 1, "members": ["mixture", "mixture"], "shares": [0.25, 0.75]}',
            **{f"0-{name}": content for name, content in fitted.contents().items()},
            **{f"1-{name}": content for name, content in other.contents().items()},
        },
        release=release,
    )


@given(st.integers(2, 4), st.integers(0, 10**6))
def test_shares_are_better_than_any_others_that_are_tried(size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rest = rng.normal(size=(size, 6)) + rng.normal(size=6)
    gram = rest @ rest.T
    shares = best_shares(gram)
    assert shares.sum() == pytest.approx(1)
    assert (shares >= 0).all()
    tried = rng.dirichlet(np.ones(size), 200)
    assert shares @ gram @ shares <= np.einsum("ti,ij,tj->t", tried, gram, tried).min() + 1e-6


def test_two_that_are_the_same_share_evenly() -> None:
    assert best_shares(np.ones((2, 2))).tolist() == pytest.approx([0.5, 0.5])
    assert best_shares(np.zeros((3, 3))).tolist() == pytest.approx([1 / 3] * 3)


def test_a_member_that_knows_no_pairs_draws_hardly_any_rows(release: Release, toy: str) -> None:
    ensemble = _ensemble(toy, "mixture")
    lines: list[str] = []
    ensemble.fit(release, seed=0, progress=lines.append)
    assert ensemble.shares[0] < 0.1
    assert lines[-1].startswith("shares: toy 0.0")


def test_answers_are_what_is_sampled_with_and_without_a_condition(twins: EnsembleGenerator) -> None:
    where = parse_condition("age >= 41 AND member", domain=DOMAIN)
    for generator in (twins, twins.given(where)):
        batch = generator.sample(30_000, seed=2, shard=0)
        for names in (("age",), ("age", "region")):
            expected, drawn = generator.marginal(names), np.zeros([int(GRIDS[name].max()) + 1 for name in names])
            codes = tuple(GRIDS[name][encode(DOMAIN[name], batch.column(name))] for name in names)
            np.add.at(drawn, codes, 1 / batch.num_rows)
            assert np.abs(expected - drawn).sum() < 0.03
    first, second = (twins._members[place].marginal(("age",)) for place in (0, 1))  # type: ignore[attr-defined]
    assert twins.marginal(("age",)) == pytest.approx(0.25 * first + 0.75 * second)


def test_members_count_by_how_probable_they_make_a_condition(release: Release, fitted: MixtureGenerator) -> None:
    north = fitted.given(parse_condition("region = 'north'", domain=DOMAIN))
    ensemble = EnsembleGenerator()
    ensemble._members, ensemble._shares = (fitted, north), np.array([0.5, 0.5])
    assert ensemble.given(parse_condition("region = 'south'", domain=DOMAIN)).shares.tolist() == [1.0]
    share = fitted.marginal(("region",))[DOMAIN["region"].categories.index("north")]
    narrowed = ensemble.given(parse_condition("region = 'north'", domain=DOMAIN)).shares
    assert narrowed.tolist() == pytest.approx([share / (1 + share), 1 / (1 + share)])


def test_a_refit_is_of_every_member(twins: EnsembleGenerator, release: Release) -> None:
    again = twins.refit(release, seed=1)
    assert again.shares.tolist() == twins.shares.tolist()
    assert 0 < np.abs(again.marginal(("age",)) - twins.marginal(("age",))).sum() < 0.1


def test_what_a_member_cannot_the_ensemble_cannot_and_says_which(release: Release, toy: str) -> None:
    ensemble = _ensemble("mixture", toy)
    ensemble.fit(release, seed=0)
    with pytest.raises(UsageError, match="of kind 'toy' cannot"):
        ensemble.given(parse_condition("member", domain=DOMAIN))
    with pytest.raises(UsageError, match="of kind 'toy' cannot"):
        ensemble.marginal(("age",))
    with pytest.raises(UsageError, match="of kind 'toy' cannot"):
        ensemble.refit(release, seed=0)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (["mixture"], "at least 2"),
        (["mixture", "mixture"], "two members are the same"),
        (["mixture", "ensemble"], "no member of another"),
        (["mixture", {"kind": "toy", "most": 3}], "member toy: most is not an option"),
        (["mixture", "nobody"], "member nobody: kind generator kind 'nobody' is not known"),
    ],
)
def test_members_that_cannot_be_are_refused_before_anything_is_fitted(
    members: list[Any], message: str, toy: str
) -> None:
    del toy  # it is installed
    with pytest.raises(UsageError, match=message):
        _ensemble(*members)


@pytest.mark.parametrize(
    "change",
    [
        lambda facts: facts.update(shares=[0.5]),
        lambda facts: facts.update(shares=[0.5, 0.6]),
        lambda facts: facts.update(shares=[1.5, -0.5]),
        lambda facts: facts.update(shares=[1, 0]),
        lambda facts: facts.update(shares=["a", 0.5]),
        lambda facts: facts.update(members=["mixture", "ensemble"]),
        lambda facts: facts.update(members=["mixture", 3]),
        lambda facts: facts.update(members={}),
        lambda facts: facts.update(format_version=2),
        lambda facts: facts.update(more=1),
        lambda facts: facts.pop("shares"),
    ],
)
def test_a_file_that_holds_no_members_and_shares_is_refused(
    twins: EnsembleGenerator, change: Callable[[dict[str, Any]], object]
) -> None:
    facts = json.loads(twins.contents()["ensemble.json"])
    change(facts)
    with pytest.raises(IntegrityError):
        EnsembleGenerator.load({**twins.contents(), "ensemble.json": json.dumps(facts).encode()})


def test_a_member_whose_files_are_missing_or_of_another_kind_is_refused(twins: EnsembleGenerator) -> None:
    contents = twins.contents()
    fewer = {name: content for name, content in contents.items() if name != "1-mixture.json"}
    with pytest.raises(IntegrityError, match="member 1"):
        EnsembleGenerator.load(fewer)
