"""One small array of every Arrow type that a column can have, with the values that trip its conversions."""

from decimal import Decimal

import numpy as np
import pyarrow as pa

_FAR = 2**63 - 1
_BYTES = [b"\xff\xfe", b"a", None, b"", b"\x00"]
_FLOATS = pa.array(np.array([0.0, -0.0, np.nan, np.inf, -np.inf, 7.5]))
_INTEGERS = (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64())
_TICKS = pa.array([0, None, _FAR, -_FAR - 1, 1], pa.int64())
_ZONES = (None, "", "UTC", "+02:00", "+99:99", "Europe/Berlin", "Mars/Phobos")


def odd_arrays() -> dict[str, pa.Array]:
    """Return the arrays, each under a name of its own."""
    listed = [*_numbers(), *_times(), *_texts(), *_wrapped(), *_nested()]
    return {f"{index} {array.type}": array for index, array in enumerate(listed)}


def _numbers() -> list[pa.Array]:
    return [
        *(pa.array([0, 1, None, 127], kind) for kind in _INTEGERS),
        pa.array([_FAR, -_FAR - 1], pa.int64()),
        pa.array([2**64 - 1], pa.uint64()),
        *(_FLOATS.cast(kind) for kind in (pa.float16(), pa.float32(), pa.float64())),
        pa.array([1e308, 5e-324, 2.0**60]),
        pa.array([Decimal("7.50"), None, Decimal("-0")], pa.decimal128(38, 2)),
        pa.array([Decimal(10) ** 75, None], pa.decimal256(76, 0)),
        pa.array([Decimal("7E+5")], pa.decimal128(10, -3)),
        pa.array([Decimal("7.50")], pa.decimal32(9, 2)),
        pa.array([Decimal("7.50")], pa.decimal64(18, 2)),
        pa.array([True, None]),
        pa.nulls(3),
    ]


def _raw(kind: pa.DataType, *values: int) -> pa.Array:
    """Return values that Arrow's own constructors would refuse."""
    octets = np.array(values, f"<i{kind.bit_width // 8}").tobytes()
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(octets)])


def _times() -> list[pa.Array]:
    return [
        *(_TICKS.cast(pa.timestamp(unit, zone)) for unit in ("s", "ms", "us", "ns") for zone in _ZONES),
        *(pa.array([0, _FAR, -_FAR - 1], pa.int64()).cast(pa.duration(unit)) for unit in ("s", "ms", "us", "ns")),
        _raw(pa.date32(), 2**31 - 1, -(2**31), 0),
        _raw(pa.date64(), _FAR, -_FAR - 1, 1),
        _raw(pa.time32("s"), 2**31 - 1, -5),
        _raw(pa.time64("us"), _FAR, -5),
        pa.array([pa.scalar((1, 2, 3), pa.month_day_nano_interval())]),
    ]


def _texts() -> list[pa.Array]:
    small, large, view = (pa.array(_BYTES, kind) for kind in (pa.binary(), pa.large_binary(), pa.binary_view()))
    text = pa.Array.from_buffers(pa.string(), len(small), small.buffers())
    return [
        *(small, large, view, text),
        text.dictionary_encode(),
        pa.array(["x", None, "ä"]),
        pa.array([], pa.string()),
        pa.Array.from_buffers(pa.large_string(), len(large), large.buffers()),
        pa.Array.from_buffers(pa.string_view(), len(view), view.buffers()),
        pa.array([bytes(range(240, 256)), b"0123456789abcdef", None], pa.binary(16)),
        pa.array([b""], pa.binary(0)),
    ]


def _wrapped() -> list[pa.Array]:
    far = _TICKS.cast(pa.timestamp("us", "Mars/Phobos"))
    return [
        pa.array(["a", None, "a"]).dictionary_encode(),
        pa.array([1, 2]).dictionary_encode(),
        far.dictionary_encode(),
        pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array([None, "x"])),
        pa.DictionaryArray.from_arrays(pa.array([0]), pa.array([[1]])),
        pa.DictionaryArray.from_arrays(pa.array([0]), pa.array(["a"]).dictionary_encode()),
        pa.RunEndEncodedArray.from_arrays(pa.array([2], pa.int32()), pa.array(["x"])),
        pa.RunEndEncodedArray.from_arrays(pa.array([5], pa.int32()), far.slice(0, 1)),
        pa.ExtensionArray.from_storage(pa.uuid(), pa.array([bytes(range(16)), None], pa.binary(16))),
        pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, 0], pa.int8())),
        pa.ExtensionArray.from_storage(pa.json_(), pa.array(["{}"])),
    ]


def _nested() -> list[pa.Array]:
    return [
        pa.array([[1], None]),
        pa.array([[1]], pa.large_list(pa.int8())),
        pa.array([[1, 2]], pa.list_(pa.int8(), 2)),
        pa.array([[1]], pa.list_view(pa.int8())),
        pa.array([{"a": 1}]),
        pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int8())),
        pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])]),
    ]
