r"""How far linear forms of noise reach: the one fact from which all bounds of measured figures follow.

A tally is a vector ``y = x + Z``: ``x`` are exact integers, ``Z`` independent discrete
Gaussians of known parameter. :func:`reach` says what ``w . Z`` exceeds with probability at most
``beta``. It takes the smallest of some valid numbers, with ``s`` the norm of the vector of
``w_i scale_i`` and ``l`` that of ``w``.

1. ``s sqrt(2 ln(1 / beta))``: a discrete Gaussian is sub-Gaussian with its own
   parameter, and so is a sum.
2. ``sqrt(s^2 + l^2) z(beta q) + l z(1 - q)`` for a chosen ``q``, with ``z(b)`` what a
   standard normal variable exceeds with probability ``b``. Add independent standard
   normal ``H`` to ``Z``.
   The density of ``Z_i + H_i`` is that of a normal variable of variance ``scale^2 + 1``,
   up to a factor within ``1 +- 2 exp(-2 pi^2 scale^2 / (scale^2 + 1))`` by Poisson's
   summation formula: 3e-7 for scales of 2 and more, which is left out. And
   ``P(w.Z > t) P(w.H > -u) <= P(w.(Z + H) > t - u)``; ``u = l z(1 - q)`` makes the second
   factor ``q``. For large scales it is the normal quantile.

Example:
    >>> round(reach(np.ones(1), scale=np.array([4.5]), beta=0.05), 2)
    8.88

References:
    Canonne, Kamath and Steinke (2020), "The Discrete Gaussian for Differential
    Privacy", https://arxiv.org/abs/2004.00010, section 2.2 (it is sub-Gaussian
    with its own parameter, and its variance is no larger than the square of it).
"""

import math
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synth_assets.errors import UsageError

__all__ = [
    "LEAST_NORMAL",
    "SHARES",
    "Factors",
    "Floats",
    "NoisyCells",
    "Size",
    "norm",
    "normal_quantile",
    "reach",
    "reaches",
]

Floats = NDArray[np.float64]

LEAST_NORMAL = 2.0
"""Scales from which the second kind of reach is used."""
SHARES = (0.7, 0.8, 0.9, 0.99, 0.9999)
"""The choices of ``q``; larger ones are better for larger scales."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NoisyCells:
    """Noisy integers in a row.

    Attributes:
        values: the answers, shape (cells,).
        scale: parameter of each one's noise, shape (cells,).
    """

    values: Floats
    scale: Floats

    @classmethod
    def of(cls, values: ArrayLike, *, scale: float) -> Self:
        """Flatten answers that share one scale.

        Raises:
            UsageError: the scale is not a number above 0, or a value is not finite.
        """
        flat = np.asarray(values, dtype=np.float64).ravel()
        if not 0 < scale < math.inf:
            raise UsageError(f"scale={scale} must be finite and > 0", hint="take the scale of the answer's noise")
        if not np.isfinite(flat).all():
            raise UsageError("a tally must hold finite numbers", hint="take the values of an answer")
        return cls(values=flat, scale=np.full(flat.shape, float(scale)))

    def __add__(self, other: "NoisyCells") -> "NoisyCells":
        """Put the cells of another draw behind these."""
        return NoisyCells(
            values=np.concatenate([self.values, other.values]), scale=np.concatenate([self.scale, other.scale])
        )


def norm(vector: Floats) -> float:
    """Return the Euclidean norm."""
    return math.sqrt(float(vector @ vector))


def normal_quantile(beta: float) -> float:
    """Return what a standard normal variable exceeds with probability ``beta``.

    Raises:
        UsageError: ``beta`` is not above 0 and below one half.
    """
    if not 0 < beta < 0.5:  # noqa: PLR2004 - a bound that fails half of the time is not one
        raise UsageError(f"beta={beta:g} must be above 0 and below 0.5", hint="0.05 is usual")
    return -NormalDist().inv_cdf(beta)


def reach(weights: Floats, *, scale: Floats, beta: float) -> float:
    """Return what a form of the noise exceeds with probability at most ``beta``."""
    size = Size.of(weights, scale)
    return min(size.times(factors) for factors in reaches(beta, least=float(scale.min())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What decides how far a form reaches.

    Attributes:
        spread: norm of its weights times the scales.
        length: norm of its weights.
    """

    spread: float
    length: float

    @classmethod
    def of(cls, weights: Floats, scale: Floats) -> Self:
        """Return the norms of a form, shapes (cells,)."""
        return cls(spread=norm(weights * scale), length=norm(weights))

    def times(self, factors: "Factors") -> float:
        """Return one of the valid reaches of a form of this size."""
        return factors.normal * math.hypot(self.spread, factors.blur * self.length) + factors.away * self.length


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """One valid reach: ``normal sqrt(spread^2 + (blur length)^2) + away length``, which is convex in weights."""

    normal: float
    away: float = 0.0
    blur: float = 0.0


@cache
def reaches(beta: float, *, least: float) -> tuple[Factors, ...]:
    """Return all valid reaches, given the smallest scale.

    Raises:
        UsageError: ``beta`` is not above 0 and below one half.
    """
    normal_quantile(beta)
    first = Factors(normal=math.sqrt(-2 * math.log(beta)))
    if least < LEAST_NORMAL:
        return (first,)
    blurred = [
        Factors(normal=normal_quantile(beta * share), away=normal_quantile(1 - share), blur=1.0) for share in SHARES
    ]
    return first, *blurred
