"""Rows to small integer codes, column by column, each value by itself.

Tables repeat their values, so a column is first split into its distinct values
and indices into them (Parquet and Arrow dictionaries come split). Only the
distinct values are read; rows are then one look-up. What a value becomes
depends on that value and the declared domain alone, never on its neighbours:
in particular texts are read as bytes, because text that is no UTF-8 would
raise, and typed dates as numbers, because dates beyond year 9999 would.
"""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain, encode

__all__ = ["Codes", "code_dtype", "distinct_texts", "encode_batch", "encode_column"]

Codes = NDArray[np.uint8] | NDArray[np.uint16]

_PER_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def code_dtype(column: Column) -> type[np.uint8] | type[np.uint16]:
    """Return the smallest type that holds the codes of a column."""
    return np.uint8 if column.size <= 1 << 8 else np.uint16


def encode_batch(domain: Domain, batch: pa.RecordBatch) -> list[Codes]:
    """Return the codes of each column of the domain, each of shape (rows,)."""
    return [encode_column(column, batch.column(column.name)) for column in domain.columns]


def encode_column(column: Column, values: pa.Array) -> Codes:
    """Return the code of each value, shape (rows,), in the column's :func:`code_dtype`."""
    numbers = _numbers(column, values)
    if numbers is not None:
        return encode(column, numbers).astype(code_dtype(column))
    texts, indices = distinct_texts(values)
    table = np.append(encode(column, _objects(texts)), column.fallback_code).astype(code_dtype(column))
    return table[indices]


def distinct_texts(values: pa.Array) -> tuple[list[bytes | None], NDArray[np.int64]]:
    """Split values into distinct texts, as bytes, and the place of each row among them; nulls are at -1.

    Nested values have no text: all their rows are null.
    """
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    if pa.types.is_nested(values.type) or pa.types.is_null(values.type):
        return [], np.full(len(values), -1, dtype=np.int64)
    if not isinstance(values, pa.DictionaryArray):
        values = _plain_bytes(values).dictionary_encode()
    texts = _plain_bytes(values.dictionary).to_pylist()
    places = values.indices.cast(pa.int64(), safe=False)
    return texts, (places.fill_null(-1) if places.null_count else places).to_numpy()


def _objects(texts: Iterable[bytes | None]) -> NDArray[np.object_]:
    listed = list(texts)
    found = np.empty(len(listed), dtype=object)
    found[:] = listed
    return found


def _plain_bytes(values: pa.Array) -> pa.Array:
    """Return values as bytes: texts as they are, everything else as Arrow writes it."""
    kind = values.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return values
    if pa.types.is_large_string(kind):
        return values.cast(pa.large_binary())
    if pa.types.is_string(kind):
        return values.cast(pa.binary())
    if pa.types.is_floating(kind):
        return pa.array(_float_texts(values), pa.binary())
    return pc.cast(values, pa.string()).cast(pa.binary())


def _float_texts(values: pa.Array) -> list[bytes | None]:
    """Write whole floats without a point, as text tables do."""
    return [
        None if v is None or v != v else (str(int(v)) if v.is_integer() else str(v)).encode()
        for v in values.to_pylist()
    ]


def _numbers(column: Column, values: pa.Array) -> NDArray[np.float64] | None:
    """Return typed numbers, or days of typed dates, with NaN for null; none when texts must be read."""
    kind = values.type
    if column.kind == "date":
        return _days(values)
    if not column.numeric or not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        return None
    if pa.types.is_decimal(kind):
        values = values.cast(pa.float64())
    return values.to_numpy(zero_copy_only=False).astype(np.float64)


def _days(values: pa.Array) -> NDArray[np.float64] | None:
    kind = values.type
    if pa.types.is_date32(kind):
        return values.view(pa.int32()).to_numpy(zero_copy_only=False).astype(np.float64)
    if pa.types.is_date64(kind):
        return np.floor(values.view(pa.int64()).to_numpy(zero_copy_only=False).astype(np.float64) / _PER_DAY["ms"])
    if pa.types.is_timestamp(kind):
        ticks = values.view(pa.int64()).to_numpy(zero_copy_only=False).astype(np.float64)
        return np.floor(ticks / _PER_DAY[kind.unit])
    return None
