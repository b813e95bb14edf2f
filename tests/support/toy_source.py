"""A toy kind of source: files with one JSON object per line; what cannot be read is null."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from synth_assets.source.kinds.files import Files
from synth_assets.source.kinds.kind import Columns, Partition


class JsonLines(Files):
    """Implements ``SourceKind``; the first line names the columns."""

    name: ClassVar[str] = "jsonl"

    def file_columns(self, path: Path, options: Mapping[str, Any]) -> Columns | None:
        """See ``Files``."""
        del options
        return tuple((name, "text") for name in json.loads(path.read_text().partition("\n")[0]))

    def partition_batches(
        self, partition: Partition, options: Mapping[str, Any], columns: Sequence[str]
    ) -> Iterator[pa.RecordBatch]:
        """See ``PartedKind``."""
        del options
        rows = [_object(line) for line in Path(partition.path).read_text().splitlines()]
        arrays = [pa.array([_bytes(row.get(name)) for row in rows], pa.binary()) for name in columns]
        yield pa.RecordBatch.from_arrays(arrays, names=list(columns))


def _object(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _bytes(value: Any) -> bytes | None:
    return None if value is None else str(value).encode()
