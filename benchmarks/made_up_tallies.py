"""Made-up people with a score, and every measured figure of them: exact, and from a noisy tally.

A case draws a table of people, tallies it as a query would, adds noise by NumPy, and returns the exact
figure with the function that bounds it. Noise here protects nobody. ``gates.py`` prints how gates do on it, and
``tests/statistical/test_figures.py`` holds every bound against its ``beta``.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from synth_assets.evaluation.estimate.closeness import (
    correlation_difference,
    excess,
    expected_by_sampling,
    jensen_shannon,
    mean_total_variation,
    wasserstein,
)
from synth_assets.evaluation.estimate.fairness import (
    demographic_parity_difference,
    equal_opportunity_difference,
    equalized_odds_difference,
)
from synth_assets.evaluation.estimate.leakage import nearer, share_difference
from synth_assets.evaluation.estimate.planning import Plan, expected_tally, largest_norm, plan, planned_scale
from synth_assets.evaluation.estimate.ranking import area, area_of_table, exact_area, make_ranking
from synth_assets.evaluation.estimate.usefulness import (
    accuracy,
    balanced_accuracy,
    calibration_error,
    make_brier,
    mean_value,
    share_right,
)
from synth_assets.evaluation.figure import Figure

__all__ = ["CASES", "Case", "noisy"]

Array = np.ndarray[Any, np.dtype[np.float64]]
Rng = np.random.Generator
Draw = tuple[float, Callable[[float], Figure], Callable[[float], Plan]]
"""The exact figure, the figure of the noisy tally by ``beta``, and what was known of it beforehand."""

RHO = 0.0244
"""What epsilon 1 at delta 1e-6 buys."""
ROWS = 5000
BINS = 20
FINE = 200
GROUPS = 3
COLUMNS = 8


@dataclass(frozen=True, kw_only=True)
class Case:
    """A figure of a made-up table.

    Attributes:
        name: the figure.
        good: whether a gate wants it large (1) or small (-1).
        draw: makes a table and its noise.
    """

    name: str
    good: int
    draw: Callable[[Rng], Draw]


@dataclass(frozen=True, kw_only=True)
class People:
    """Label, group and score of people.

    Attributes:
        label: 0 or 1, of which a quarter are 1.
        group: 0 to ``GROUPS - 1``, of uneven size.
        score: between 0 and 1.
    """

    label: Any
    group: Any
    score: Array

    @classmethod
    def draw(cls, rng: Rng, *, rows: int = ROWS, drift: float = 0.0) -> "People":
        """Draw people; ``drift`` is how far scores of this table are from those of another, by label."""
        label = (rng.random(rows) < 0.24).astype(np.int64)
        group = rng.choice(GROUPS, size=rows, p=[0.5, 0.3, 0.2])
        inner = rng.normal(0, 1, rows) + np.where(label == 1, 1.9 - drift, drift) + 0.2 * group
        return cls(label=label, group=group, score=1 / (1 + np.exp(-1.6 * (inner - 1.5))))

    def tally(self, *axes: tuple[Any, int]) -> Array:
        """Count people by places of axes, each with its size."""
        table = np.zeros([size for _, size in axes])
        np.add.at(table, tuple(places for places, _ in axes), 1.0)
        return table

    def by_score(self, bins: int) -> Array:
        """Count people by label and score bin of equal width."""
        return self.tally((self.label, 2), (np.minimum((self.score * bins).astype(np.int64), bins - 1), bins))


def noisy(rng: Rng, exact: Any, *, scale: float) -> Array:
    """Add discrete Gaussian noise to integers: by its probabilities for small scales, else by rounding."""
    counts = np.asarray(exact, dtype=np.float64)
    if scale > 100:
        return counts + np.rint(rng.normal(0, scale, counts.shape))
    support = np.arange(-math.ceil(12 * scale), math.ceil(12 * scale) + 1)
    weights = np.exp(-(support**2) / (2 * scale**2))
    return counts + rng.choice(support, size=counts.shape, p=weights / weights.sum())


def _counted(rng: Rng, exact: Array, synthetic: Array, figure: Callable[..., Figure], truth: float) -> Draw:
    """Return the draw of a figure of counts whose estimator takes a table, a scale and beta."""
    scale = planned_scale(rho=RHO, max_rows=1)
    estimate = partial(figure, scale=scale)
    tally, planned = noisy(rng, exact, scale=scale), expected_tally(synthetic, rows=exact.sum())
    return truth, partial(_bounded, estimate, tally), _plan(estimate, planned, scale, _exactly(figure, planned))


def _bounded(estimate: Callable[..., Figure], tally: Array, beta: float) -> Figure:
    return estimate(tally, beta=beta)


def _plan(estimate: Callable[..., Figure], tally: Array, scale: Any, truth: float) -> Callable[[float], Plan]:
    return lambda beta: plan(partial(estimate, beta=beta), tally, scale=scale, truth=truth)


def _exactly(figure: Callable[..., Figure], table: Array) -> float:
    """Return the figure of an exact table: that of a tally with hardly any noise."""
    return figure(table, scale=1e-7, beta=0.01).value


def _table_case(figure: Callable[..., Figure], *, bins: int, grouped: bool = False) -> Callable[[Rng], Draw]:
    def draw(rng: Rng) -> Draw:
        tables = []
        for people in (People.draw(rng), People.draw(rng, rows=4 * ROWS, drift=0.1)):
            places = (np.minimum((people.score * bins).astype(np.int64), bins - 1), bins)
            axes = [(people.group, GROUPS)] if grouped else []
            tables.append(people.tally(*axes, (people.label, 2), places))
        return _counted(rng, tables[0], tables[1], figure, _exactly(figure, tables[0]))

    return draw


def _right(rng: Rng) -> Draw:
    tables = [_right_or_wrong(People.draw(rng, rows=rows)) for rows in (ROWS, 4 * ROWS)]
    return _counted(rng, tables[0], tables[1], share_right, tables[0][1] / tables[0].sum())


def _right_or_wrong(people: People) -> Array:
    return people.tally((((people.score > 0.5) == people.label).astype(np.int64), 2))


def _area(rng: Rng) -> Draw:
    real, synthetic = People.draw(rng).by_score(FINE), People.draw(rng, rows=4 * ROWS, drift=0.15).by_score(FINE)
    ranking = make_ranking(synthetic)
    scale = planned_scale(rho=RHO, max_rows=1, norm=largest_norm(ranking.weights))
    exact = expected_tally(real, rows=real.sum(), weights=ranking.weights)
    tally = noisy(rng, np.rint(exact), scale=scale)
    planned = expected_tally(synthetic, rows=real.sum(), weights=ranking.weights)
    bound = partial(area, ranking=ranking, scale=scale)
    return exact_area(real), partial(_bounded, bound, tally), _plan(bound, planned, scale, ranking.synthetic)


def _brier(rng: Rng) -> Draw:
    scores = (np.arange(FINE) + 0.5) / FINE
    real, synthetic = People.draw(rng).by_score(FINE), People.draw(rng, rows=4 * ROWS).by_score(FINE)
    weights = make_brier(scores, expected=0.1)
    scale = planned_scale(rho=RHO, max_rows=1, norm=largest_norm(weights.weights))
    exact = expected_tally(real.ravel(), rows=real.sum(), weights=weights.weights)
    planned = expected_tally(synthetic.ravel(), rows=real.sum(), weights=weights.weights)
    tally = noisy(rng, np.rint(exact), scale=scale)
    bound = partial(mean_value, weights=weights, scale=scale)
    truth = float(weights.values @ real.ravel() / real.sum())
    expected = float(weights.values @ synthetic.ravel() / synthetic.sum())
    return truth, partial(_bounded, bound, tally), _plan(bound, planned, scale, expected)


def _calibrated(table: Array, *, scale: float, beta: float) -> Figure:
    bins = table.shape[1]
    return calibration_error(table, (np.arange(bins) + 0.5) / bins, scale=scale, beta=beta)


def _variation(rng: Rng) -> Draw:
    """Total variation of some columns of 12 places, of a table whose number of rows is known with noise only."""
    shares = [_drifted(np.sort(rng.dirichlet(np.ones(12))), rng) for _ in range(COLUMNS)]
    real = [rng.multinomial(ROWS, share) for share, _ in shares]
    public = [other for _, other in shares]
    deviation = 2.0
    rows = ROWS + float(np.rint(rng.normal(0, deviation)))
    rounded = [np.rint(rows * other) for other in public]
    rounding = float(sum(np.abs(counts - rows * other).sum() for counts, other in zip(rounded, public, strict=True)))
    exact = np.array(sum(np.abs(counts - other).sum() for counts, other in zip(real, rounded, strict=True)))
    truth = float(
        np.mean([np.abs(counts / ROWS - other).sum() / 2 for counts, other in zip(real, public, strict=True)])
    )
    scale = planned_scale(rho=RHO, max_rows=1, norm=COLUMNS)
    distance = noisy(rng, exact, scale=scale)
    bound = partial(
        mean_total_variation, tables=COLUMNS, rows=rows, scale=scale, rows_deviation=deviation, rounding=rounding
    )
    sampling = expected_by_sampling([ROWS * other for other in public], samples=[ROWS])

    def figure(distance: Any, *, beta: float) -> Figure:
        return excess(bound(float(distance), beta=beta), expected=sampling)

    beyond = max(0.0, truth - sampling)
    return beyond, partial(_bounded, figure, distance), _plan(figure, exact, scale, beyond)


def _drifted(share: Array, rng: Rng) -> tuple[Array, Array]:
    other = share * rng.uniform(0.8, 1.25, share.size)
    return share, other / other.sum()


def _column(rng: Rng) -> tuple[Array, Array]:
    share, other = _drifted(rng.dirichlet(np.full(BINS, 2.0)), rng)
    return rng.multinomial(ROWS, share).astype(np.float64), other * ROWS


def _wasserstein(rng: Rng) -> Draw:
    real, synthetic = _column(rng)
    figure = partial(_of_column, wasserstein, synthetic, positions=np.arange(BINS))
    return _counted(rng, real, synthetic, figure, _exactly(figure, real))


def _jensen_shannon(rng: Rng) -> Draw:
    real, synthetic = _column(rng)
    figure = partial(_of_column, jensen_shannon, synthetic)
    return _counted(rng, real, synthetic, figure, _exactly(figure, real))


def _of_column(figure: Callable[..., Figure], synthetic: Array, counts: Array, **rest: Any) -> Figure:
    return figure(counts, synthetic, **rest)


def _correlation(rng: Rng) -> Draw:
    tables = []
    for rows, slope in ((ROWS, 0.5), (4 * ROWS, 0.4)):
        first = rng.normal(0, 1, rows)
        second = slope * first + math.sqrt(1 - slope**2) * rng.normal(0, 1, rows)
        codes = [np.clip(np.floor(2 * column) + 4, 0, 7).astype(np.int64) for column in (first, second)]
        table = np.zeros((8, 8))
        np.add.at(table, tuple(codes), 1.0)
        tables.append(table)
    real, synthetic = tables
    figure = partial(_of_column, correlation_difference, synthetic, down=np.arange(8), across=np.arange(8))
    return _counted(rng, real, synthetic, figure, _exactly(figure, real))


def _two_parts(
    figure: Callable[..., Figure], *, shares: tuple[Array, Array], rows: tuple[int, int]
) -> Callable[[Rng], Draw]:
    def draw(rng: Rng) -> Draw:
        scale = planned_scale(rho=RHO, max_rows=1)
        exact = [rng.multinomial(size, share) for size, share in zip(rows, shares, strict=True)]
        tallies = [noisy(rng, counts, scale=scale) for counts in exact]
        truth = figure(*exact, measured_scale=1e-7, held_out_scale=1e-7, beta=0.01).value

        def bound(tally: Array, *, beta: float, scale: float = scale) -> Figure:
            return figure(*tally, measured_scale=scale, held_out_scale=scale, beta=beta)

        expected = np.stack([expected_tally(share, rows=size) for share, size in zip(shares, rows, strict=True)])
        planned = _plan(bound, expected, scale, _exactly(bound, expected))
        return truth, partial(_bounded, bound, np.stack(tallies)), planned

    return draw


_NEAR = np.array([0.1, 0.2, 0.3, 0.2, 0.1, 0.1])
_FAR = np.array([0.05, 0.2, 0.3, 0.2, 0.15, 0.1])

CASES = (
    Case(name="accuracy, right or wrong", good=1, draw=_right),
    Case(name="accuracy, 20 bins", good=1, draw=_table_case(partial(accuracy, first=BINS // 2), bins=BINS)),
    Case(name="balanced accuracy", good=1, draw=_table_case(balanced_accuracy, bins=2)),
    Case(name="area under the curve", good=1, draw=_area),
    Case(name="area, 20 bins", good=1, draw=_table_case(area_of_table, bins=BINS)),
    Case(name="Brier score", good=-1, draw=_brier),
    Case(name="calibration error", good=-1, draw=_table_case(_calibrated, bins=BINS)),
    Case(name="demographic parity", good=-1, draw=_table_case(demographic_parity_difference, bins=2, grouped=True)),
    Case(name="equal opportunity", good=-1, draw=_table_case(equal_opportunity_difference, bins=2, grouped=True)),
    Case(name="equalized odds", good=-1, draw=_table_case(equalized_odds_difference, bins=2, grouped=True)),
    Case(name="total variation", good=-1, draw=_variation),
    Case(name="Wasserstein", good=-1, draw=_wasserstein),
    Case(name="Jensen-Shannon", good=-1, draw=_jensen_shannon),
    Case(name="correlation", good=-1, draw=_correlation),
    Case(
        name="attribute leak",
        good=-1,
        draw=_two_parts(share_difference, shares=(np.array([0.4, 0.6]), np.array([0.42, 0.58])), rows=(9 * ROWS, ROWS)),
    ),
    Case(name="nearer", good=-1, draw=_two_parts(nearer, shares=(_NEAR, _FAR), rows=(9 * ROWS, ROWS))),
)
"""All figures."""
