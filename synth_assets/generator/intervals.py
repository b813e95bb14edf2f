"""Two kinds of intervals for statistics, which answer different questions.

:func:`released_interval` needs the release alone. It is about the *real* table
(as it was counted: bounded rows, declared domain). A statistic of a noisy table
is a sum of independent noise of known scales, so its interval is exact up to
the normal limit; for a share or a mean it is Fieller's, which is also correct if
the denominator has few rows. It uses no model and therefore has no model bias.

:func:`refit_interval` is about the *synthetic* table: how far its statistic
would change if the noise were drawn again. Each table of the release is generated
again from the fitted model, with new noise of its own known scale, and the model
is fitted again (parametric bootstrap). This resamples public numbers with NumPy: it
gives no privacy and costs no budget. The interval covers neither what the model
cannot represent nor the sampling of rows.

References:
    Fieller (1954), "Some Problems in Interval Estimation", section 3.
    Efron and Tibshirani (1993), "An Introduction to the Bootstrap", sections 6.5
    (parametric bootstrap), 10.2 (estimate of bias) and 12.5 (Student's t interval).
    Abramowitz and Stegun (1964), formula 26.7.5 (quantiles of Student's t).
"""

import math
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from os import cpu_count
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from synth_assets.errors import UsageError
from synth_assets.generator.abilities import answering, refitting
from synth_assets.generator.progress import CountedProgress
from synth_assets.generator.protocol import Answering, Generator, Progress
from synth_assets.generator.simulation import simulated_release
from synth_assets.generator.statistic import Statistic, make_statistic
from synth_assets.generator.store import FittedGenerator, load_generator
from synth_assets.release import Release

__all__ = [
    "FEWEST_REFITS",
    "REFITS",
    "Estimate",
    "Interval",
    "estimate",
    "refit_answers",
    "refit_interval",
    "released_interval",
    "resample",
]

Floats = NDArray[np.float64]

