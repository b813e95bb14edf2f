"""Counting on workers: partitions of the source are tasks, and their counts are summed here, where noise is added.

Each partition is counted once, whatever becomes of workers (``workers.pool``), by the functions that the kernel
counts with, and the integers are those of the kernel. Workers leave encoded rows in a scratch folder that all of them
share, so that the source is read once for each domain; this process deletes it.
"""

import itertools
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from synth_assets.domain import Column, Domain
from synth_assets.release.answers import Grids
from synth_assets.source.bounded import Encode
from synth_assets.source.bounding import BUCKETS
from synth_assets.source.cluster.rows import Coding, SourceRows
from synth_assets.source.cluster.tasks import (
    Count,
    coding_files,
    count_buckets,
    count_partition,
    count_texts,
    sort_partition,
    sort_texts,
)
from synth_assets.source.encoding import code_dtype, encode_batch
from synth_assets.source.engine import Table, Tally
from synth_assets.source.histograms import Digests, count_digests
from synth_assets.source.kernel import count_tables, count_tallies, weighted
from synth_assets.source.kinds.kind import Partition
from synth_assets.source.orders import count_orders, encode_orders, words_of
from synth_assets.workers.pool import Pool

__all__ = ["ClusterEngine"]

_PIECES = 16
"""Tasks that bounded rows are counted by, at least, so that few partitions do not leave workers idle."""
_PARTITIONS_PER_BUCKET = 8
"""The rows of as many partitions fit in a worker's memory."""


