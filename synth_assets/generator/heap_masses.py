"""What a release says of values inside bins: weights of heaps, and single values that have more rows than these give.

Weights follow a table of heaps, see ``heap_weights``. A listed value has a mass of its
own if its noisy rows are more than noise explains beside its weight, given how many are listed. Such rows are
then left out of the table, which other values of the heap would get rows for, and weights are found again.

This is arithmetic on released numbers: it costs no privacy.
"""

from collections.abc import Mapping
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain.heap_parts import Parts, bins_of
from synth_assets.domain.heaping import Heaping
from synth_assets.generator.heap_weights import heap_weights
from synth_assets.generator.heaps import Heaps
from synth_assets.generator.one_way import segments_of
from synth_assets.generator.tails import smooth_with_tails
from synth_assets.release import Release
from synth_assets.release.kinds.heaping import NoisyHeaping, values_of

__all__ = ["excess_rows", "heaps_of"]

Floats = NDArray[np.float64]

ERROR_RATE = 0.005
"""Probability that noise alone gives any value of a column a mass of its own."""
_DIGITS = 6
"""Of each weight and share."""
_TINY = 1e-300


def heaps_of(release: Release) -> Mapping[str, Heaps]:
    """Return how values lie inside the bins of each column whose heaps were measured; imports threadpoolctl.

    Args:
        release: its tables of heaps and its one-way tables are used.
    """
    from threadpoolctl import threadpool_limits

    answers = release.of_kind(NoisyHeaping)
    singles = {answer.column: answer for answer in answers if answer.runs}
    with threadpool_limits(limits=1, user_api="blas"):  # for matrices this small threads only wait for each other
        return {
            answer.column: _heaps(release, answer, singles.get(answer.column)) for answer in answers if not answer.runs
        }


def _heaps(release: Release, answer: NoisyHeaping, single: NoisyHeaping | None) -> Heaps:
    column, one_way = release.domain[answer.column], release.one_way(answer.column)
    regular, segments = one_way.counts[: column.regular], segments_of(release, answer.column)
    masses = np.maximum(smooth_with_tails(regular, scale=one_way.scale, segments=segments), 0)
    parts = Parts.of(Heaping.of(column))
    weights = heap_weights(parts, masses=masses, counts=answer.values, scale=answer.scale)
    if single is None:
        return Heaps(column=column, weights=_rounded(weights))
    values = np.array(values_of(single.runs, column))
    excess = excess_rows(parts, weights, masses=masses, single=single)
    if excess.any():
        weights = _weights_without(parts, values, excess, masses=masses, answer=answer)
        excess = excess_rows(parts, weights, masses=masses, single=single)
    values, excess = values[excess > 0], excess[excess > 0]
    bins = bins_of(column, values)
    shares = excess / np.maximum(masses[bins], 1.0)
    shares /= np.maximum(np.bincount(bins, weights=shares, minlength=masses.size), 1.0)[bins]
    singles, rounded = tuple(values.tolist()), tuple(_rounded(shares).tolist())
    return Heaps(column=column, weights=_rounded(weights), singles=singles, shares=rounded)


def excess_rows(parts: Parts, weights: Floats, *, masses: Floats, single: NoisyHeaping) -> Floats:
    """Return how many rows each listed value needs besides what weights give it, 0 where noise explains them.

    Args:
        parts: of the column.
        weights: of a value of each heap.
        masses: rows of each bin.
        single: the table of listed values.
    """
    values = np.array(values_of(single.runs, parts.heaping.column))
    bins, heaps = bins_of(parts.heaping.column, values), parts.heaping.heaps_inside(values)
    sums = np.bincount(parts.bins, weights=parts.counts * weights[parts.heaps], minlength=masses.size)
    share = np.minimum(weights[heaps] / np.maximum(sums[bins], _TINY), 1.0)
    rows = single.values[1:].astype(np.float64)
    excess = rows - masses[bins] * share
    clear = single.scale * NormalDist().inv_cdf(1 - ERROR_RATE / values.size)
    needed = np.minimum(excess / np.maximum(1 - share, _TINY), rows)
    return np.where(excess > clear, needed, 0.0)


def _weights_without(parts: Parts, values: Floats, excess: Floats, *, masses: Floats, answer: NoisyHeaping) -> Floats:
    """Return the weights that the rows without those of single values lead to."""
    own = np.bincount(bins_of(parts.heaping.column, values), weights=excess, minlength=masses.size)
    heaps = np.bincount(parts.heaping.heaps_inside(values), weights=excess, minlength=answer.values.size)
    left = answer.values - np.rint(heaps).astype(np.int64)
    return heap_weights(parts, masses=np.maximum(masses - own, 0), counts=left, scale=answer.scale)


def _rounded(numbers: Floats) -> Floats:
    return np.array([float(f"{number:.{_DIGITS}g}") for number in numbers.tolist()])
