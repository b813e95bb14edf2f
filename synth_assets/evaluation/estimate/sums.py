r"""Bounds for a sum or difference of two ratios with unknown denominators, such as the gap between two groups.

With ``N_i``, ``D_i`` the true numerator and denominator, ``r_i`` their ratio, ``D_i'`` the noisy denominator and
``E_i = (above_i - r_i below_i) . Z``, a noisy ratio is off by exactly ``E_i / D_i'``. So the sum is off by
``S = sum c_i E_i / D_i'``: at the observed denominators a form of the noise, which is one vector ``(E_1, E_2)`` seen
from a direction. The direction depends on the noise, but it stays in an arc, because denominators stay near the true
ones. For a vector W of two independent standard normal variables and an arc of angle A,

    P(some direction phi of the arc has phi . W > z) = P(N > z) + A / (2 pi) exp(-z^2 / 2),

by polar coordinates (Naiman's tube formula in the plane). With ``b_i`` the deviation of ``E_i``, this gives
``|S| <= z sqrt(sum (c_i b_i / D_i')^2)``, with hardly more than the normal quantile for z. Nothing is divided by a
denominator's lower bound, so that small groups keep their precision.

The tangent of the direction is ``c_2 b_2 D_1' / (c_1 b_1 D_2')``. Its logarithm moves by the sum of those of
``(1 + d_i) / (1 - d_i)``, where ``d_i`` is how far a denominator can be off, over itself. The angle moves by at
most ``t / (1 + t^2)`` of that, with t the tangent, and by at most a quarter turn. Where denominators and ratios are
takes a part of ``beta``: four bounds per term. The step from normal to discrete noise is that of
:mod:`~synth_assets.evaluation.estimate.reach`: normal ``H`` is added to ``Z``, and the direction depends on ``Z``
alone. For small scales: a direction of the arc is a combination of its ends, with weights of at least 0 that add up to
at most ``1 / cos(A / 2)``.

References:
    Naiman (1986), "Conservative Confidence Bands in Curvilinear Regression", section 2 (tubes around curves).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate.bounds import clipped, vacuous
from synth_assets.evaluation.estimate.reach import (
    LEAST_NORMAL,
    SHARES,
    Floats,
    NoisyCells,
    Size,
    norm,
    normal_quantile,
    reach,
)
from synth_assets.evaluation.figure import Figure

__all__ = ["Differences", "Term", "sum_of_ratios"]

_ASIDE = 0.1
"""Part of ``beta`` for where denominators and ratios are."""
_ROUNDS = 3
_STEPS = 40
_MOST_TERMS = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Term:
    """One ratio of a sum: ``factor * (above . x) / (below . x)``, shapes (cells,); the ratio is between 0 and 1."""

    factor: float
    above: Floats
    below: Floats


def sum_of_ratios(  # noqa: PLR0913 - a sum and its range, by keyword
    cells: NoisyCells,
    terms: Sequence[Term],
    *,
    beta: float,
    constant: float = 0.0,
    slack: float = 0.0,
    independent: float = 0.0,
    lowest: float,
    highest: float,
) -> Figure:
    """Bound a constant plus one or two ratios, which use different cells.

    Args:
        cells: the noisy numbers.
        terms: the ratios.
        beta: chance of each bound to fail.
        constant: what is added.
        slack: widens both sides, for what is known not to be in the sum.
        independent: standard deviation of noise from other cells that is in the constant.
        lowest: smallest possible value.
        highest: largest possible value.

    Raises:
        UsageError: two terms use the same cell, or there are more than two.
    """
    used = sum(((term.above != 0) | (term.below != 0)).astype(np.int64) for term in terms)
    if np.any(used > 1) or len(terms) > _MOST_TERMS:
        raise UsageError("a sum has two ratios that share no cells", hint="write ratios of the same cells as one")
    aside = _aside(beta, terms=len(terms))
    parts = [_Part.of(cells, term, beta=aside) for term in terms]
    if any(part.moved >= part.base for part in parts):
        return vacuous(beta=beta, lowest=lowest, highest=highest)
    main = (1 - _ASIDE) * beta
    away = _away(parts, independent, beta=main, least=float(cells.scale.min()))
    # The direction moves with the last denominator, and so would the independent noise: that is made up for here.
    away += slack + independent * math.sqrt(-2 * math.log(aside)) * parts[-1].moved / parts[-1].base
    value = constant + math.fsum(part.value for part in parts)
    return clipped(
        value,
        low=value - away,
        high=value + away,
        beta=beta,
        deviation=math.hypot(independent, *(part.deviation for part in parts)),
        lowest=lowest,
        highest=highest,
    )


class Differences:
    """Differences between the ratios of two of some groups of cells; each group is looked at once per ``beta``.

    Args:
        groups: the noisy numbers of each group, all of one scale and shape.
        above: numerator of the ratio, shape (cells,).
        below: denominator of the ratio, shape (cells,).
    """

    def __init__(self, groups: Sequence[NoisyCells], *, above: Floats, below: Floats) -> None:
        self._groups = groups
        self._term = Term(factor=1.0, above=above, below=below)
        self._parts: dict[tuple[int, float], _Part] = {}
        self._figures: dict[tuple[int, int, float], Figure] = {}

    def between(self, more: int, less: int, beta: float) -> Figure:
        """Bound the ratio of one group minus that of another one, as :func:`sum_of_ratios` does."""
        if more > less:
            figure = self.between(less, more, beta)
            return replace(figure, value=-figure.value, low=-figure.high, high=-figure.low)
        if (more, less, beta) not in self._figures:
            self._figures[more, less, beta] = self._figure(more, less, beta)
        return self._figures[more, less, beta]

    def _figure(self, more: int, less: int, beta: float) -> Figure:
        parts = [self._part(group, _aside(beta, terms=2)) for group in (more, less)]
        if any(part.moved >= part.base for part in parts):
            return vacuous(beta=beta, lowest=-1.0, highest=1.0)
        least = float(self._groups[more].scale.min())
        value, away = parts[0].value - parts[1].value, _away(parts, 0.0, beta=(1 - _ASIDE) * beta, least=least)
        deviation = math.hypot(*(part.deviation for part in parts))
        return clipped(
            value, low=value - away, high=value + away, beta=beta, deviation=deviation, lowest=-1.0, highest=1.0
        )

    def _part(self, group: int, beta: float) -> "_Part":
        if (group, beta) not in self._parts:
            self._parts[group, beta] = _Part.of(self._groups[group], self._term, beta=beta)
        return self._parts[group, beta]


def _aside(beta: float, *, terms: int) -> float:
    """Return the part of ``beta`` for each bound of where a denominator or a ratio is."""
    return _ASIDE * beta / (4 * terms + 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One term: its value, its denominator and how far that may be off, and its size at both ends of its ratio."""

    value: float
    deviation: float
    base: float
    moved: float
    ends: tuple[Size, ...] = ()

    @classmethod
    def of(cls, cells: NoisyCells, term: Term, *, beta: float) -> Self:
        base = float(term.below @ cells.values)
        moved = reach(term.below, scale=cells.scale, beta=beta)
        if moved >= base:
            return cls(value=0.0, deviation=0.0, base=base, moved=moved)
        share, factor = float(term.above @ cells.values) / base, abs(term.factor) / base
        # A form's reach is convex in the ratio, so it is longest at an end of where the ratio can be. Each round
        # uses the same event, that the form of the true ratio is within its reach, to bring the ends nearer.
        ends = [term.above, term.above - term.below]
        for _ in range(_ROUNDS):
            off = max(reach(end, scale=cells.scale, beta=beta) for end in ends)
            ends = [term.above - min(max(share + side * off / base, 0.0), 1.0) * term.below for side in (-1, 1)]
        middle = term.above - min(max(share, 0.0), 1.0) * term.below
        # Inside of the ends, the form may be shorter than at either: the shortest is where it is orthogonal.
        shortest = term.above - float(np.clip(_nearest(term, cells), *_between(share, off / base))) * term.below
        return cls(
            value=term.factor * share,
            deviation=factor * norm(middle * cells.scale),
            base=base,
            moved=moved,
            ends=tuple(Size.of(factor * end, cells.scale) for end in (*ends, shortest)),
        )

    def sizes(self, blur: float) -> tuple[float, float]:
        """Return the smallest and the largest deviation of the term, with normal noise of ``blur`` added."""
        deviations = [math.hypot(end.spread, blur * end.length) for end in self.ends]
        return min(deviations), max(deviations)

    @property
    def turn(self) -> float:
        """How far the logarithm of the denominator can be from one end to the other."""
        share = self.moved / (self.base - self.moved)
        return math.log((1 + share) / (1 - share)) if share < 1 else math.inf


