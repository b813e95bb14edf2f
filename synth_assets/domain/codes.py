"""Values to the codes of a declared column, and codes back to values.

Encoding is total: every value that can stand in a table gets a code, silently,
because noticing a strange value would leak it. Out of range is clamped; an
unlisted category becomes ``other``, if there is one; whatever else cannot be
read, NaN and infinities become null, or ``other``, or the first code, in that
order of what the column declares.

Example:
    >>> educ = Column(name="educ", kind="integer", minimum=0, maximum=20, nullable=True)
    >>> encode(educ, np.array([12, 99, None], dtype=object)).tolist()
    [12, 20, 21]
    >>> decode(educ, np.array([12, 20, 21])).to_pylist()
    [12, 20, None]
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain import Column
from synth_assets.domain.times import arrow_of, moment_of, moments

__all__ = ["as_text", "decode", "encode", "means_null"]

Codes = NDArray[np.uint16]
_TRUE = frozenset({"true", "t", "yes", "y", "1"})
_FALSE = frozenset({"false", "f", "no", "n", "0"})


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
    numbers = _numbers(column, values) if column.numeric else None
    return _encode_texts(column, _items(values)) if numbers is None else _encode_numbers(column, numbers)


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
    if column.kind == "categorical":
        index = pa.array(np.where(null, 0, codes) if null is not None else codes, type=pa.int32(), mask=null)
        return pa.DictionaryArray.from_arrays(index, pa.array(column.categories, pa.string())).dictionary_decode()
    if column.kind == "boolean":
        return pa.array(codes == 1, mask=null)
    numbers = _decode_numbers(column, codes, within)
    if column.kind == "float":
        return pa.array(numbers, mask=null)
    whole = numbers.astype(np.int64)
    return arrow_of(whole, seconds=column.seconds, null=null) if column.temporal else pa.array(whole, mask=null)


def _decode_numbers(column: Column, codes: NDArray[Any], within: NDArray[np.float64] | None) -> NDArray[np.float64]:
    place = np.minimum(codes, column.regular - 1)
    numbers: NDArray[np.float64] = (
        np.array(column.values, dtype=np.float64)[place] if column.values else _inside_bins(column, place, within)
    )
    for offset, special in enumerate(column.specials):
        numbers = np.where(codes == column.regular + offset, special, numbers)
    return numbers


def _inside_bins(column: Column, place: NDArray[Any], within: NDArray[np.float64] | None) -> NDArray[np.float64]:
    bounds = column.bounds()
    share = np.full(place.shape, 0.5) if within is None else within
    low, high = bounds[place], bounds[place + 1]
    numbers = low + share * (high - low)
    if column.kind != "float":
        whole: NDArray[np.float64] = np.minimum(np.floor(numbers), high - 1)
        return whole
    # Rounding may reach the next bin; the last one holds its upper bound.
    last = place == column.regular - 1
    capped: NDArray[np.float64] = np.minimum(numbers, np.where(last, high, np.nextafter(high, low)))
    return capped


def _numbers(column: Column, values: Any) -> NDArray[np.float64] | None:
    """Return an array of numbers with NaN for null; ``None`` when it must be read as text."""
    typed = moments(values, seconds=column.seconds) if column.temporal else None
    if typed is not None:
        return typed
    if isinstance(values, pa.Array | pa.ChunkedArray):
        if not (pa.types.is_integer(values.type) or pa.types.is_floating(values.type)):
            return None
        return np.asarray(values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
    dtype = getattr(values, "dtype", None)
    if getattr(dtype, "kind", "O") not in "iuf":
        return None
    with np.errstate(all="ignore"):  # wider floats may overflow, which is as good as infinite
        if hasattr(values, "array"):  # pandas, whose nullable arrays know what their nulls are
            return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))
        return np.asarray(values, dtype=np.float64)


def _encode_numbers(column: Column, numbers: NDArray[np.float64]) -> Codes:
    known = np.isfinite(numbers)
    clamped = np.clip(np.where(known, numbers, column.minimum), column.minimum, column.maximum)
    codes = np.clip(np.searchsorted(_lower_ends(column), clamped, side="right") - 1, 0, column.regular - 1)
    codes[~known] = column.fallback_code
    for offset, special in enumerate(column.specials):
        codes[numbers == special] = column.regular + offset
    for token in column.null_tokens:
        codes[numbers == _read(column, token)] = column.fallback_code
    return codes.astype(np.uint16)


def _lower_ends(column: Column) -> NDArray[np.float64]:
    """Return where each regular code begins; between two declared values that is halfway."""
    if not column.values:
        return column.bounds()[:-1]
    values = np.array(column.values)
    return np.concatenate([values[:1], (values[:-1] + values[1:]) / 2])


def _items(values: Any) -> Iterable[Any]:
    if hasattr(values, "array") and hasattr(values.array, "__arrow_array__"):
        values = pa.chunked_array([pa.array(values.array)])  # pandas' own texts are Arrow's
    return map(_python_value, values) if isinstance(values, pa.Array | pa.ChunkedArray) else values


def _python_value(scalar: Any) -> Any:
    """Return the value of an Arrow scalar, bytes for text that is no UTF-8, ``None`` for what Python lacks."""
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
    place = dict(zip(distinct, range(len(distinct)), strict=True))
    codes = _encode_distinct(column, [None if means_null(column, text) else text for text in distinct])
    return codes[np.fromiter((place[text] for text in texts), dtype=np.intp, count=len(texts))]


def _encode_distinct(column: Column, texts: Sequence[str | None]) -> Codes:
    if column.numeric:
        numbers = [math.nan if text is None else _read(column, text) for text in texts]
        return _encode_numbers(column, np.array(numbers, dtype=np.float64))
    if column.kind == "boolean":
        return np.array([_encode_boolean(column, text) for text in texts], dtype=np.uint16)
    known = {text: code for code, text in enumerate(column.categories)}
    unknown = column.fallback_code if column.other is None else known[column.other]
    codes = [column.fallback_code if text is None else known.get(text, unknown) for text in texts]
    return np.array(codes, dtype=np.uint16)


def means_null(column: Column, text: str | None) -> bool:
    """Tell whether a text stands for null in ``column``: none at all, a blank one, or one of its tokens."""
    return text is None or text in column.null_tokens or not text.strip()


def _encode_boolean(column: Column, text: str | None) -> int:
    word = "" if text is None else text.strip().lower().removesuffix(".0")
    if word in _TRUE:
        return 1
    return 0 if word in _FALSE else column.fallback_code


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


def _read(column: Column, text: str) -> float:
    """Return the number that a text means in a column, NaN when it means none."""
    if column.temporal:
        return moment_of(text, seconds=column.seconds)
    try:
        return float(text)
    except ValueError:
        return math.nan
