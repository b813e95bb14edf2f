"""One value has one id, whatever its type; what could be anybody's has none."""

import datetime as dt
import uuid
from decimal import Decimal

import pyarrow as pa
import pytest
from odd_arrays import odd_arrays

from synth_assets.source.identity import unit_ids

NOON = dt.datetime(2026, 11, 1, 12, 30)  # noqa: DTZ001 - Arrow's own times have no zone
SOMEBODY = uuid.UUID("0E1f2a3b-4c5d-8e6f-8a7b-9c0d1e2f3a4b")


def names(array: pa.Array) -> list[bytes | None]:
    """Return the id of each row."""
    ids, indices = unit_ids(array)
    return [None if index < 0 else ids[index] for index in indices]


ODD = odd_arrays()
SEVEN = [
    *(pa.array([7], kind) for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64())),
    *(pa.array([7], kind) for kind in (pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64())),
    *(pa.array([7.0], pa.float64()).cast(kind) for kind in (pa.float16(), pa.float32(), pa.float64())),
    pa.array([Decimal("7.00")], pa.decimal128(20, 2)),
    pa.array([Decimal(7)], pa.decimal256(70, 0)),
    *(pa.array(["7"], kind) for kind in (pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.binary(1))),
    *(pa.array([text], pa.string()) for text in ("7.0", " 7\t", "7.0 ")),
    pa.array([7]).dictionary_encode(),
    pa.array(["7.0"]).dictionary_encode(),
    pa.RunEndEncodedArray.from_arrays(pa.array([1], pa.int32()), pa.array([7])),
]


@pytest.mark.parametrize("array", SEVEN, ids=lambda array: str(array.type))
def test_a_number_is_its_digits_whatever_its_type(array: pa.Array) -> None:
    assert names(array) == [b"7"]


@pytest.mark.parametrize(
    "array",
    [
        pa.array([NOON], pa.timestamp("s")),
        pa.array([NOON], pa.timestamp("ms", "UTC")),
        pa.array([NOON], pa.timestamp("us", "Mars/Phobos")),
        pa.array([NOON], pa.timestamp("ns")),
        pa.array(["2026-11-01 12:30:00"]),
    ],
    ids=lambda array: str(array.type),
)
def test_a_moment_is_the_same_in_every_unit_and_zone(array: pa.Array) -> None:
    assert names(array) == [b"2026-11-01 12:30:00"]


@pytest.mark.parametrize(
    "array",
    [
        pa.array([NOON.date()], pa.date32()),
        pa.array([NOON.date()], pa.date64()),
        pa.array([dt.datetime(2026, 11, 1)], pa.timestamp("us")),  # noqa: DTZ001 - same
        pa.array(["2026-11-01"]),
    ],
    ids=lambda array: str(array.type),
)
def test_a_date_is_its_midnight(array: pa.Array) -> None:
    assert names(array) == [b"2026-11-01"]


@pytest.mark.parametrize(
    "array",
    [
        pa.array([SOMEBODY.bytes], pa.binary(16)),
        pa.ExtensionArray.from_storage(pa.uuid(), pa.array([SOMEBODY.bytes], pa.binary(16))),
        pa.array([str(SOMEBODY)]),
        pa.array([str(SOMEBODY).upper()]),
    ],
    ids=lambda array: str(array.type),
)
def test_a_uuid_is_its_text(array: pa.Array) -> None:
    assert names(array) == [str(SOMEBODY).encode()]


def test_sixteen_letters_in_sixteen_bytes_are_a_text() -> None:
    assert names(pa.array([b"0123456789abcdef"], pa.binary(16))) == [b"0123456789abcdef"]


@pytest.mark.parametrize("kind", [pa.float16(), pa.float32(), pa.float64()])
def test_a_fraction_is_the_shortest_number_that_its_type_has_for_it(kind: pa.DataType) -> None:
    assert names(pa.array([7.1, 7.5, -0.5, 0.0, -0.0]).cast(kind)) == [b"7.1", b"7.5", b"-0.5", b"0", b"0"]
    assert names(pa.array([Decimal("7.10"), Decimal("-0.00")])) == [b"7.1", b"0"]


@pytest.mark.parametrize(
    ("kind", "first"), [(pa.float16(), 2**11), (pa.float32(), 2**24), (pa.float64(), 2**53)], ids=str
)
def test_a_float_that_several_integers_round_to_is_nobody(kind: pa.DataType, first: int) -> None:
    values = pa.array([first - 1, first, -first], pa.float64()).cast(kind)
    assert names(values) == [str(first - 1).encode(), None, None]
    assert names(pa.array([first + 1], pa.int64())) == [str(first + 1).encode()]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("007", b"007"),
        ("7.00", b"7.00"),
        ("7.5", b"7.5"),
        ("+7", b"+7"),
        ("-7.0", b"-7"),
        ("-0", b"0"),
        ("-0.0", b"0"),
        ("-x", b"-x"),
        ("1e3", b"1e3"),
        ("12e4", b"12e4"),
        ("P1 ", b"P1"),
        ("p1", b"p1"),
        ("", None),
        ("  ", None),
        ("9007199254740991.0", b"9007199254740991"),
        ("9007199254740992.0", None),
        ("9007199254740993", b"9007199254740993"),
        ("9" * 5000 + ".0", None),
        ("9" * 5000, b"9" * 5000),
    ],
)
def test_a_text_is_itself_unless_it_writes_a_whole_number(text: str, name: bytes | None) -> None:
    assert names(pa.array([text])) == [name]


def test_text_that_is_not_utf_8_is_an_id_like_any_other() -> None:
    assert names(pa.array([b"\xff\xfe", b"\x00"], pa.binary())) == [b"\xff\xfe", b"\x00"]


@pytest.mark.parametrize(
    "values",
    [
        pa.nulls(1),
        pa.array([float("nan")]),
        pa.array([float("inf")]),
        pa.array([float("-inf")], pa.float32()),
        pa.array([dt.timedelta(1)]),
        pa.array([dt.time(12)]),
        pa.array([[1]]),
        pa.array([{"a": 1}]),
        pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int8())),
        pa.DictionaryArray.from_arrays(pa.array([0]), pa.array([None], pa.string())),
    ],
    ids=lambda array: str(array.type),
)
def test_what_names_nobody_has_no_id(values: pa.Array) -> None:
    assert names(values) == [None]


@pytest.mark.parametrize("values", ODD.values(), ids=ODD)
def test_each_id_depends_on_its_own_value_alone(values: pa.Array) -> None:
    together = names(values)
    assert len(together) == len(values)
    assert together == [name for index in range(len(values)) for name in names(values.slice(index, 1))]


def test_booleans_are_the_words_that_tables_in_python_write() -> None:
    assert names(pa.array([True, None, False])) == [b"True", None, b"False"]