REFITS = 20
FEWEST_REFITS = 5
"""With fewer refits, their spread is too uncertain."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Interval:
    """A statistic with its bounds, one value per cell of the columns in ``by``.

    Attributes:
        estimate: the statistic; NaN for a share or mean of no rows.
        low: lower bounds.
        high: upper bounds.
    """

    estimate: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimate:
    """Both answers to one question.

    Attributes:
        statistic: what was asked.
        released: of the real table, by the released tables alone.
        synthetic: of the synthetic table, by the model and its refits; ``None`` without refits.
    """

    statistic: Statistic
    released: Interval
    synthetic: Interval | None


def estimate(  # noqa: PLR0913 - the parts of a question and what decides its answer, by keyword
    release: Release,
    *,
    by: Sequence[str] = (),
    where: str = "",
    mean: str | None = None,
    share: str | None = None,
    shares: bool = False,
    generator: Generator | FittedGenerator | None = None,
    level: float = 0.95,
    refits: int = REFITS,
    seed: int = 0,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Estimate:
    """Estimate a count, share or mean with error bars, without reading a row.

    Args:
        release: what was measured.
        by: up to three columns that were measured together, with one answer per cell.
        where: only rows of which this is true.
        mean: mean of this column, of rows where it is known.
        share: share of the rows of which this is true, as an expression.
        shares: share of each cell of ``by`` of all rows.
        generator: fitted to the release; without one only the released tables are used, and torch is not needed.
        level: nominal coverage.
        refits: how often the generator is fitted again, at least :data:`FEWEST_REFITS`.
        seed: determines the refits.
        progress: called with a message when a refit is done.
        executor: runs the refits; threads of this process if omitted.

    Raises:
        UsageError: an unknown column, columns that were not measured together, a condition that splits
            values that were measured together, an invalid level or number of refits, or a generator of a
            kind that cannot compute probabilities or cannot be fitted again.
    """
    statistic = make_statistic(release, by=by, where=where, mean=mean, share=share, shares=shares)
    released = released_interval(release, statistic, level=level)
    if generator is None:
        return Estimate(statistic=statistic, released=released, synthetic=None)
    if isinstance(generator, FittedGenerator):
        generator = load_generator(generator.folder)
    ((own, answers),) = refit_answers(
        generator, release, [statistic], refits=refits, seed=seed, progress=progress, executor=executor
    )
    synthetic = refit_interval(statistic, estimate=own, answers=answers, level=level)
    return Estimate(statistic=statistic, released=released, synthetic=synthetic)


def released_interval(release: Release, statistic: Statistic, *, level: float = 0.95) -> Interval:
    """Return a statistic of the released tables, with an interval that covers the real one with probability ``level``.

    If the denominator of a share or mean may be 0, the interval holds every possible value.
    """
    quantile = _normal_quantile(level)
    counts, variance = _of_all_units(release, statistic)
    above = statistic.sums(counts, statistic.above)
    spread = statistic.sums(variance, statistic.above, statistic.above)
    if statistic.below is None:
        reach = quantile * np.sqrt(spread)
        return _within(statistic, above, above - reach, above + reach)
    below = statistic.base(counts, statistic.below)
    crossed = statistic.sums(variance, statistic.above, statistic.below)
    base = statistic.base(variance, statistic.below, statistic.below)
    # The values v for which |above - v below| is at most `quantile` standard errors: all values, if below may be 0.
    first, half = below**2 - quantile**2 * base, above * below - quantile**2 * crossed
    is_positive = (first > 0) & (below > 0)
    first = np.where(is_positive, first, 1.0)
    root = np.sqrt(np.maximum(half**2 - first * (above**2 - quantile**2 * spread), 0.0))
    estimate = np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan)
    low, high = (
        np.where(is_positive, (half - root) / first, -math.inf),
        np.where(is_positive, (half + root) / first, math.inf),
    )
    return _within(statistic, estimate, low, high)


def _of_all_units(release: Release, statistic: Statistic) -> tuple[Floats, Floats]:
    """Return counts and their variances for the whole table, of which a holdout may have hidden a share.

    A unit was read with probability s, whoever else was. So counts are divided by s, and the chance of who was
    read adds at most ``max_rows (1 - s) count`` to the variance of a count that was read: a unit with r rows in a
    cell adds ``r^2 s (1 - s)``, and r is at most ``max_rows``.
    """
    counts, variance = release.project(statistic.attributes, level=statistic.level)
    share, max_rows = release.measured_share, int(release.privacy.get("d_in", 1))
    variance = variance + max_rows * (1 - share) * np.maximum(counts, 0.0)
    return counts / share, variance / share**2


def refit_interval(statistic: Statistic, *, estimate: Floats, answers: Floats, level: float = 0.95) -> Interval:
    """Return an interval for a statistic of the synthetic table from its answers in refits.

    Its width is the root mean square distance of the refits from the estimate, which includes their spread and
    their bias. Of five forms that were tried, its coverage was the most even.

    Args:
        statistic: what was asked.
        estimate: its answer by the fitted model.
        answers: its answers by refits, shape (refits, *shape of the estimate).
        level: nominal coverage.
    """
    apart = np.sqrt(np.mean((answers - estimate) ** 2, axis=0))
    reach = _student_quantile(level, freedom=len(answers)) * apart
    return _within(statistic, estimate, estimate - reach, estimate + reach)


def refit_answers(  # noqa: PLR0913 - what decides the refits, by keyword
    generator: Generator,
    release: Release,
    statistics: Sequence[Statistic],
    *,
    refits: int = REFITS,
    seed: int = 0,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> list[tuple[Floats, Floats]]:
    """Return for each statistic the model's own answer and those of refits, shape (refits, ...).

    Args:
        generator: fitted to ``release``; tables are generated from it.
        release: gives the tables and the scales of their noise.
        statistics: what is asked; one round of refits serves all.
        refits: number of refits, at least :data:`FEWEST_REFITS`.
        seed: determines the noise and the starts; the same seed gives the same answers.
        progress: called with a message when a refit is done.
        executor: runs the refits; threads of this process, one per core, if omitted.

    Raises:
        UsageError: there are too few refits, or a generator of this kind cannot compute probabilities or
            cannot be fitted again.
    """
    if refits < FEWEST_REFITS:
        raise UsageError(f"refits={refits} must be >= {FEWEST_REFITS}", hint=f"{REFITS} are usual")
    model = answering(generator)
    refitting(generator)
    report = CountedProgress(progress, words=f"refitted {{}} of {refits}")
    job = partial(_answers_of_refit, generator, release, tuple(statistics))
    refitted: list[list[Floats]] = []
    with nullcontext(executor) if executor is not None else ThreadPoolExecutor(cpu_count() or 1) as pool:
        for answers in pool.map(job, np.random.SeedSequence(seed).spawn(refits)):
            refitted.append(answers)
            report()
    own = _answers(model, statistics, total=release.population())
    return [(own[number], np.stack([answers[number] for answers in refitted])) for number in range(len(statistics))]


def _answers_of_refit(
    generator: Generator, release: Release, statistics: Sequence[Statistic], child: np.random.SeedSequence
) -> list[Floats]:
    noise, start = child.spawn(2)
    drawn = resample(answering(generator), release, rng=np.random.default_rng(noise))
    model = refitting(generator).refit(drawn, seed=int(start.generate_state(1)[0]))
    return _answers(answering(model), statistics, total=drawn.population())


def _answers(model: Answering, statistics: Sequence[Statistic], *, total: float) -> list[Floats]:
    return [
        statistic.answer(total * model.marginal(statistic.attributes, level=statistic.level))
        for statistic in statistics
    ]


def resample(generator: Answering, release: Release, *, rng: np.random.Generator) -> Release:
    """Return a release that the model could have given: the model's counts with fresh noise.

    The noise has each table's own scale, see :mod:`synth_assets.generator.simulation`.
    """
    total = release.total()
    exact = (total * generator.marginal(table.attributes, level=table.level) for table in release.marginals)
    return simulated_release(release, exact, rng=rng)


def _within(statistic: Statistic, estimate: Floats, low: Floats, high: Floats) -> Interval:
    """Clip bounds to possible values, which never reduces the coverage."""
    least, most = statistic.bounds
    return Interval(estimate=estimate, low=np.clip(low, least, most), high=np.clip(high, least, most))


def _normal_quantile(level: float) -> float:
    if not 0 < level < 1:
        raise UsageError(f"level={level:g} must be between 0 and 1", hint="0.95 is usual")
    return NormalDist().inv_cdf((1 + level) / 2)


def _student_quantile(level: float, *, freedom: int) -> float:
    """Return the two-sided quantile of Student's t by its expansion around the normal one."""
    z = _normal_quantile(level)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return z + math.fsum(term / freedom**power for power, term in enumerate(terms, start=1))
