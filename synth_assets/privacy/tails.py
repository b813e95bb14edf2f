"""Bound the tail of the discrete Gaussian from above: the probability that noise lifts a count over a threshold.

The discrete Gaussian of Canonne, Kamath and Steinke (2020) has probabilities in
proportion to g(x) = exp(-x^2 / (2 scale^2)) over the whole numbers. Its tail is
*not* that of the continuous normal: it is larger at the same point, and a
threshold that is set by the continuous one lets through more than it states.

Every step here rounds up: exponentials come from Decimal, which rounds them
correctly, and get one unit in the last place of 70 digits; sums are whole
numbers of 256 bits, each product rounded up; the normaliser is bounded from
below. So the result is an upper bound of the tail. Up to scale 2^14 every term is
added up, and the bound is at most 1e-18 of itself too large. For larger scales,
blocks of h terms, h = scale / 2^14 rounded up, are bounded by the chord above them,
because g is convex beyond one scale: too large by a share of at most (h / scale)^2
(start / scale)^2 / 12 to first order, which is 2e-8 at eight scales. Nearer than one
scale to zero the first term of a block stands for all of it: a share of 1e-4.

Example:
    >>> round(float(discrete_tail(1, scale=1.0)), 10)  # half of what P(X = 0) leaves
    0.3005288609
    >>> round(0.5 * math.erfc(1 / math.sqrt(2)), 10)  # the continuous tail
    0.1586552539

References:
    Canonne, Kamath and Steinke (2020), "The Discrete Gaussian for Differential
    Privacy", https://arxiv.org/abs/2004.00010, Definition 1 and Fact 18.
"""

import math
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import lru_cache

__all__ = ["discrete_tail"]

_DIGITS = 70
_UP = Context(prec=_DIGITS, rounding=ROUND_CEILING, Emin=MIN_EMIN, Emax=MAX_EMAX)
_DOWN = Context(prec=_DIGITS, rounding=ROUND_FLOOR, Emin=MIN_EMIN, Emax=MAX_EMAX)
_MORE = _UP.add(Decimal(1), Decimal(f"1e{2 - _DIGITS}"))
_LESS = _DOWN.subtract(Decimal(1), Decimal(f"1e{2 - _DIGITS}"))
"""Factors that outweigh the error of one correctly rounded operation. Use these contexts only, never a thread's own."""
_PI = Fraction("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")
"""Rounded down at its last digit."""
_FARTHEST = 2000
"""Beyond exp(-2000) a tail is stated as that: no double and no delta is smaller."""
_ONE = 1 << 256
_SMALL = _ONE >> 64
_BLOCKS = 1 << 14
_WIDE = 4
"""From this scale on, scale * sqrt(2 pi) is the normaliser up to a factor of 1 + 1e-136."""


@lru_cache(maxsize=4096)
def discrete_tail(start: int, *, scale: float) -> Fraction:
    """Return an upper bound of P(X >= ``start``) for discrete Gaussian noise X; the module says how close it is.

    Args:
        start: a whole number; up to 0 the bound is 1.
        scale: parameter of the noise, finite and > 0.
    """
    if start <= 0:
        return Fraction(1)
    twice = 2 * Fraction(scale) ** 2
    first = _exp_up(Fraction(start) ** 2 / twice)
    return min(Fraction(1), first * _weights(start, scale, twice) / _normaliser(scale, twice))


def _weights(start: int, scale: float, twice: Fraction) -> Fraction:
    """Bound the sum of g(x) / g(start) over x >= start from above."""
    block = max(1, math.ceil(scale / _BLOCKS))
    ratio = _whole(_exp_up(Fraction(2 * start * block + block**2) / twice))
    falling = _whole(_exp_up(Fraction(2 * block**2) / twice))
    weight, total = _ONE, 0
    while weight >= _SMALL:
        total += weight
        weight = (weight * ratio >> 256) + 1
        ratio = (ratio * falling >> 256) + 1
    # What is left falls faster than a geometric series of the last ratio, which is below 1.
    left = Fraction(weight, _ONE - ratio)
    chord = Fraction(block - 1, 2) if start >= scale else Fraction(0)
    return block * (Fraction(total, _ONE) + left) - chord


def _normaliser(scale: float, twice: Fraction) -> Fraction:
    """Bound the sum of g over all whole numbers from below."""
    if scale < _WIDE:
        return 1 + 2 * sum((_exp_down(Fraction(x * x) / twice) for x in range(1, 60)), start=Fraction(0))
    return Fraction(scale) * _root_down(2 * _PI)


def _exp_up(exponent: Fraction) -> Fraction:
    """Return an upper bound of exp(-``exponent``)."""
    low = _DOWN.divide(Decimal(exponent.numerator), Decimal(exponent.denominator))
    return Fraction(_UP.multiply(_UP.exp(min(low, Decimal(_FARTHEST)).copy_negate()), _MORE))


def _exp_down(exponent: Fraction) -> Fraction:
    """Return a lower bound of exp(-``exponent``)."""
    high = _UP.divide(Decimal(exponent.numerator), Decimal(exponent.denominator))
    return Fraction(0) if high > _FARTHEST else Fraction(_DOWN.multiply(_DOWN.exp(high.copy_negate()), _LESS))


def _root_down(number: Fraction) -> Fraction:
    low = _DOWN.divide(Decimal(number.numerator), Decimal(number.denominator))
    return Fraction(_DOWN.multiply(_DOWN.sqrt(low), _LESS))


def _whole(share: Fraction) -> int:
    """Return a number as 256-bit fixed point, rounded up."""
    return -(-share.numerator * _ONE // share.denominator)
