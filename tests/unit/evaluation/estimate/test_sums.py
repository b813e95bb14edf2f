"""Sums of ratios keep the precision of each, though denominators are noisy too."""

import math
from functools import partial

import numpy as np
import pytest

from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate import sums
from synth_assets.evaluation.estimate.bounds import ratio, vacuous
from synth_assets.evaluation.estimate.reach import NoisyCells, normal_quantile
from synth_assets.evaluation.estimate.sums import Differences, Term, sum_of_ratios

ONE = Term(factor=1.0, above=np.array([1.0, 0, 0, 0]), below=np.array([1.0, 1, 0, 0]))
OTHER = Term(factor=-1.0, above=np.array([0.0, 0, 1, 0]), below=np.array([0.0, 0, 1, 1]))
gap = partial(sum_of_ratios, terms=[ONE, OTHER], beta=0.05, lowest=-1.0, highest=1.0)
alone = partial(sum_of_ratios, terms=[ONE], beta=0.05, lowest=0.0, highest=1.0)


def test_without_noise_a_sum_is_exact() -> None:
    figure = gap(NoisyCells.of([30, 10, 10, 10], scale=1e-7), constant=0.1)
    assert (figure.low, figure.value, figure.high) == pytest.approx((0.35, 0.35, 0.35), abs=1e-6)


def test_one_term_alone_is_nearly_as_tight_as_the_ratio() -> None:
    cells = NoisyCells.of([9000, 1000, 0, 0], scale=4.5)
    whole, summed = ratio(cells, above=ONE.above, below=ONE.below, beta=0.05), alone(cells)
    assert summed.value == pytest.approx(whole.value)
    assert summed.deviation == pytest.approx(whole.deviation)
    assert whole.high - whole.low < summed.high - summed.low < 1.1 * (whole.high - whole.low)


@pytest.mark.parametrize(("small", "deviations"), [(40, 3.4), (240, 2.3), (24_000, 2.1)])
def test_a_gap_is_bounded_by_few_deviations_also_for_small_groups(small: int, deviations: float) -> None:
    figure = gap(NoisyCells.of([0.75 * small, 0.25 * small, 2 * small, small], scale=4.5))
    assert normal_quantile(0.05) < (figure.high - figure.value) / figure.deviation < deviations


@pytest.mark.parametrize("arc", [0.05, 0.5, math.pi / 2])
def test_the_best_direction_of_an_arc_exceeds_its_quantile_as_often_as_stated(arc: float) -> None:
    rng, beta, size = np.random.default_rng(0), 0.05, 400_000
    angles, radius = rng.uniform(-math.pi, math.pi, size), np.sqrt(-2 * np.log(rng.random(size)))
    # The nearest direction of the arc from 0 to ``arc`` is the best one.
    away = np.minimum(np.abs(angles - np.clip(angles, 0, arc)), np.abs(angles + 2 * math.pi - arc))
    beyond = np.mean(radius * np.cos(away) > sums._arc_quantile(beta, arc))
    assert beyond == pytest.approx(beta, abs=5 * math.sqrt(beta / size))


def test_no_arc_takes_the_normal_quantile() -> None:
    assert sums._arc_quantile(0.01, 0.0) == normal_quantile(0.01)


def test_an_unknown_denominator_turns_the_direction_by_a_quarter_at_most() -> None:
    part = sums._Part.of(NoisyCells.of([30, 10, 0, 0], scale=4.5), ONE, beta=0.001)
    assert math.isinf(part.turn)
    assert sums._arc([part, part], 0.0, blur=0.0)[0] == math.pi / 2


def test_noise_of_other_cells_and_slack_widen_a_sum() -> None:
    cells = NoisyCells.of([9000, 1000, 5000, 5000], scale=4.5)
    plain, wider, noisier = gap(cells), gap(cells, slack=0.01), gap(cells, independent=0.01)
    assert (wider.low, wider.high) == pytest.approx((plain.low - 0.01, plain.high + 0.01))
    assert noisier.deviation == pytest.approx(math.hypot(plain.deviation, 0.01))
    assert noisier.high - noisier.value > normal_quantile(0.05) * 0.01


@pytest.mark.parametrize("counts", [(0, 0, 500, 500), (500, 500, 3, -3), (-40, 10, 500, 500)])
def test_a_denominator_that_is_not_surely_positive_says_nothing(counts: tuple[int, ...]) -> None:
    assert gap(NoisyCells.of(counts, scale=4.5)) == vacuous(beta=0.05, lowest=-1.0, highest=1.0)


def test_terms_that_share_a_cell_or_are_more_than_two_are_refused() -> None:
    cells = NoisyCells.of([5] * 4, scale=1.0)
    third = Term(factor=1.0, above=np.zeros(4), below=np.zeros(4))
    for terms in ([ONE, ONE], [ONE, OTHER, third]):
        with pytest.raises(UsageError, match="share no cells"):
            sum_of_ratios(cells, terms, beta=0.05, lowest=0.0, highest=2.0)


@pytest.mark.parametrize("scale", [0.9, 4.5])
@pytest.mark.parametrize(("more", "less"), [(0, 1), (1, 0), (2, 1), (0, 3)])
def test_differences_of_groups_are_those_of_each_pair(scale: float, more: int, less: int) -> None:
    groups = [[40, 25], [30, 90], [400, 2500], [5, 1]]
    cells = [NoisyCells.of(group, scale=scale) for group in groups]
    differences = Differences(cells, above=np.array([1.0, 0]), below=np.ones(2))
    assert differences.between(more, less, 0.05) == gap(NoisyCells.of(groups[more] + groups[less], scale=scale))
