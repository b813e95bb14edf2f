r"""Who a row belongs to: one canonical text for each unit id, whatever type a file has it in.

A table comes in many files, and each may store the same id as another type: an
integer, a float because one id was missing, a decimal of a database, a text.
If these counted as different units, one person would have ``max_rows`` rows for
each type, and the noise would be calibrated for too few. So an id is a value:

- a number is its digits, whatever its type: 7, 7.0 and 7.00 are ``7``;
- a text is itself without blanks around it, and the number that it writes as integers are
  written, or as whole floats are: ``7``, ``7.0``. ``007`` and ``7.00`` are themselves;
- a UUID is its text in lower case, also when it is stored in 16 bytes;
- a date or time is its moment in UTC, whatever its unit; midnight is its date.

What names nobody gives no id, and its row is dropped: null, a blank text, NaN, infinity, a
duration, a list. So does a whole float that more than one integer is rounded to (from 2^53
on): it may be anybody of several. Each id depends on its own value alone.

Example:
    >>> import decimal
    >>> numbers = [pa.array([7]), pa.array([7.0]), pa.array([decimal.Decimal("7.00")]), pa.array(["7.0 ", "007"])]
    >>> [unit_ids(array)[0] for array in numbers]
    [[b'7'], [b'7'], [b'7'], [b'7', b'007']]
"""

import datetime as dt
import math
import re
import uuid
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synth_assets.domain.times import DAY, PER_SECOND
from synth_assets.source.encoding import TEXT_KINDS, as_bytes

__all__ = ["unit_ids"]

_WHOLE = re.compile(rb"(-?)(0|[1-9][0-9]*)(\.0)?")
_UUID = re.compile(rb"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_UUID_BYTES, _UUID_LETTERS = 16, 36
_FLOATS: dict[int, Any] = {16: np.float16, 32: np.float32, 64: np.float64}
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - everything here is in UTC
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799  # of Python's years 1 to 9999
Name = bytes | None


def unit_ids(values: pa.Array) -> tuple[list[Name], NDArray[np.int64]]:
    """Return canonical ids and the place of each row's among them; below 0, or at ``None``, a row has none.

    Two places may hold the same id, which is then one unit.
    """
    values = _stored(values)
    if not isinstance(values, pa.DictionaryArray):
        try:
            values = values.dictionary_encode()
        except pa.ArrowNotImplementedError:  # by its type, whatever the values are
            return _names(values), np.arange(len(values), dtype=np.int64)
    places = values.indices.cast(pa.int64(), safe=False)
    return _names(values.dictionary), (places.fill_null(-1) if places.null_count else places).to_numpy()


def _stored(values: pa.Array) -> pa.Array:
    """Return what an array is underneath: its storage, its runs written out, views as plain texts."""
    if isinstance(values, pa.ExtensionArray):
        return _stored(values.storage)
    if pa.types.is_run_end_encoded(values.type):
        return _stored(pc.run_end_decode(values))
    is_view = pa.types.is_string_view(values.type) or pa.types.is_binary_view(values.type)
    return as_bytes(values) if is_view else values


def _names(values: pa.Array) -> list[Name]:
    """Name each value by itself; nulls, and values of types that name nobody, have no name."""
    values = _stored(values)
    if pa.types.is_dictionary(values.type):
        return _names(values.dictionary_decode())
    for is_kind, names in _BY_TYPE:
        if is_kind(values.type):
            return names(values)
    return [None] * len(values)


def _each(values: Iterable[Any], name: Callable[[Any], Name]) -> list[Name]:
    return [None if value is None else name(value) for value in values]


def _integers(values: pa.Array) -> list[Name]:
    names: list[Name] = values.cast(pa.string()).cast(pa.binary()).to_pylist()
    return names


def _floats(values: pa.Array) -> list[Name]:
    precise = _FLOATS[values.type.bit_width]
    return _each(values.cast(pa.float64()).to_pylist(), lambda value: _of_float(precise(value)))


def _decimals(values: pa.Array) -> list[Name]:
    return _each(values.to_pylist(), _of_number)


def _booleans(values: pa.Array) -> list[Name]:
    return _each(values.to_pylist(), lambda value: str(value).encode())


def _texts(values: pa.Array) -> list[Name]:
    is_uuid = pa.types.is_fixed_size_binary(values.type) and values.type.byte_width == _UUID_BYTES
    return _each(as_bytes(values).to_pylist(), _of_sixteen_bytes if is_uuid else _of_text)


def _times(values: pa.Array) -> list[Name]:
    kind = values.type
    ticks = values.cast(pa.int32()) if pa.types.is_date32(kind) else values.cast(pa.int64())
    return _each(ticks.to_pylist(), partial(_of_ticks, kind=kind))


_BY_TYPE: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.Array], list[Name]]], ...] = (
    (pa.types.is_integer, _integers),
    (pa.types.is_floating, _floats),
    (pa.types.is_decimal, _decimals),
    (pa.types.is_boolean, _booleans),
    *((is_kind, _texts) for is_kind in TEXT_KINDS),
    (pa.types.is_date, _times),
    (pa.types.is_timestamp, _times),
)


def _of_float(value: np.floating[Any]) -> Name:
    """Name a float: none beyond what it can tell apart; else the shortest number that rounds to it."""
    if not math.isfinite(value):
        return None
    whole = float(value).is_integer()
    if whole and abs(value) >= 2 ** (np.finfo(type(value)).nmant + 1):
        return None
    return b"%d" % int(value) if whole else _of_number(Decimal(str(value)))


def _of_number(value: Decimal) -> bytes:
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return b"0" if text == "-0" else text.encode()


def _of_text(value: bytes) -> Name:
    value = value.strip()
    if value.endswith(b".0") or value.startswith(b"-"):
        number = _WHOLE.fullmatch(value)
        return value if number is None else _of_whole(*number.groups())
    if len(value) == _UUID_LETTERS and _UUID.fullmatch(value):
        return value.lower()
    return value or None


def _of_whole(sign: bytes, digits: bytes, point: bytes | None) -> Name:
    """Name a number in words: one with a point was a float, which tells apart what a float does."""
    if point is not None and (len(digits) > len(str(2**53)) or int(digits) >= 2**53):
        return None
    return digits if digits == b"0" else sign + digits


def _of_sixteen_bytes(value: bytes) -> Name:
    """Name what may be a UUID or 16 letters; the eighth byte of a UUID is never a letter of ASCII."""
    return _of_text(value) if value.isascii() else str(uuid.UUID(bytes=value)).encode()


def _of_ticks(ticks: int, *, kind: pa.DataType) -> bytes:
    """Name a date or time by its moment, so that it is the same in every unit and zone."""
    if pa.types.is_date32(kind):
        return _of_moment(ticks * DAY, "")
    per_second = PER_SECOND["ms" if pa.types.is_date64(kind) else kind.unit]
    seconds, rest = divmod(ticks, per_second)
    return _of_moment(seconds, f".{rest * (10**9 // per_second):09}".rstrip("0") if rest else "")


def _of_moment(seconds: int, fraction: str) -> bytes:
    if not _FIRST_SECOND <= seconds <= _LAST_SECOND:
        return f"@{seconds}{fraction}".encode()
    moment = _EPOCH + dt.timedelta(seconds=seconds)
    is_date = seconds % DAY == 0 and not fraction
    return (moment.date().isoformat() if is_date else f"{moment.isoformat(' ')}{fraction}").encode()
