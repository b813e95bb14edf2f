"""Values inside bins against the release: shares of listed single values, and how round numbers are.

A release may hold noisy tables of a column's heaps and of single values (kind ``heaping``). The
synthetic rows are counted by the same public coding, ``domain.heaping``. For each figure, what is *surely* off is the
gap between the two shares beyond the noise of the release and the sampling of rows, with 99% confidence for all
figures of a kind at once.

Single heaps are small and many. So sums of heaps are compared besides: values with at least so many
zeros at their end, values of each ending before these, and reals finer than the unit. A sum of heaps is known by
its own cells or by all others, whichever are fewer.

Example:
    >>> column = Column(name="paid", kind="integer", maximum=9_999, edges=(100, 1_000))
    >>> [sum_of.what for sum_of in sums_of(Heaping.of(column)) if sum_of.what.startswith("at")]
    ['at least 1 zero', 'at least 2 zeros', 'at least 3 zeros']
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.checks.realism import Mass, confident
from synth_assets.domain import Column
from synth_assets.domain.codes import encode
from synth_assets.domain.heaping import ENDINGS, FINER, ONLY_ONE, HeapedColumn, Heaping
from synth_assets.release import Release
from synth_assets.release.kinds.heaping import NoisyHeaping, values_of

__all__ = ["RoundnessCounter", "Sum", "SumOfHeaps", "heaps", "listed_values", "sums_of"]

Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]


_DIGITS = {"even": "an even digit", "odd": "1, 3 or 7"}
"""Endings that are not numbers, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SumOfHeaps:
    """Values of a column that are alike in how round they are.

    Attributes:
        column: its name.
        what: what they have in common.
        share: of the synthetic rows.
        released: of the released ones; below 0 by chance.
        sure: what of the gap is there with 99% confidence for all sums of all columns at once.
    """

    column: str
    what: str
    share: float
    released: float
    sure: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sum:
    """Some heaps of a column, shape (heaps,), and what they have in common."""

    what: str
    members: Bools


class RoundnessCounter:
    """Implements ``Tally``: rows of each heap and of each listed value, of the columns that the release has them of."""

    def __init__(self, release: Release) -> None:
        answers = release.of_kind(NoisyHeaping)
        runs = {answer.column: answer.runs for answer in answers if answer.runs}
        columns = {answer.column: release.domain[answer.column] for answer in answers}
        self._columns = [
            HeapedColumn.of(column, listed=values_of(runs[name], column) if name in runs else ())
            for name, column in columns.items()
        ]
        self._counts = {column.name: np.zeros(column.size, np.int64) for column in self._columns}

    def add(self, batch: pa.Table) -> None:
        """Count some rows."""
        for column in self._columns:
            codes = encode(column, batch[column.name])
            self._counts[column.name] += np.bincount(codes, minlength=column.size)

    def counted(self) -> Mapping[str, Integers]:
        """Return the rows of each code, shape (size,), by column."""
        return self._counts

    def merge(self, counted: Mapping[str, Integers]) -> None:
        """Count other rows too."""
        for name, counts in counted.items():
            self._counts[name] += counts

    def figures(self) -> Mapping[str, Any]:
        """Return the rows of each heap, without those of listed values, and then of these, by column."""
        return {name: counts.tolist() for name, counts in self._counts.items()}


def listed_values(release: Release, counts: Mapping[str, Sequence[int]]) -> list[Mass]:
    """Return every single value that the release counted.

    Args:
        release: its tables of single values are compared.
        counts: what :class:`RoundnessCounter` counted.
    """
    answers = [answer for answer in release.of_kind(NoisyHeaping) if answer.runs]
    quantile = confident(2 * sum(answer.values.size - 1 for answer in answers))
    return [one for answer in answers for one in _listed(release, answer, counts[answer.column], quantile=quantile)]


def heaps(release: Release, counts: Mapping[str, Sequence[int]]) -> list[SumOfHeaps]:
    """Return single heaps and sums of them, of each column whose heaps the release counted.

    Args:
        release: its tables of heaps are compared.
        counts: what :class:`RoundnessCounter` counted.
    """
    asked = [
        (answer, heaping, sums_of(heaping))
        for answer in release.of_kind(NoisyHeaping)
        if not answer.runs
        for heaping in [Heaping.of(release.domain[answer.column])]
    ]
    quantile = confident(2 * sum(len(sums) for _, _, sums in asked))
    return [
        one
        for answer, heaping, sums in asked
        for one in _sums(
            release, answer, sums, _with_listed(release, heaping, counts[answer.column]), quantile=quantile
        )
    ]


