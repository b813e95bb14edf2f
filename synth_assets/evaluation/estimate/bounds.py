r"""One-sided bounds for sums, ratios and distances of noisy whole numbers.

Everything here is arithmetic on answers that are already public. A tally is a
vector ``y = x + Z``: ``x`` are exact integers, ``Z`` independent discrete
Gaussians of known parameter. All figures are made of linear forms of ``x``, so
all bounds follow from how far a form of the noise reaches
(:mod:`~synth_assets.evaluation.estimate.reach`).

A ratio is bounded by inverting a family of forms: ``N - t D`` is pure noise at
the true ``t``, so the values that are not refuted contain it with probability
``1 - beta`` (Fieller). The reach is convex in ``t``, hence the refuted values
next to the end of the range are one interval and bisection finds its end.

A maximum needs no correction upwards, since what attains it is one fixed part:
its bound fails with ``beta`` and the largest bound is no lower. Downwards,
``beta`` is divided (:func:`largest`).

Example:
    >>> cells = NoisyCells.of([900, 100], scale=4.5)
    >>> figure = ratio(cells, above=np.array([1, 0]), below=np.array([1, 1]), beta=0.05)
    >>> round(figure.value, 3), round(figure.low, 3), round(figure.high, 3)
    (0.9, 0.892, 0.908)

References:
    Fieller (1954), "Some Problems in Interval Estimation", section 3.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from synth_assets.evaluation.estimate.reach import Factors, Floats, NoisyCells, Size, norm, reach, reaches
from synth_assets.evaluation.figure import Figure

__all__ = [
    "absolute_sum",
    "clipped",
    "largest",
    "ratio",
    "shifted",
    "vacuous",
]

_STEPS = 50
"""Halvings of the range in a search; what remains is below 1e-15 of it."""
_ASIDE = 0.1
"""Part of ``beta`` that a distance spends on its denominator."""


def clipped(  # noqa: PLR0913 - the fields of a figure and its range, by keyword
    value: float, *, low: float, high: float, beta: float, deviation: float, lowest: float, highest: float
) -> Figure:
    """Return a figure inside of its possible range, with the value between the bounds."""
    low, high = min(max(low, lowest), highest), max(min(high, highest), lowest)
    return Figure(
        value=min(max(value, low), high),
        low=low,
        high=high,
        beta=beta,
        deviation=min(deviation, highest - lowest),
    )


def vacuous(*, beta: float, lowest: float, highest: float) -> Figure:
    """Return the figure that says nothing: the whole range, its middle, and its width as deviation."""
    middle, width = (lowest + highest) / 2, highest - lowest
    return Figure(value=middle, low=lowest, high=highest, beta=beta, deviation=width)


def shifted(figure: Figure, by: float, *, lowest: float, highest: float) -> Figure:
    """Return the figure of a quantity that is larger by a known number, inside of its own range."""
    return clipped(
        figure.value + by,
        low=figure.low + by,
        high=figure.high + by,
        beta=figure.beta,
        deviation=figure.deviation,
        lowest=lowest,
        highest=highest,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Family:
    """The forms ``above - t below`` for all t: their values and norms by three numbers each, which is fast."""

    value: tuple[float, float]
    spread: tuple[float, float, float]
    length: tuple[float, float, float]

    @classmethod
    def of(cls, cells: NoisyCells, above: Floats, below: Floats) -> Self:
        noisy_above, noisy_below = above * cells.scale, below * cells.scale
        return cls(
            value=(float(above @ cells.values), float(below @ cells.values)),
            spread=(
                float(noisy_above @ noisy_above),
                float(noisy_above @ noisy_below),
                float(noisy_below @ noisy_below),
            ),
            length=(float(above @ above), float(above @ below), float(below @ below)),
        )

    def refuted(self, t: float, kinds: tuple[Factors, ...]) -> bool:
        """Tell whether the form is farther above 0 than its noise reaches, by any of the valid reaches."""
        spread, length = (
            math.sqrt(max(0.0, first - 2 * t * crossed + t * t * last))
            for first, crossed, last in (self.spread, self.length)
        )
        size = Size(spread=spread, length=length)
        return self.value[0] - t * self.value[1] > min(map(size.times, kinds))


def ratio(  # noqa: PLR0913 - a ratio and its range, by keyword
    cells: NoisyCells, *, above: Floats, below: Floats, beta: float, lowest: float = 0.0, highest: float = 1.0
) -> Figure:
    """Bound ``(above . x) / (below . x)``, which is known to lie between ``lowest`` and ``highest``.

    If the denominator is not surely positive, the bounds are the whole range.
    """
    base = float(below @ cells.values)
    if base <= reach(below, scale=cells.scale, beta=beta):
        return vacuous(beta=beta, lowest=lowest, highest=highest)
    value = float(above @ cells.values) / base
    inside = min(max(value, lowest), highest)
    return clipped(
        value,
        low=_lower(cells, above, below, beta, lowest, highest),
        high=-_lower(cells, -above, below, beta, -highest, -lowest),
        beta=beta,
        deviation=norm((above - inside * below) * cells.scale) / base,
        lowest=lowest,
        highest=highest,
    )


def _lower(  # noqa: PLR0913, PLR0917 - private, and its arguments are those of a ratio
    cells: NoisyCells, above: Floats, below: Floats, beta: float, lowest: float, highest: float
) -> float:
    """Return the smallest value that is not refuted.

    At the true value, which is fixed, the smallest of the reaches is known before the draw. What each of them refutes
    is an interval from ``lowest`` on, and so is what any of them refutes.
    """
    family, kinds = _Family.of(cells, above, below), reaches(beta, least=float(cells.scale.min()))
    if not family.refuted(lowest, kinds):
        return lowest
    left, right = lowest, highest
    for _ in range(_STEPS):
        middle = (left + right) / 2
        left, right = (middle, right) if family.refuted(middle, kinds) else (left, middle)
    return left


def absolute_sum(  # noqa: PLR0913 - a distance and its range, by keyword
    cells: NoisyCells, *, forms: Floats, below: Floats, beta: float, value: float, highest: float = 1.0
) -> Figure:
    """Bound ``sum |forms . x| / (below . x)``, a distance of at least 0; ``forms`` has shape (forms, cells).

    Upwards: the sum is one signed form, and the sum of the noisy sizes is no smaller than that form of the noisy
    numbers. Its signs are unknown but fixed, so ``beta`` is not divided; the weight of a cell is at most the sum of
    the sizes of its weights. Downwards: each form moves by its own reach, all at once.

    Args:
        cells: the noisy numbers.
        forms: weights of the forms whose sizes are added.
        below: weights of the denominator, at least 0.
        beta: chance of each bound to fail.
        value: the estimate, which the caller corrects for the noise that sizes add up.
        highest: largest possible value.
    """
    base = float(below @ cells.values)
    aside = _ASIDE * beta
    moved = reach(below, scale=cells.scale, beta=aside)
    if base <= moved:
        return vacuous(beta=beta, lowest=0.0, highest=highest)
    sizes = np.abs(forms @ cells.values)
    weights = np.abs(forms).sum(axis=0)
    share = (1 - _ASIDE) * beta / (2 * len(forms))
    away = [reach(form, scale=cells.scale, beta=share) for form in forms]

    def refuted(distance: float) -> bool:
        return float(sizes.sum()) - distance * base < -reach(weights + distance * below, scale=cells.scale, beta=beta)

    left, right = 0.0, highest
    for _ in range(_STEPS if refuted(highest) else 0):
        middle = (left + right) / 2
        left, right = (left, middle) if refuted(middle) else (middle, right)
    spread = norm(weights * cells.scale) / base
    low = float(np.maximum(sizes - away, 0.0).sum()) / (base + moved)
    return clipped(value, low=low, high=right, beta=beta, deviation=spread, lowest=0.0, highest=highest)


def largest(
    parts: Sequence[Callable[[float], Figure]], *, beta: float, lowest: float = 0.0, highest: float = 1.0
) -> Figure:
    """Bound the largest of some quantities, each given as a function from ``beta`` to its figure.

    The deviation is that of the noisiest part, because that one may be the largest.
    """
    alone = [part(beta) for part in parts]
    return clipped(
        max(figure.value for figure in alone),
        low=_largest_low(alone, parts, beta=beta / len(parts), lowest=lowest),
        high=max(figure.high for figure in alone),
        beta=beta,
        deviation=max(figure.deviation for figure in alone),
        lowest=lowest,
        highest=highest,
    )


def _largest_low(
    alone: Sequence[Figure], parts: Sequence[Callable[[float], Figure]], *, beta: float, lowest: float
) -> float:
    """Return the largest of the lower bounds at a smaller ``beta``, where no bound is higher than it was ``alone``."""
    low = lowest
    for index in sorted(range(len(parts)), key=lambda index: -alone[index].low):
        if alone[index].low <= low:
            break
        low = max(low, parts[index](beta).low)
    return low
