"""What workers do, each task a function of its arguments alone. All of it is private: what is returned too.

Without a unit's column a task encodes a partition, keeps the codes in the scratch folder and counts them; a later
question finds them there, or encodes again if it does not. With one, a first round of tasks sorts the rows of each
partition into buckets by their unit's key, and a second one bounds and counts buckets: whatever partitions
a unit's rows come from, they meet in one bucket. Dropping surplus rows in both rounds keeps the same rows as
dropping them once (``source.bounding``).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from synth_assets.domain import Column
from synth_assets.source.blocks import Block, gathered
from synth_assets.source.bounded import BLOCK_ROWS, fill
from synth_assets.source.bounding import HEAD, Bounder, kept_of_bucket
from synth_assets.source.cluster.block_file import BlockFile, write_blocks
from synth_assets.source.cluster.rows import Coding, SourceRows
from synth_assets.source.histograms import Digests, count_all_texts
from synth_assets.source.kinds.kind import Partition

__all__ = [
    "Count",
    "coding_files",
    "count_buckets",
    "count_partition",
    "count_texts",
    "sort_partition",
    "sort_texts",
]

Count = Callable[[Iterable[Block]], Iterable[Any]]
"""Counts encoded rows; a function of a module, or made of one by ``partial``."""


def count_partition(rows: SourceRows, coding: Coding, count: Count, number: int, partition: Partition) -> Iterable[Any]:
    """Return the counts of one partition, of rows that are units."""
    batches = (coding.encode(batch) for batch in rows.batches(partition, coding.columns))
    return _counted(rows.scratch / f"{coding.name}-rows-{number}", batches, coding, count)


def sort_partition(rows: SourceRows, coding: Coding, buckets: int, number: int, partition: Partition) -> bool:
    """Write the rows of one partition that may stay, in so many buckets."""
    bounder = Bounder(
        max_rows=rows.unit.max_rows,
        secret=coding.secret,
        dtypes=coding.dtypes,
        scratch=rows.scratch,
        buckets=buckets,
    )
    batches = rows.batches(partition, coding.columns)
    fill(bounder, batches, encode=coding.encode, column=str(rows.unit.column))
    write_blocks(_sorted(rows, coding, number), bounder.buckets(), dtypes=[*HEAD, *coding.dtypes])
    return True


def sort_texts(  # noqa: PLR0913 - as in `sort_partition`
    rows: SourceRows, coding: Coding, buckets: int, number: int, partition: Partition, *, digests: Digests
) -> list[dict[bytes, str]]:
    """Do the same with digests of texts, and return the text of each digest, by column.

    Args:
        rows: see :func:`sort_partition`.
        coding: that of ``digests``.
        buckets: see :func:`sort_partition`.
        number: see :func:`sort_partition`.
        partition: see :func:`sort_partition`.
        digests: how texts are coded; other ones remember the texts.
    """
    own = digests.without_texts()
    sort_partition(rows, replace(coding, encode=own.encode), buckets, number, partition)
    return own.texts


def count_buckets(rows: SourceRows, coding: Coding, count: Count, partitions: int, buckets: range) -> Iterable[Any]:
    """Return the counts of some buckets, which hold the rows of so many partitions."""
    kept = gathered(_bounded(rows, coding, partitions, buckets), rows=BLOCK_ROWS)
    return _counted(rows.scratch / f"{coding.name}-units-{buckets.start}", kept, coding, count)


def count_texts(rows: SourceRows, columns: Sequence[Column], partition: Partition) -> list[dict[str, int]]:
    """Return the number of rows of each text in one partition, one histogram per column, of rows that are units."""
    return count_all_texts(rows.batches(partition, [column.name for column in columns]), columns)


def coding_files(rows: SourceRows, coding: Coding) -> Iterable[Path]:
    """Return all files that tasks wrote for a coding."""
    return rows.scratch.glob(f"{coding.name}-*")


def _counted(path: Path, blocks: Iterable[Sequence[Any]], coding: Coding, count: Count) -> Iterable[Any]:
    """Count the rows in a file, which is written first if it is not there."""
    if not path.exists():
        write_blocks(path, blocks, dtypes=coding.dtypes)
    with BlockFile(path, dtypes=coding.dtypes) as file:
        return count(file)


def _bounded(rows: SourceRows, coding: Coding, partitions: int, buckets: range) -> Iterator[Block]:
    paths = [_sorted(rows, coding, number) for number in range(partitions)]
    for bucket in buckets:
        kept = kept_of_bucket((_read(path, coding, bucket) for path in paths), most=rows.unit.max_rows)
        if kept is not None:
            yield kept[len(HEAD) :]


def _sorted(rows: SourceRows, coding: Coding, number: int) -> Path:
    return rows.scratch / f"{coding.name}-sorted-{number}"


def _read(path: Path, coding: Coding, bucket: int) -> Block:
    with BlockFile(path, dtypes=[*HEAD, *coding.dtypes]) as file:
        return file.read(bucket)
