"""What a figure's noise will be, from public numbers alone: refusals happen before anything is paid.

A figure's noise depends on the real table only through shares that the synthetic table shows as well, and on the
number of rows. So the plan for a figure is that figure of the expected tally with the planned noise: the same function,
the same formula, and no second one to keep in step. :func:`plan` draws that noise, because bounds of sizes and
of many cells are farther away than a normal quantile says. It is NumPy's, on public numbers: it gives no privacy and
costs no budget.

Example:
    >>> from synth_assets.evaluation.estimate.usefulness import share_right
    >>> scale = planned_scale(rho=0.0244, max_rows=1)
    >>> share = plan(
    ...     lambda tally: share_right(tally, scale=scale, beta=0.01),
    ...     expected_tally([150, 850], rows=5000), scale=scale, truth=0.85,
    ... )
    >>> round(share.deviation, 4), round(share.below, 3)
    (0.0008, 0.003)
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate.reach import Floats
from synth_assets.evaluation.figure import Figure

__all__ = ["POWER", "Plan", "expected_tally", "largest_norm", "plan", "planned_scale"]

POWER = 0.9
"""How often a gate should pass at the margin that is stated beforehand."""
_DRAWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is known of a figure before it is paid for.

    Attributes:
        deviation: standard deviation of the value by noise.
        below: nine times in ten the lower bound is at most this far below the true figure.
        above: nine times in ten the upper bound is at most this far above the true figure.
        luckiest: the expected figure, with bounds that it has at best in nine of ten draws; ``None`` once it is paid.
    """

    deviation: float
    below: float
    above: float
    luckiest: Figure | None = field(default=None, compare=False)


def planned_scale(*, rho: float, max_rows: int, norm: float = 1.0) -> float:
    """Return the scale of Gaussian noise that ``rho`` buys, for display and refusals; the draw searches its own.

    Args:
        rho: zCDP loss of the draw.
        max_rows: rows of one unit.
        norm: largest norm of a cell's weights; 1 for counts.

    Raises:
        UsageError: a number is not above 0.

    References:
        Canonne, Kamath and Steinke (2020), https://arxiv.org/abs/2004.00010, section 2.1.
    """
    if not (0 < rho < math.inf and max_rows >= 1 and 0 < norm < math.inf):
        raise UsageError(f"rho={rho}, max_rows={max_rows}, norm={norm} must be > 0", hint="as in the contract")
    return max_rows * norm / math.sqrt(2 * rho)


def largest_norm(weights: ArrayLike) -> float:
    """Return the largest norm of a cell's weights, the last axis being the weights of one cell."""
    return float(np.linalg.norm(np.asarray(weights, dtype=np.float64), axis=-1).max())


def expected_tally(synthetic: ArrayLike, *, rows: float, weights: ArrayLike | None = None) -> Floats:
    """Return the tally of so many rows that are distributed as the synthetic ones.

    Args:
        synthetic: synthetic counts per cell.
        rows: expected number of real rows in the part that is read.
        weights: weights of each cell, shape (*cells, k); counts if omitted.

    Returns:
        Counts in the shape of ``synthetic``, or sums of shape (k,).

    Raises:
        UsageError: there is no synthetic row, or ``rows`` is not above 0.
    """
    counts = np.asarray(synthetic, dtype=np.float64)
    total = float(counts.sum())
    if not (total > 0 and 0 < rows < math.inf):
        raise UsageError(f"{total:g} synthetic and {rows:g} real rows must be > 0", hint="synthesize rows first")
    counts = counts * (rows / total)
    if weights is None:
        return counts
    table = np.asarray(weights, dtype=np.float64)
    return np.asarray(np.tensordot(counts, table, axes=counts.ndim))


def plan(  # noqa: PLR0913 - a figure, a tally and its noise, by keyword
    figure: Callable[[Floats], Figure],
    tally: ArrayLike,
    *,
    scale: ArrayLike,
    truth: float,
    draws: int = _DRAWS,
    seed: int = 0,
) -> Plan:
    """Draw noise on the expected tally and see what becomes of a figure.

    Args:
        figure: the figure of a noisy tally, with the ``beta`` that its gate will have.
        tally: the tally that is expected.
        scale: parameter of the noise, of the shape of ``tally`` or one number.
        truth: the exact figure of ``tally``.
        draws: how often; quantiles of 200 draws are right to about 2% of probability.
        seed: decides the draws; the same seed gives the same plan.
    """
    rng, exact = np.random.default_rng(seed), np.asarray(tally, dtype=np.float64)
    figures = [figure(exact + np.rint(rng.normal(0.0, np.broadcast_to(scale, exact.shape)))) for _ in range(draws)]
    lows, highs = (np.array([getattr(drawn, end) for drawn in figures]) for end in ("low", "high"))
    return Plan(
        deviation=float(np.std([drawn.value for drawn in figures])),
        below=float(np.quantile(truth - lows, POWER)),
        above=float(np.quantile(highs - truth, POWER)),
        luckiest=replace(
            figures[0], value=truth, low=float(np.quantile(lows, POWER)), high=float(np.quantile(highs, 1 - POWER))
        ),
    )