def sums_of(heaping: Heaping) -> list[Sum]:
    """Return what is compared of a column: sums of heaps, and each heap by itself."""
    return [one for one in _all_sums(heaping) if one.members.any()]


def _all_sums(heaping: Heaping) -> Iterator[Sum]:
    inside = heaping.decade > 0
    for zeros in range(1, int(heaping.level.max()) + 1):
        word = "zero" if zeros == 1 else "zeros"
        yield Sum(what=f"at least {zeros} {word}", members=inside & (heaping.level >= zeros))
    for ending, name in enumerate(list(ENDINGS)[:ONLY_ONE]):
        yield Sum(what=f"{_DIGITS.get(name, name)} before the zeros", members=inside & (heaping.ending == ending))
    yield Sum(what="more digits than are told apart", members=inside & (heaping.level == FINER))
    for heap in np.flatnonzero(inside).tolist():
        yield Sum(what=heaping.label(heap), members=np.arange(heaping.size) == heap)


def _with_listed(release: Release, heaping: Heaping, counts: Sequence[int]) -> Integers:
    """Return the rows of each heap, those of listed values too."""
    rows = np.array(counts, dtype=np.int64)
    inside, single = rows[: heaping.size], rows[heaping.size :]
    if not single.size:
        return inside
    values = next(_values(release, heaping.column))
    own = np.bincount(heaping.heaps_inside(values), weights=single, minlength=heaping.size)
    return inside + np.rint(own).astype(np.int64)


def _values(release: Release, column: Column) -> Iterator[NDArray[np.float64]]:
    for answer in release.of_kind(NoisyHeaping):
        if answer.runs and answer.column == column.name:
            yield np.array(values_of(answer.runs, column))


def _listed(release: Release, answer: NoisyHeaping, counts: Sequence[int], *, quantile: float) -> Iterator[Mass]:
    column = release.domain[answer.column]
    values = values_of(answer.runs, column)
    rows, error, sampled = _rows(release, counts)
    share = np.array(counts[len(counts) - len(values) :]) / sampled
    released = answer.values[1:] / rows
    sure = _sure(share, released, answer.scale / rows, error=error / rows, sampled=sampled, quantile=quantile)
    for value, *figures in zip(values, share.tolist(), released.tolist(), sure.tolist(), strict=True):
        yield Mass(column=column.name, value=value, **dict(zip(("share", "released", "sure"), figures, strict=True)))


def _sums(
    release: Release, answer: NoisyHeaping, sums: Sequence[Sum], counts: Integers, *, quantile: float
) -> Iterator[SumOfHeaps]:
    rows, error, sampled = _rows(release, counts.tolist())
    for one in sums:
        others = ~one.members
        own, rest = int(one.members.sum()), int(others.sum())
        by_rest = rest * answer.scale**2 + error**2 < own * answer.scale**2
        released = (rows - answer.values[others].sum()) if by_rest else answer.values[one.members].sum()
        noise = np.sqrt(rest * answer.scale**2 + error**2) if by_rest else np.sqrt(own) * answer.scale
        share = np.array(counts[one.members].sum() / sampled)
        sure = _sure(
            share, np.array(released / rows), noise / rows, error=error / rows, sampled=sampled, quantile=quantile
        )
        yield SumOfHeaps(
            column=answer.column, what=one.what, share=float(share), released=float(released / rows), sure=float(sure)
        )


def _rows(release: Release, counts: Sequence[int]) -> tuple[float, float, int]:
    return max(release.total(), 1.0), release.total_standard_error(), max(int(sum(counts)), 1)


def _sure(  # noqa: PLR0913 - the parts of the error, by keyword
    share: NDArray[np.float64],
    released: NDArray[np.float64],
    noise: float,
    *,
    error: float,
    sampled: int,
    quantile: float,
) -> NDArray[np.float64]:
    """Return what of the gaps between shares is sure; ``noise`` and ``error`` (of all rows) are shares too."""
    chance = np.sqrt(noise**2 + share * (1 - share) / sampled + (share * error) ** 2)
    return np.maximum(0.0, np.abs(share - released) - quantile * chance)