def _nearest(term: Term, cells: NoisyCells) -> float:
    """Return the ratio at which a term's form is shortest."""
    below = term.below * cells.scale
    return float((term.above * cells.scale) @ below) / float(below @ below)


def _between(share: float, off: float) -> tuple[float, float]:
    return min(max(share - off, 0.0), 1.0), min(max(share + off, 0.0), 1.0)


def _away(parts: Sequence[_Part], independent: float, *, beta: float, least: float) -> float:
    """Return how far the sum can be off: the smallest of the reaches that are valid."""
    arc, longest = _arc(parts, independent, blur=0.0)
    ends = 1 if arc == 0 else 2
    reaches = [longest * math.sqrt(2 * math.log(ends / beta)) / math.cos(arc / 2)]
    if least >= LEAST_NORMAL:
        arc, longest = _arc(parts, independent, blur=1.0)
        length = math.hypot(*(max(end.length for end in part.ends) for part in parts))
        reaches += [
            longest * _arc_quantile(beta * share, arc) + length * normal_quantile(1 - share) for share in SHARES
        ]
    return min(reaches)


def _arc(parts: Sequence[_Part], independent: float, *, blur: float) -> tuple[float, float]:
    """Return the angle of the arc of directions, and the length of the longest vector."""
    sizes, last = [part.sizes(blur) for part in parts], parts[-1]
    off = last.moved / last.base
    sizes[-1] = math.hypot(sizes[-1][0], independent * (1 - off)), math.hypot(sizes[-1][1], independent * (1 + off))
    longest = math.hypot(*(size[1] for size in sizes))
    if len(parts) == 1:
        return 0.0, longest
    turn = math.fsum(part.turn for part in parts)
    if sizes[0][0] == 0 or math.isinf(turn):
        return math.pi / 2, longest
    near, far = sizes[1][0] / sizes[0][1] * math.exp(-turn), sizes[1][1] / sizes[0][0] * math.exp(turn)
    steepest = 0.5 if near <= 1 <= far else max(t / (1 + t * t) for t in (near, far))
    return min(steepest * turn, math.pi / 2), longest


def _arc_quantile(beta: float, arc: float) -> float:
    """Return what the best direction of an arc exceeds with probability ``beta``."""
    low, high = normal_quantile(beta), math.sqrt(2 * math.log(2 / beta)) + 1
    for _ in range(_STEPS if arc else 0):
        middle = (low + high) / 2
        tail = math.erfc(middle / math.sqrt(2)) / 2 + arc / (2 * math.pi) * math.exp(-(middle**2) / 2)
        low, high = (middle, high) if tail > beta else (low, middle)
    return high if arc else low
