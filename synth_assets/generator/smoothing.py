"""Smooth noisy counts of ordered codes according to their noise.

A histogram of many codes contains mostly noise where there are few rows, and
structure where there are many: a spike at 40 hours, a long tail. Each appears at its
own resolution. So counts are decomposed into differences of halves, halves of
halves and so on (an unbalanced Haar transform), each difference is shrunk by its
probability of being noise alone, and the counts are reconstructed. That probability
is estimated from all differences of the same resolution. The result is averaged over
several shifts, so that it does not depend on where the halves are split.

This is arithmetic on released numbers: it costs no privacy.

References:
    Stephens (2017), "False discovery rates: a new deal", Biostatistics 18(2),
    Section 2: a mixture of normals around zero, fitted by EM.
    Coifman and Donoho (1995), "Translation-Invariant De-Noising": averaging
    over shifts.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["smooth_counts"]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Split = tuple[Places, Places, Places]

FEWEST = 16
"""With fewer codes, counts are not smoothed."""
SHIFTS = 8
TOP_LEVELS = 4
"""Coarse resolutions that are estimated together, because each has few differences."""
NULL_PRIOR = 10.0
"""Pseudo-count of differences that are noise, at each finer resolution."""
_SPREADS = np.array([0, 0.5, 1, 2, 4, 8, 16, 64, 256, 2**12, 2**20], dtype=np.float64)
_EM_STEPS = 30


def smooth_counts(counts: NDArray[np.int64], *, scale: float) -> Floats:
    """Return smoothed counts of the same sum, float64, shape (size,); they may be negative.

    Args:
        counts: noisy counts of codes in their order, shape (size,).
        scale: standard deviation of the noise; 0 leaves the counts unchanged.
    """
    size = counts.size
    if size < FEWEST or scale <= 0:
        return counts.astype(np.float64)
    shifts = [shift * size // SHIFTS for shift in range(SHIFTS)]
    shifted = [np.roll(_smooth(np.roll(counts, shift), scale), -shift) for shift in shifts]
    return np.asarray(np.mean(shifted, axis=0))


def _smooth(counts: NDArray[np.int64], scale: float) -> Floats:
    """Smooth without a shift."""
    sums = np.concatenate([[0.0], np.cumsum(counts, dtype=np.float64)])
    splits = _splits(counts.size)
    differences = [_differences(sums, split, scale) for split in splits]
    top = min(TOP_LEVELS, len(differences))
    pooled = _shrink(np.concatenate([scores for scores, _ in differences[:top]]), null_prior=0.0)
    cuts = np.cumsum([scores.size for scores, _ in differences[: top - 1]])
    shrunk = [*np.split(pooled, cuts), *(_shrink(scores, null_prior=NULL_PRIOR) for scores, _ in differences[top:])]
    parts = sums[-1:]
    for split, scores, (_, spread) in zip(splits, shrunk, differences, strict=True):
        parts = _split_parts(parts, split, scores * spread)
    return parts


def _differences(sums: Floats, split: Split, scale: float) -> tuple[Floats, Floats]:
    """Return the surplus of each left half in standard deviations of its noise, and these standard deviations."""
    start, middle, end = (cut[split[2] - split[0] > 1] for cut in split)
    share = (middle - start) / (end - start)
    surplus = (sums[middle] - sums[start]) * (1 - share) - (sums[end] - sums[middle]) * share
    spread = scale * np.sqrt((end - start) * share * (1 - share))
    return surplus / spread, spread


def _shrink(scores: Floats, *, null_prior: float) -> Floats:
    """Return the posterior means of effects observed with noise of variance 1."""
    variances = 1 + _SPREADS**2
    logs = -0.5 * scores[:, None] ** 2 / variances - 0.5 * np.log(variances)
    likelihoods = np.exp(logs - logs.max(axis=1, keepdims=True))
    weights = np.full(_SPREADS.size, 1 / _SPREADS.size)
    for _ in range(_EM_STEPS):
        shares = likelihoods * weights
        weights = (shares / shares.sum(axis=1, keepdims=True)).sum(axis=0)
        weights[0] += null_prior
        weights /= weights.sum()
    shares = likelihoods * weights
    shares /= shares.sum(axis=1, keepdims=True)
    return np.asarray(scores * (shares @ (_SPREADS**2 / variances)))


def _split_parts(parts: Floats, split: Split, surplus: Floats) -> Floats:
    """Split each part in two, by size and the surplus of the left half."""
    start, middle, end = split
    divided = end - start > 1
    left = parts * (middle - start) / (end - start)
    left[divided] += surplus
    halves = np.stack([np.where(divided, left, parts), parts - left], axis=1)
    return halves[np.stack([np.ones_like(divided), divided], axis=1)]


@cache
def _splits(size: int) -> tuple[Split, ...]:
    """Return start, middle and end of all parts, level by level, until every part is one code."""
    splits, cuts = [], np.array([0, size])
    while cuts.size <= size:
        start, end = cuts[:-1], cuts[1:]
        middle = (start + end) // 2
        splits.append((start, middle, end))
        cuts = np.union1d(cuts, middle)
    return tuple(splits)
