"""The declared domain: every column as a small range of integer codes, and back.

A domain is public: it comes from the contract and never from private rows.
Each column is laid out as ``[regular codes][special values][null]``. Regular
codes are one a value where that is at most :data:`FINEST` codes, and bins of
equal width (or between declared edges) where it is more.

Encoding is total: every value that can stand in a table gets a code, silently,
because noticing a strange value would leak it. Out of range is clamped; an
unlisted category becomes ``other``, if there is one; whatever else cannot be
read, NaN and infinities become null, or ``other``, or the first code, in that
order of what the column declares.

Example:
    >>> educ = Column(name="educ", kind="integer", minimum=0, maximum=20, nullable=True)
    >>> educ.size, educ.null_code
    (22, 21)
    >>> encode(educ, np.array([12, 99, None], dtype=object)).tolist()
    [12, 20, 21]
    >>> decode(educ, np.array([12, 20, 21])).to_pylist()
    [12, 20, None]
"""

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["FINEST", "Column", "Domain", "Kind", "as_text", "decode", "encode", "means_null"]

FINEST = 1024
"""Most regular codes of a numeric column; more values are binned."""

Kind = Literal["integer", "float", "categorical", "boolean", "date"]
Codes = NDArray[np.uint16]
_EPOCH = dt.date(1970, 1, 1)
_TRUE = frozenset({"true", "t", "yes", "y", "1"})
_FALSE = frozenset({"false", "f", "no", "n", "0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One declared column.

    Attributes:
        name: the column's name in the source and in the synthetic table.
        kind: how values are read and written; dates are days since 1970-01-01 inside.
        categories: the values of a categorical column, as text, in their order.
        minimum: smallest value of a number or date (as a number).
        maximum: largest value, inclusive.
        edges: inner bin edges, ascending, of a numeric column that declares them.
        bins: number of bins of equal width; ``None`` lets the layout choose.
        values: the only values of a number that has few, ascending; others go to the nearest.
        specials: values with a meaning of their own, such as a top code.
        other: the category that takes unknown values, if there is one.
        nullable: whether there is a code for null.
        null_tokens: texts that mean null, besides the empty text.
    """

    name: str
    kind: Kind
    categories: tuple[str, ...] = ()
    minimum: float = 0
    maximum: float = 0
    edges: tuple[float, ...] = ()
    bins: int | None = None
    values: tuple[float, ...] = ()
    specials: tuple[float, ...] = ()
    other: str | None = None
    nullable: bool = False
    null_tokens: tuple[str, ...] = ()

    @property
    def numeric(self) -> bool:
        """Whether values have an order and a distance."""
        return self.kind in ("integer", "float", "date")

    @property
    def regular(self) -> int:
        """Number of codes that stand for ordinary values."""
        if self.kind == "categorical":
            return len(self.categories)
        if self.kind == "boolean":
            return 2
        if self.values:
            return len(self.values)
        return len(self.bounds()) - 1

    @property
    def size(self) -> int:
        """Number of all codes."""
        return self.regular + len(self.specials) + self.nullable

    @property
    def null_code(self) -> int | None:
        """The code of null; ``None`` when the column is not nullable."""
        return self.size - 1 if self.nullable else None

    @property
    def fallback_code(self) -> int:
        """The code of whatever cannot be read as the declared kind."""
        if self.nullable:
            return self.size - 1
        return self.categories.index(self.other) if self.other is not None else 0

    def bounds(self) -> NDArray[np.float64]:
        """Return the bin bounds of a numeric column, shape (regular + 1,), ascending.

        Bin i covers ``[bounds[i], bounds[i + 1])``, the last one its upper bound
        too. Integers and dates have whole bounds and the last is ``maximum + 1``.
        """
        whole = self.kind != "float"
        top = self.maximum + 1 if whole else self.maximum
        if self.edges:
            return np.array([self.minimum, *self.edges, top], dtype=np.float64)
        values = int(top - self.minimum) if whole else 64
        count = min(self.bins or values, values if whole else FINEST, FINEST)
        bounds = np.linspace(self.minimum, top, count + 1)
        return np.round(bounds) if whole else bounds

    @property
    def exact(self) -> bool:
        """Whether every regular code stands for exactly one value."""
        return (
            not self.numeric
            or bool(self.values)
            or (self.kind != "float" and self.regular == int(self.maximum - self.minimum) + 1)
        )

    def as_json(self) -> dict[str, Any]:
        """Return the column as plain JSON values, without what is at its default."""
        default = Column(name=self.name, kind=self.kind)
        pairs = {name: getattr(self, name) for name in self.__slots__}
        kept = {name: value for name, value in pairs.items() if value != getattr(default, name)}
        return {
            "name": self.name,
            "kind": self.kind,
            **{name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()},
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Invert :meth:`as_json`."""
        parts: dict[str, Any] = {name: tuple(item) if isinstance(item, list) else item for name, item in value.items()}
        return cls(**parts)

    def arrow_type(self) -> pa.DataType:
        """Return the type of the synthetic column."""
        types = {"integer": pa.int64(), "float": pa.float64(), "boolean": pa.bool_(), "date": pa.date32()}
        return types.get(self.kind, pa.string())


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """The measured columns of a dataset, in their order."""

    columns: tuple[Column, ...]

    def __getitem__(self, name: str) -> Column:
        """Return a column by name."""
        return self.columns[self.index(name)]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    def index(self, name: str) -> int:
        """Return a column's position.

        Raises:
            KeyError: when there is no such column.
        """
        try:
            return self.names.index(name)
        except ValueError:
            raise KeyError(name) from None

    def shape(self, names: Sequence[str] | None = None) -> tuple[int, ...]:
        """Return the number of codes of each of ``names`` (default: of all columns)."""
        return tuple(self[name].size for name in (self.names if names is None else names))

    def as_json(self) -> list[dict[str, Any]]:
        """Return the domain as plain JSON values."""
        return [column.as_json() for column in self.columns]

    @classmethod
    def from_json(cls, value: Sequence[Mapping[str, Any]]) -> Self:
        """Invert :meth:`as_json`."""
        return cls(columns=tuple(Column.from_json(item) for item in value))

    def arrow_schema(self) -> pa.Schema:
        """Return the schema of the synthetic table's measured columns."""
        return pa.schema([pa.field(c.name, c.arrow_type(), nullable=c.nullable) for c in self.columns])


def encode(column: Column, values: Any) -> Codes:
    """Return the code of each value, shape (rows,); total and silent.

    What a value becomes depends on that value alone, never on its neighbours:
    otherwise one row could change the codes of others, and the noise would be
    too small.

    Args:
        column: the declared column.
        values: a sequence, or a NumPy, Arrow or pandas array, of anything at all.
            Arrays of numbers are read as numbers, which for dates are days since
            1970-01-01; everything else is read as text.
    """
    numbers = _numbers(values) if column.numeric else None
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
    whole = pa.array(numbers.astype(np.int64), mask=null)
    return whole.cast(pa.int32()).cast(pa.date32()) if column.kind == "date" else whole


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


def _numbers(values: Any) -> NDArray[np.float64] | None:
    """Return an array of numbers with NaN for null; ``None`` when it holds anything else."""
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
        codes[numbers == _number(token)] = column.fallback_code
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
        read = _date_number if column.kind == "date" else _number
        return _encode_numbers(column, np.array([math.nan if text is None else read(text) for text in texts]))
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


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _date_number(text: str) -> float:
    try:
        return (dt.date.fromisoformat(text.strip()[:10]) - _EPOCH).days
    except ValueError:
        return math.nan
