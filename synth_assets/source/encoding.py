"""Rows to small integer codes, column by column, each value by itself.

Tables repeat their values, so a column is first split into its distinct values
and indices into them (Parquet and Arrow dictionaries come split). Only the
distinct values are read; rows are then one look-up. What a value becomes
depends on that value and the declared domain alone, never on its neighbours:
in particular texts are read as bytes, because text that is not UTF-8 would
raise, and typed dates as numbers, because dates beyond year 9999 would.
"""

import datetime as dt
from collections.abc import Iterable
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.domain.codes import as_text, encode
from synth_assets.domain.kinds.number import Number
from synth_assets.ledger.windows import Window

__all__ = [
    "TEXT_KINDS",
    "Codes",
    "as_bytes",
    "code_dtype",
    "distinct_texts",
    "encode_batch",
    "encode_column",
    "rows_in_window",
    "source_numbers",
]

Codes = NDArray[np.uint8 | np.uint16]
Places = NDArray[np.int64]

_LARGE = (pa.types.is_large_string, pa.types.is_large_binary)
_SMALL = (
    pa.types.is_string,
    pa.types.is_binary,
    pa.types.is_fixed_size_binary,
    pa.types.is_string_view,
    pa.types.is_binary_view,
)
TEXT_KINDS = (*_LARGE, *_SMALL)
"""Predicates of the Arrow types that hold text, as such or as bytes."""


def code_dtype(column: Column) -> type[np.uint8 | np.uint16]:
    """Return the smallest type that holds the codes of a column."""
    return np.uint8 if column.size <= 1 << 8 else np.uint16


def encode_batch(domain: Domain, batch: pa.RecordBatch) -> list[Codes]:
    """Return the codes of each column of the domain, each of shape (rows,)."""
    return [encode_column(column, batch.column(column.name)) for column in domain.columns]


def encode_column(column: Column, values: pa.Array) -> Codes:
    """Return the code of each value, shape (rows,), in the column's :func:`code_dtype`."""
    typed = column.kind_of.encode_source(column, values)
    if typed is not None:
        return typed.astype(code_dtype(column))
    texts, places = distinct_texts(values)
    codes = np.append(encode(column, _objects(texts)), np.uint16(column.fallback_code)).astype(code_dtype(column))
    return np.asarray(codes[places])


def source_numbers(column: Column, values: pa.Array) -> NDArray[np.float64]:
    """Return values as the numbers that a column with an order has inside, NaN where there is none, shape (rows,)."""
    kind = cast("Number", column.kind_of)
    typed = kind.source_numbers(column, values)
    if typed is not None:
        return typed
    texts, places = distinct_texts(values)
    read = [np.nan if text is None else kind.read(column, str(as_text(text))) for text in texts]
    return np.array([*read, np.nan])[places]


def distinct_texts(values: pa.Array) -> tuple[list[bytes | None], Places]:
    """Split values into distinct texts, as bytes, and the place of each row among them; nulls are at -1.

    Values that have no text, such as lists, are null.
    """
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    if pa.types.is_run_end_encoded(values.type):
        values = pc.run_end_decode(values)
    try:
        if not isinstance(values, pa.DictionaryArray):
            values = as_bytes(values).dictionary_encode()
        texts = as_bytes(values.dictionary).to_pylist()
    except pa.ArrowNotImplementedError:  # by its type, whatever the values are
        return [], np.full(len(values), -1, dtype=np.int64)
    places = values.indices.cast(pa.int64(), safe=False)
    return texts, (places.fill_null(-1) if places.null_count else places).to_numpy()


def as_bytes(values: pa.Array) -> pa.Array:
    """Return values as bytes: texts as they are, times with a zone in UTC, everything else as Arrow writes it.

    Raises:
        ArrowNotImplementedError: its type has no text, whatever the values are.
    """
    kind = values.type
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        # Arrow would look the zone up, and raise where this host does not know it; inside is UTC anyway.
        values = values.cast(pa.timestamp(kind.unit, "UTC"))
    if pa.types.is_floating(kind):
        texts = map(as_text, values.to_pylist())
        return pa.array([None if text is None else text.encode() for text in texts], pa.binary())
    if any(is_kind(kind) for is_kind in _LARGE):
        return values.cast(pa.large_binary())
    if any(is_kind(kind) for is_kind in _SMALL):
        return values.cast(pa.binary())
    return values.cast(pa.string()).cast(pa.binary())


def rows_in_window(values: pa.Array, window: Window) -> NDArray[np.bool_]:
    """Tell of each time stamp whether it lies in ``window``; what cannot be read does not."""
    texts, places = distinct_texts(values)
    inside = np.array([_is_inside(text, window) for text in texts] + [False])
    return np.asarray(inside[places])


def _is_inside(text: bytes | None, window: Window) -> bool:
    try:
        return window.start <= dt.datetime.fromisoformat((text or b"").decode().strip()) < window.end
    except (ValueError, TypeError):  # not a time stamp, or one with a time zone against a window without
        return False


def _objects(values: Iterable[bytes | None]) -> NDArray[np.object_]:
    listed = list(values)
    objects = np.empty(len(listed), dtype=object)
    objects[:] = listed
    return objects
