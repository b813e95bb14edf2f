"""Values to the codes of a declared column, and codes back to values.

Encoding is total: every value that can stand in a table gets a code, silently,
because noticing a strange value would leak it. Out of range is clamped; an
unlisted category becomes ``other``, if there is one; whatever else cannot be
read, NaN and infinities become null, or ``other``, or the first code, in that
order of what the column declares. What differs between kinds of columns is in
``kinds``; here is what they share: nulls, texts, and that each is read once.

Example:
    >>> educ = Column(name="educ", kind="integer", minimum=0, maximum=20, nullable=True)
    >>> encode(educ, np.array([12, 99, None], dtype=object)).tolist()
    [12, 20, 21]
    >>> decode(educ, np.array([12, 20, 21])).to_pylist()
    [12, 20, None]
"""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain import Column
from synth_assets.domain.kinds.kind import Codes

__all__ = ["as_text", "decode", "encode", "encode_repeated", "means_null", "value_texts", "written"]


def encode(column: Column, values: Any) -> Codes:
    """Return the code of each value, shape (rows,); total and silent.

    What a value becomes depends on that value alone, never on its neighbours:
    otherwise one row could change the codes of others, and the noise would be
    too small.

    Args:
        column: the declared column.
        values: a sequence, or a NumPy, Arrow or pandas array, of anything at all.
            Arrays of numbers are read as numbers, which for dates are days since
            1970-01-01 and for times ticks since then; arrays of dates and times are
            read as such by columns of theirs; everything else is read as text.
    """
    typed = column.kind_of.encode_typed(column, values)
    return _encode_texts(column, _items(values)) if typed is None else typed


def encode_repeated(column: Column, values: pa.ChunkedArray) -> Codes:
    """Return what :func:`encode` does for a column of a synthetic table; of repeated texts each is read once."""
    if column.numeric:
        return encode(column, values)
    distinct = values.combine_chunks().dictionary_encode(null_encoding="encode")
    codes: Codes = encode(column, distinct.dictionary)[distinct.indices.to_numpy()]
    return codes


def decode(column: Column, codes: NDArray[Any], *, within: NDArray[np.float64] | None = None) -> pa.Array:
    """Return the values of ``codes`` as an Arrow array of the column's type.

    Args:
        column: the declared column.
        codes: integer codes, shape (rows,).
        within: where inside its bin a value lies, in [0, 1), shape (rows,);
            the middle when omitted. Codes of exactly one value ignore it.
    """
    codes = np.asarray(codes)
    null = codes == column.null_code if column.nullable else None
    return column.kind_of.decode(column, codes, within=within, null=null)


def _items(values: Any) -> Iterable[Any]:
    if hasattr(values, "array") and hasattr(values.array, "__arrow_array__"):
        values = pa.chunked_array([pa.array(values.array)])  # pandas' own texts are Arrow's
    return map(_python_value, values) if isinstance(values, pa.Array | pa.ChunkedArray) else values


def _python_value(scalar: Any) -> Any:
    """Return the value of an Arrow scalar, bytes for text that is not UTF-8, ``None`` for what Python lacks."""
    try:
        return scalar.as_py()
    except UnicodeDecodeError:
        inner = scalar.value if isinstance(scalar, pa.DictionaryScalar) else scalar
        return inner.as_buffer().to_pybytes() if hasattr(inner, "as_buffer") else None
    except (ValueError, OverflowError, TypeError, NotImplementedError):  # such as dates after year 9999
        return None


def _encode_texts(column: Column, values: Iterable[Any]) -> Codes:
    """Encode values by their text; each distinct text is read once, because tables repeat their values."""
    texts = [as_text(value) for value in values]
    distinct = dict.fromkeys(texts)
    code = dict(zip(distinct, range(len(distinct)), strict=True))
    read = [None if means_null(column, text) else text for text in distinct]
    codes = column.kind_of.encode_texts(column, read)
    return codes[np.fromiter((code[text] for text in texts), dtype=np.intp, count=len(texts))]


def value_texts(column: Column) -> frozenset[str] | None:
    """Return all values of a column as texts, without null; ``None`` if a code stands for several of them."""
    if not column.exact:
        return None
    values = decode(column, np.arange(column.size)).to_pylist()
    return frozenset(str(written(value)) for value in values if value is not None)


def means_null(column: Column, text: str | None) -> bool:
    """Tell whether a text stands for null in ``column``: none at all, a blank one, or one of its tokens."""
    return text is None or text in column.null_tokens or not text.strip()


def written(value: Any) -> str | None:
    """Write a value as the command line and contracts do: ``true``, ``null``, ``3``; ``None`` if it has no text."""
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else as_text(value)


def as_text(value: Any) -> str | None:
    """Read any value as text: whole floats without a point, bytes as lenient UTF-8, nulls as ``None``.

    Total: a value without a text, such as an integer of 5000 digits, is null.
    """
    if value is None or (isinstance(value, float | np.floating) and math.isnan(value)):
        return None
    if isinstance(value, bytes | bytearray):
        return value.decode("utf-8", errors="replace")
    try:
        if isinstance(value, float | np.floating) and float(value).is_integer():
            return str(int(value))
        text = str(value)
    except Exception:  # noqa: BLE001 - any object can stand in a table, and noticing a strange one would leak it
        return None
    return None if text in ("<NA>", "NaT") else text
