"""Where a wide range of numbers is cut by default: at round numbers, finely near zero, evenly far from it.

Amounts of money, counts and durations are mostly small and reach far; bins of
equal width put nearly all of them into the first. So a bin's width grows with
its distance from zero, as on a logarithmic scale, until it reaches a width
that would do for the whole range; from there on bins are equal. A range that
lies far from zero, as 1,000,000 to 1,005,000 does, is cut evenly throughout.
Widths are 1, 2 or 5 times a power of ten, and edges are multiples of the width
that begins there: people write round numbers, and these begin a bin.

This is arithmetic on declared bounds: no row has a say.

Example:
    >>> edges = round_edges(0, 2_000_000)
    >>> edges[:3], edges[-2:]
    ((1, 2, 3), (1900000, 1950000))
"""

import math
from bisect import bisect_left
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache, partial
from itertools import pairwise

import numpy as np

from synth_assets.domain.kinds.grid import Grid
from synth_assets.domain.kinds.number import FINEST

__all__ = ["FEWEST_BINS", "MOST_BINS", "grid_edges", "round_edges"]

MOST_BINS = 256
"""More bins would pay in noise, at a small epsilon, for detail that few tables have."""
FEWEST_BINS = 100
"""Fewer are made up for by narrower equal bins, where the logarithmic ones do not reach: far from zero."""
EVEN_BINS = (64, 128)
"""Equal bins that the whole range would have: few, because each attracts noise to a tail that may be empty."""
MOST_PARTS = 50
"""A bin may be its distance from zero divided by this, if there are bins enough."""
REAL_DECADES = 3
"""Powers of ten from about the width of equal bins down to the narrowest, for reals."""
TOO_NARROW = 2.0**-40
"""Width of a range of reals, to its distance from zero, for which doubles are too coarse."""
TOO_SMALL = 1e-280
"""Width of a range of reals whose parts would leave the normal doubles."""


@lru_cache(maxsize=1024)
def round_edges(low: float, high: float, *, whole: bool = True) -> tuple[float, ...]:
    """Return the inner edges of at most ``MOST_BINS`` bins over ``low`` to ``high``, ascending; each begins a bin.

    All lie inside ``(low, high)``; those of whole numbers are integers. A range of
    reals that is too narrow for doubles has none.

    Args:
        low: smallest value, an integer where ``whole``.
        high: largest value, above ``low``.
        whole: whether values are whole numbers, whose bins are no narrower than 1.
    """
    if not whole and high - low <= max(-low * TOO_NARROW, high * TOO_NARROW, TOO_SMALL):
        return ()
    unit = 0 if whole else math.floor(math.log10((high - low) / EVEN_BINS[0])) - REAL_DECADES
    found: tuple[float, ...] = ()
    for even in EVEN_BINS:
        widest = _round_up(Fraction(high - low) / even / Fraction(10) ** unit)
        finer = _finest(partial(_inside, low, high, unit=unit, widest=widest))
        found = finer or found
        if len(found) >= FEWEST_BINS - 1:
            break
    return found if whole else tuple(map(float, found))


def grid_edges(low: float, high: float, *, step: float) -> tuple[float, ...]:
    """Return the inner edges of bins over ``low`` to ``high`` whose values are multiples of ``step``, ascending.

    There is one bin per multiple if they are few, and otherwise those of :func:`round_edges` with the step in
    place of 1. Each begins at a multiple, so each holds one.
    """
    grid = Grid.of(step)
    first, last = int(grid.first(np.array([low]))[0]), int(grid.last(np.array([high]))[0])
    if last <= first:
        return ()
    counts = range(first + 1, last + 1) if last - first < FINEST else round_edges(first, last)
    return tuple(grid.values(np.array(counts, dtype=np.float64)).tolist())


def _finest(edges: Callable[..., tuple[float, ...]]) -> tuple[float, ...]:
    """Return the edges of the largest even number of parts that makes at most ``MOST_BINS``; none if none does."""
    candidates = range(2, MOST_PARTS + 1, 2)
    fitting = bisect_left(candidates, MOST_BINS, key=lambda parts: len(edges(parts=parts)))
    return edges(parts=candidates[fitting - 1]) if fitting else ()


def _round_up(width: Fraction) -> int:
    """Return the smallest round width that is not below ``width``."""
    power: int = 10 ** (len(str(math.ceil(width))) - 1)
    return next(power * mantissa for mantissa in (1, 2, 5, 10) if power * mantissa >= width)


def _inside(low: float, high: float, *, unit: int, parts: int, widest: int) -> tuple[float, ...]:
    """Return the edges inside a range; ``widest`` counts tens to the power of ``unit``, as do lengths below."""
    bottom, top = _in_units(low, unit), _in_units(high, unit)
    above = _distances(max(bottom, 0), top, parts=parts, widest=widest)
    below = _distances(max(-top, 0), -bottom, parts=parts, widest=widest)
    scale = 10 ** abs(unit)
    counts = sorted({*above, *(-count for count in below)})
    edges = (count * scale if unit > 0 else count / scale if unit else count for count in counts)
    return tuple(edge for edge in edges if low < edge < high)


def _distances(near: int, far: int, *, parts: int, widest: int) -> list[int]:
    """Return the edges from ``near`` to ``far`` away from zero.

    A width holds from ``parts`` times itself to ``parts`` times the next: as
    ``parts`` is even, that is a multiple of both.
    """
    found: list[int] = []
    widths = _widths(widest)
    for width, wider in pairwise([*widths, far + 1]):
        begin = 0 if width == 1 else parts * width
        end = far + 1 if width == widths[-1] else min(parts * wider, far + 1)
        found += range(-(-max(begin, near) // width) * width, end, width)
    return found


def _widths(widest: int) -> list[int]:
    """Return the round widths up to ``widest``."""
    powers = (10**power for power in range(len(str(widest))))
    return [width for power in powers for width in (power, 2 * power, 5 * power) if width <= widest]


def _in_units(value: float, unit: int) -> int:
    """Return a number divided by ten to the power of ``unit``, rounded toward zero, exactly."""
    return int(Fraction(value) / Fraction(10) ** unit)
