"""Estimate the tails of noisy counts of ordered codes, where single codes cannot be told from empty ones.

A range that was declared generously ends in many codes without a row. Each of them
has its own noise; clipping at zero keeps the positive half of it, and rows appear far
beyond the real maximum. So the codes are divided into a *body* and two tails. The body
ends with the last run of at most eight codes whose sum is clearly positive: in a column
without a row, any of all these runs is that with a probability of at most 0.5%. In a
tail only one shape is estimated, half of a bell curve that begins at most as high as
the body ends; several widths are averaged, weighted by how likely they make the counts.

This is arithmetic on released numbers: it costs no privacy.

Example:
    >>> counts = np.array([900, 950, 700, 420, 300, 120, 60, 30, *[14, -20, 9, -6, 25, -11, 3, -8] * 4])
    >>> body_of(counts, scale=15.0)
    slice(0, 7, None)
    >>> tail = smooth_with_tails(counts, scale=15.0)[7:]
    >>> bool((np.diff(tail) <= 0).all()), bool(tail[8:].sum() < 15)
    (True, True)

References:
    Glaz, Naus and Wallenstein (2001), "Scan Statistics", Chapter 1: the largest sum over
    windows; here its tail probability is bounded by the sum over all windows.
"""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from synth_assets.generator.smoothing import FEWEST, smooth_counts

__all__ = ["body_of", "smooth_with_tails"]

Floats = NDArray[np.float64]

ERROR_RATE = 0.005
"""Probability that noise alone extends the body at one end."""
RUNS = (1, 2, 4, 8)
"""Numbers of codes whose sum is looked at; longer runs would hold the end of the body and much of the tail."""
_WIDTHS = np.array([0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48])
"""Standard deviations, in codes, of the bell curves."""


def smooth_with_tails(counts: NDArray[np.int64], *, scale: float) -> Floats:
    """Return smoothed counts whose tails decrease outwards, shape (size,); those of the body may be negative.

    Args:
        counts: noisy counts of codes in their order, shape (size,).
        scale: standard deviation of the noise; 0 leaves the counts unchanged.
    """
    body = body_of(counts, scale=scale)
    start, end = body.start, body.stop
    above = _tail(counts[end:], height=_height(counts[start:end][::-1]), scale=scale)
    below = _tail(counts[:start][::-1], height=_height(counts[start:end]), scale=scale)
    return np.concatenate([below[::-1], smooth_counts(counts[body], scale=scale), above])


def body_of(counts: NDArray[np.int64], *, scale: float) -> slice:
    """Return the codes between the tails: all of them if there are few, or if nothing stands out of the noise."""
    whole = slice(0, counts.size)
    if counts.size < FEWEST or scale <= 0:
        return whole
    end, from_end = (_last_clear(way, scale) for way in (counts, counts[::-1]))
    return slice(counts.size - from_end, end) if end + from_end > counts.size else whole


def _last_clear(counts: NDArray[np.int64], scale: float) -> int:
    """Return the end of the last run whose sum noise does not explain; 0 if there is none.

    The last run is the one that begins last, and the shortest of those.
    """
    sums = np.concatenate([[0], np.cumsum(counts)])
    tests = sum(counts.size - length + 1 for length in RUNS)
    quantile = NormalDist().inv_cdf(1 - ERROR_RATE / tests)
    start, end = -1, 0
    for length in RUNS:
        clear = np.flatnonzero(sums[length:] - sums[:-length] > quantile * scale * math.sqrt(length))
        if clear.size and clear[-1] > start:
            start, end = int(clear[-1]), int(clear[-1]) + length
    return end


def _height(counts: NDArray[np.int64]) -> float:
    """Return the mean of the first codes of a body, as many as a run has at most."""
    return max(0.0, float(np.mean(counts[: RUNS[-1]])))


def _tail(counts: NDArray[np.int64], *, height: float, scale: float) -> Floats:
    """Return the mean of bell curves that fit noisy counts of codes, from the body outwards."""
    if not counts.size:
        return np.zeros(0)
    shapes = np.exp(-0.5 * (np.arange(1, counts.size + 1) / _WIDTHS[:, None]) ** 2)
    norms, products = (shapes**2).sum(axis=1), shapes @ counts
    sizes = np.clip(products / norms, 0, height)
    gains = sizes * (2 * products - sizes * norms) / (2 * scale**2)
    likelihoods = np.exp(gains - gains.max())
    return np.asarray((likelihoods / likelihoods.sum() * sizes) @ shapes)
