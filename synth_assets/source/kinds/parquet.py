"""Parquet files, typed as they are."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from synth_assets.source.kinds.files import Files
from synth_assets.source.kinds.kind import Columns, Partition, refuse_lacking, schema_columns

__all__ = ["BATCH_ROWS", "PARTITION_ROWS", "ParquetFiles"]

BATCH_ROWS = 1 << 16
"""Rows of one batch."""
PARTITION_ROWS = 1 << 19
"""Rows that are worth a task of their own."""
_BUFFER_BYTES = 1 << 20


class ParquetFiles(Files):
    """Implements ``SourceKind``."""

    name: ClassVar[str] = "parquet"

    def file_columns(self, path: Path, options: Mapping[str, Any]) -> Columns | None:
        """See ``Files``."""
        del options
        return schema_columns(pq.read_schema(path))

    def file_partitions(self, path: Path) -> Sequence[Partition]:
        """Cut a file between row groups, into partitions of at least :data:`PARTITION_ROWS` rows but for the last."""
        with pq.ParquetFile(path) as opened:
            groups = [opened.metadata.row_group(index).num_rows for index in range(opened.num_row_groups)]
        return [Partition(str(path), span) for span in _spans(groups)]

    def partition_batches(
        self, partition: Partition, options: Mapping[str, Any], columns: Sequence[str]
    ) -> Iterator[pa.RecordBatch]:
        """See ``PartedKind``."""
        del options
        with pq.ParquetFile(partition.path) as opened:
            schema, metadata = opened.schema_arrow, opened.metadata
        refuse_lacking(schema.names, columns)
        groups = range(*(partition.groups or (0, metadata.num_row_groups)))
        # Texts that are stored as a dictionary stay one: only the dictionary is then encoded.
        texts = [name for name in columns if _is_text(schema.field(name).type)]
        with pq.ParquetFile(
            partition.path, read_dictionary=texts, buffer_size=_BUFFER_BYTES, metadata=metadata
        ) as opened:
            for batch in opened.iter_batches(batch_size=BATCH_ROWS, row_groups=list(groups), columns=list(columns)):
                yield batch.select(list(columns))


def _spans(groups: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first group and the one behind the last of each partition, by the groups' numbers of rows."""
    first, rows = 0, 0
    for index, more in enumerate(groups, start=1):
        rows += more
        if rows >= PARTITION_ROWS or index == len(groups):
            yield first, index
            first, rows = index, 0


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_binary(kind))
