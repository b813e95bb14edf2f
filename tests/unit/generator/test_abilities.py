"""Asking a kind for what it cannot do is refused, with a hint of what it can do."""

from collections.abc import Callable
from typing import ClassVar

import numpy as np
import pytest
from kit.incomes import DOMAIN
from toy_generator import ToyGenerator

from synth_assets.errors import UsageError
from synth_assets.generator.abilities import abilities_of, answering, keeping, refitting, under
from synth_assets.generator.condition import parse_condition
from synth_assets.generator.intervals import estimate, refit_answers
from synth_assets.generator.mixture.model import MixtureGenerator
from synth_assets.generator.rules import Rules
from synth_assets.generator.scenario import rebalance, what_if
from synth_assets.generator.statistic import make_statistic
from synth_assets.release import Release

WHERE = parse_condition("age >= 40", domain=DOMAIN)


@pytest.fixture
def plain(release: Release) -> ToyGenerator:
    generator = ToyGenerator()
    generator.fit(release, seed=0)
    return generator


def test_a_kind_has_the_abilities_of_its_methods() -> None:
    assert abilities_of(MixtureGenerator) == ("answers", "refits", "conditions", "rules")
    assert abilities_of(ToyGenerator) == ()


def test_what_a_kind_can_do_is_passed_on(fitted: MixtureGenerator) -> None:
    assert answering(fitted) is refitting(fitted) is under(fitted, None) is fitted
    narrowed = under(fitted, WHERE)
    assert min(narrowed.sample(500, seed=0, shard=0).column("age").to_pylist()) >= 40
    assert fitted.sample(500, seed=0, shard=0).column("age").null_count > 0


def test_rules_are_told_to_kinds_that_can_sample_by_them(fitted: MixtureGenerator, plain: ToyGenerator) -> None:
    rules = Rules(cells=(), kept=lambda batch: np.ones(batch.num_rows, dtype=bool))
    assert keeping(plain, rules) is plain
    ruled = keeping(fitted, rules)
    assert ruled is not fitted
    assert ruled.sample(200, seed=0, shard=0).equals(fitted.sample(200, seed=0, shard=0))


def test_conditions_add_up(fitted: MixtureGenerator) -> None:
    more = parse_condition("age < 50 AND member", domain=DOMAIN)
    both = fitted.given(WHERE).given(more).sample(500, seed=0, shard=0)
    assert both.equals(fitted.given(WHERE & more).sample(500, seed=0, shard=0))
    ages = both.column("age").to_pylist()
    assert (min(ages) >= 40, max(ages) < 50) == (True, True)


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda toy, _: under(toy, WHERE), "cannot sample under a condition"),
        (lambda toy, release: what_if(toy, release, where=WHERE), "cannot sample under a condition"),
        (
            lambda toy, release: rebalance(toy, release, column="region", shares={"north": 1.0}),
            "cannot say how probable values are: no shares can be re-balanced with it",
        ),
        (
            lambda toy, release: estimate(release, by=["region"], generator=toy),
            "cannot say how probable values are: .* it has no intervals",
        ),
        (lambda toy, _: refitting(toy), "cannot be fitted again for error bars: .*`--refits 0`"),
    ],
)
def test_a_kind_that_only_samples_is_refused_for_anything_more(
    plain: ToyGenerator, release: Release, use: Callable[[ToyGenerator, Release], object], words: str
) -> None:
    with pytest.raises(UsageError, match=f"a generator of kind 'toy' {words}") as refused:
        use(plain, release)
    assert refused.value.hint == "it can be fitted, sampled without a condition, checked and promoted"


def test_a_kind_says_why_it_cannot(release: Release) -> None:
    class Tree(ToyGenerator):
        cannot: ClassVar[dict[str, str]] = {"refits": "trees grow once"}

    with pytest.raises(UsageError, match=r"cannot be fitted again .*; trees grow once"):
        refitting(Tree())
    with pytest.raises(UsageError, match="cannot sample under a condition") as refused:
        under(Tree(), WHERE)
    assert "trees" not in str(refused.value)


def test_a_kind_that_answers_and_is_not_refitted_has_no_intervals(plain: ToyGenerator, release: Release) -> None:
    class Answering(ToyGenerator):
        def marginal(self, *_: object, **__: object) -> None: ...

    statistic = make_statistic(release, by=["region"])
    with pytest.raises(UsageError, match="cannot be fitted again") as refused:
        refit_answers(Answering(), release, [statistic])
    assert refused.value.hint.endswith("; say how probable values are")
    assert estimate(release, by=["region"]).synthetic is None