class ClusterEngine:
    """Implements ``CountEngine``.

    Args:
        rows: which rows there are; its scratch folder must be one that all workers share.
        partitions: where they are; asked when the first question comes.
        pool: the workers.
        secret: of the reservation, for the bounding.
        meanwhile: what has to go on while workers count.
    """

    def __init__(
        self,
        rows: SourceRows,
        partitions: Callable[[], Sequence[Partition]],
        pool: Pool,
        *,
        secret: bytes,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        self._rows = rows
        self._find = partitions
        self._pool = pool
        self._secret = secret
        self._meanwhile = meanwhile
        self._codings: dict[Domain, Coding] = {}
        self._sorted: set[str] = set()
        self._numbers = itertools.count()

    def __repr__(self) -> str:
        """Say nothing of what is inside."""
        return "ClusterEngine(private)"

    def tables(self, tables: Sequence[Table], *, domain: Domain, grids: Grids) -> list[NDArray[np.int64]]:
        """See ``CountEngine``."""
        asked = {name: grids[name] for names, level in tables if level == "coarse" for name in names}
        return self._summed(self._coding(domain), partial(count_tables, tables=tables, domain=domain, grids=asked))

    def tallies(self, tallies: Sequence[Tally], *, domain: Domain) -> list[NDArray[np.int64]]:
        """See ``CountEngine``; cells are counted there and weighted here."""
        cells: list[Tally] = [(axes, None) for axes, _ in tallies]
        totals = self._summed(self._coding(domain), partial(count_tallies, tallies=cells, domain=domain))
        return [weighted(total.reshape(-1), tally) for total, tally in zip(totals, tallies, strict=True)]

    def orders(self, pairs: Sequence[tuple[str, str]], *, domain: Domain) -> NDArray[np.int64]:
        """See ``CountEngine``."""
        coding = self._named(
            columns=dict.fromkeys(name for pair in pairs for name in pair),
            encode=partial(encode_orders, pairs, domain),
            dtypes=[np.uint16] * words_of(pairs),
        )
        counts = self._summed(coding, partial(count_orders, pairs=pairs))
        self._delete(coding)
        return np.array(counts).reshape(-1, 2)

    def histograms(self, columns: Sequence[Column]) -> list[dict[str, int]]:
        """See ``CountEngine``."""
        if self._rows.unit.column is None:
            words = ((self._rows, columns, partition) for _, partition in self._partitions)
            return _added(columns, self._results(count_texts, words))
        digests = Digests.of(tuple(columns), secret=self._secret)
        coding = self._named(
            columns=[column.name for column in columns],
            encode=digests.encode,
            dtypes=digests.dtypes,
            secret=digests.key,
        )
        known: list[dict[bytes, str]] = [{} for _ in columns]
        for texts in self._sort(coding, partial(sort_texts, digests=digests)):
            for one, more in zip(known, texts, strict=True):
                one.update(more)
        counted = _added(columns, self._of_buckets(coding, partial(count_digests, columns=len(columns))))
        self._delete(coding)
        return [
            {texts[digest]: count for digest, count in counts.items()}
            for texts, counts in zip(known, counted, strict=True)
        ]

    def _coding(self, domain: Domain) -> Coding:
        """Return how rows are coded for a domain; the files of the last two domains are kept."""
        if domain not in self._codings:
            coding = self._named(
                columns=domain.names,
                encode=partial(encode_batch, domain),
                dtypes=[code_dtype(column) for column in domain.columns],
            )
            for old in list(self._codings)[:-1]:
                self._delete(self._codings.pop(old))
            self._codings[domain] = coding
        return self._codings[domain]

    def _named(
        self,
        *,
        columns: Iterable[str],
        encode: Encode,
        dtypes: Sequence[DTypeLike],
        secret: bytes | None = None,
    ) -> Coding:
        return Coding(
            name=str(next(self._numbers)),
            columns=tuple(columns),
            encode=encode,
            dtypes=tuple(dtypes),
            secret=secret or self._secret,
        )

    def _summed(self, coding: Coding, count: Count) -> list[NDArray[np.int64]]:
        """Return the sum of what ``count`` returns of all rows that count, which are nobody's twice."""
        totals = list(count([]))
        if self._rows.unit.column is None:
            words = ((self._rows, coding, count, *partition) for partition in self._partitions)
            counted = self._results(count_partition, words)
        else:
            if coding.name not in self._sorted:
                deque(self._sort(coding, sort_partition), maxlen=0)
            counted = self._of_buckets(coding, count)
        for counts in counted:
            totals = [total + more for total, more in zip(totals, counts, strict=True)]
        return totals

    def _sort(self, coding: Coding, task: Callable[..., Any]) -> Iterator[Any]:
        """Sort all partitions into buckets, and yield what the tasks return."""
        words = ((self._rows, coding, self._buckets, *partition) for partition in self._partitions)
        yield from self._results(task, words)
        self._sorted.add(coding.name)

    def _of_buckets(self, coding: Coding, count: Count) -> Iterator[Any]:
        pieces = min(self._buckets, max(_PIECES, len(self._partitions)))
        shared = (range(number, self._buckets, pieces) for number in range(pieces))
        words = ((self._rows, coding, count, len(self._partitions), buckets) for buckets in shared)
        return self._results(count_buckets, words)

    @cached_property
    def _partitions(self) -> list[tuple[int, Partition]]:
        return list(enumerate(self._find()))

    @property
    def _buckets(self) -> int:
        return max(BUCKETS, len(self._partitions) // _PARTITIONS_PER_BUCKET)

    def _results(self, task: Callable[..., Any], words: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        """Yield the results of tasks, in the order in which they end."""
        return (result for _, result in self._pool.results(task, words, meanwhile=self._meanwhile))

    def _delete(self, coding: Coding) -> None:
        """Delete what workers wrote for a coding that is not asked for again."""
        for path in coding_files(self._rows, coding):
            path.unlink(missing_ok=True)


def _added(columns: Sequence[Column], counted: Iterable[Sequence[Mapping[Any, int]]]) -> list[dict[Any, int]]:
    """Add histograms, one per column."""
    totals = [Counter[Any]() for _ in columns]
    for histograms in counted:
        for total, histogram in zip(totals, histograms, strict=True):
            total.update(histogram)
    return [dict(total) for total in totals]
