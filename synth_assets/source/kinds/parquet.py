"""Parquet files, typed as they are."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from synth_assets.source.kinds.files import Files
from synth_assets.source.kinds.kind import Columns, refuse_lacking, schema_columns

__all__ = ["BATCH_ROWS", "ParquetFiles"]

BATCH_ROWS = 1 << 16
"""Rows of one batch."""
_BUFFER_BYTES = 1 << 20


class ParquetFiles(Files):
    """Implements ``SourceKind``."""

    name: ClassVar[str] = "parquet"

    def file_columns(self, path: Path, options: Mapping[str, Any]) -> Columns | None:
        """See ``Files``."""
        del options
        return schema_columns(pq.read_schema(path))

    def file_batches(self, path: Path, options: Mapping[str, Any], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """See ``Files``."""
        del options
        with pq.ParquetFile(path) as opened:
            schema = opened.schema_arrow
        refuse_lacking(schema.names, columns)
        # Texts that are stored as a dictionary stay one: only the dictionary is then encoded.
        texts = [name for name in columns if _is_text(schema.field(name).type)]
        with pq.ParquetFile(path, read_dictionary=texts, buffer_size=_BUFFER_BYTES) as opened:
            for batch in opened.iter_batches(batch_size=BATCH_ROWS, columns=list(columns)):
                yield batch.select(list(columns))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_binary(kind))
