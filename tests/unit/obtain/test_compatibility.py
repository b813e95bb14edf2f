"""The table of registered types against declared ones says what reading a value of that type really gives."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pydantic import TypeAdapter

from synth_assets.contract.columns import ColumnSpec
from synth_assets.domain import Column
from synth_assets.obtain.compatibility import compare, digits_of, family_of
from synth_assets.source.encoding import encode_column
from synth_assets.source.kinds.kind import type_name

NOON = dt.datetime.fromisoformat("2024-01-01T12:00")
VALUES: dict[str, pa.Array] = {
    "int8": pa.array([1, 2], pa.int8()),
    "uint64": pa.array([1, 20240101], pa.uint64()),
    "double": pa.array([1.0, 20240101.0]),
    "halffloat": pa.array([1.0, 2.0], pa.float32()).cast(pa.float16()),
    "decimal": pa.array([Decimal("1.00"), Decimal("7.00")], pa.decimal128(12, 2)),
    "whole decimal": pa.array([Decimal(1), Decimal(20240101)], pa.decimal128(12, 0)),
    "bool": pa.array([True, False]),
    "date32": pa.array([NOON.date()]),
    "date64": pa.array([NOON.date()], pa.date64()),
    "timestamp": pa.array([NOON]),
    "zoned timestamp": pa.array([NOON], pa.timestamp("us", "UTC")),
    "time32": pa.array([dt.time(12)], pa.time32("s")),
    "time64": pa.array([dt.time(12)]),
    "duration": pa.array([dt.timedelta(microseconds=5)]),
    "text": pa.array(["1", "true", "2024-01-01", "2024-01-01T12:00:00", "a"]),
    "binary": pa.array([b"1", b"2024-01-01"]),
    "dictionary": pa.array(["1", "2024-01-01"]).dictionary_encode(),
    "null": pa.array([None], pa.null()),
    "list": pa.array([[1]]),
    "fixed list": pa.array([[1]], pa.list_(pa.int64(), 1)),
    "struct": pa.array([{"a": 1}]),
    "map": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
    "interval": pa.array([pa.MonthDayNano([1, 1, 1])]),
    "run ends": pa.RunEndEncodedArray.from_arrays(pa.array([1], pa.int32()), pa.array(["a"])),
}
DECLARED: dict[str, dict[str, Any]] = {
    "integer": {"min": 0, "max": 9},
    "float": {"min": 0.0, "max": 9.0},
    "date": {"min": "2023-01-01", "max": "2025-01-01"},
    "datetime": {"min": "2023-01-01T00:00:00", "max": "2025-01-01T00:00:00"},
    "boolean": {},
}


def spec(kind: str, **says: Any) -> ColumnSpec:
    column: ColumnSpec = TypeAdapter(ColumnSpec).validate_python(
        {"type": kind, "nullable": True, "domain_source": "made up", **says}
    )
    return column


def reads_something(column: Column, values: pa.Array) -> bool:
    return bool((encode_column(column, values) != column.null_code).any())


@pytest.mark.parametrize("kind", DECLARED)
@pytest.mark.parametrize("registered", VALUES)
def test_never_means_that_every_value_becomes_null_and_the_rest_that_some_value_is_read(
    registered: str, kind: str
) -> None:
    column, values = spec(kind, **DECLARED[kind]), VALUES[registered]
    verdict = compare(type_name(values.type), column, typed=True).verdict
    if registered == "null":
        assert verdict == "odd"  # other files of the source may have values there
    elif verdict == "odd" and registered in ("int8", "halffloat", "decimal"):
        assert kind in ("date", "datetime", "boolean")  # no value here happens to be written as one
    else:
        assert (verdict == "never") == (not reads_something(column.column("x"), values))  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("registered", "categories", "verdict"),
    [
        ("int64", ["low", "high"], "never"),
        ("int64", ["1", "2"], "odd"),
        ("int64", ["01", "02"], "never"),
        ("int64", ["1.0"], "never"),
        ("int64", ["1", "many"], "odd"),
        ("double", ["1", "1.5"], "odd"),
        ("double", ["1.0", "2.0"], "never"),
        ("decimal128(12, 2)", ["1.50"], "odd"),
        ("decimal128(12, 2)", ["1.5"], "never"),
        ("decimal128(12, 0)", ["12"], "odd"),
        ("bool", ["true", "false"], "odd"),
        ("bool", ["True", "False"], "never"),
        ("bool", ["yes", "no"], "never"),
        ("date32[day]", ["2024-01-01"], "odd"),
        ("date32[day]", ["January"], "never"),
        ("timestamp[us]", ["2024-01-01 12:00:00"], "odd"),
        ("timestamp[us, tz=UTC]", ["2024"], "never"),
        ("time64[us]", ["12:00:00"], "odd"),
        ("time64[us]", ["noon"], "never"),
        ("duration[us]", ["1"], "odd"),
        ("duration[us]", ["long"], "never"),
        ("text", ["low", "high"], "fits"),
        ("null", ["low"], "odd"),
        ("extension<arrow.uuid>", ["low"], "odd"),
        ("list<item: string>", ["low"], "never"),
    ],
)
def test_categories_are_held_against_the_texts_that_a_type_has(
    registered: str, categories: list[str], verdict: str
) -> None:
    fit = compare(registered, spec("categorical", categories=categories), typed=True)
    assert fit.verdict == verdict
    assert bool(fit.reason) == bool(fit.hint) == (verdict != "fits")


def test_other_need_not_be_a_text_of_the_type() -> None:
    column = spec("categorical", categories=["1", "2", "other"], other="other")
    assert compare("int64", column, typed=True).reason.endswith("which have no order and no distance")
    lost = spec("categorical", categories=["low", "other"], other="other")
    assert compare("int64", lost, typed=True).verdict == "never"


def test_discovered_categories_of_numbers_are_odd() -> None:
    column = spec("categorical", categories="discover", other="other", domain_source="discovered")
    assert compare("int64", column, typed=True).verdict == "odd"
    assert compare("text", column, typed=True).verdict == "fits"


def test_text_is_odd_for_a_number_only_where_the_source_has_types() -> None:
    column = spec("integer", min=0, max=9)
    assert compare("text", column, typed=False).verdict == "fits"
    odd = compare("text", column, typed=True)
    assert odd.verdict == "odd"
    assert "without a word" in odd.reason


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        (pa.array([1, 0, 2, -1]), "odd"),
        (pa.array([1.0, 0.0, 0.5]), "odd"),
        (pa.array([Decimal(1), Decimal(0), Decimal(2)], pa.decimal128(3, 0)), "odd"),
        (pa.array([Decimal("1.0"), Decimal("0.0"), Decimal("0.5")], pa.decimal128(3, 1)), "odd"),
        (pa.array([Decimal("1.00"), Decimal("0.00")], pa.decimal128(3, 2)), "never"),
        (pa.array([Decimal(10), Decimal(0)], pa.decimal128(3, -1)), "never"),
        (pa.array([True, False]), "fits"),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else value,
)
def test_a_boolean_is_read_from_1_and_0_alone(values: pa.Array, verdict: str) -> None:
    column = spec("boolean")
    true, false, *rest = encode_column(column.column("x"), values).tolist()  # type: ignore[call-arg]
    fit = compare(type_name(values.type), column, typed=True)
    assert fit.verdict == verdict
    assert (true, false) == ((2, 2) if verdict == "never" else (1, 0))
    assert set(rest) <= {2}
    assert ("only 1 is read as true and 0 as false" in fit.reason) == (verdict == "odd")


def test_the_texts_that_are_read_as_a_boolean_are_listed() -> None:
    column = spec("boolean")
    assert compare("text", column, typed=False).verdict == "fits"
    fit = compare("text", column, typed=True)
    match = re.fullmatch(r"text holds texts, and only (.*) are read as true, and (.*) as false, .*", fit.reason)
    assert match is not None
    true, false = (re.split(", | and ", words) for words in match.groups())
    texts = [*true, *(text.upper() for text in true), *false, *(text.upper() for text in false), "on", "ja", "2"]
    codes = encode_column(column.column("x"), pa.array(texts)).tolist()  # type: ignore[call-arg]
    assert codes == [1] * 2 * len(true) + [0] * 2 * len(false) + [2] * 3
    assert fit.verdict == "odd"


def test_a_long_list_of_categories_is_cut_in_the_message() -> None:
    codes = [f"{number:03}" for number in range(10)]
    assert (
        "'000', '001', '002' and 7 more" in compare("int64", spec("categorical", categories=codes), typed=True).reason
    )


def test_a_type_that_nobody_knows_is_not_read() -> None:
    assert family_of("sparse_union<a: int64=0>") == "nested"
    assert np.all([family_of(type_name(values.type)) != "nested" for name, values in list(VALUES.items())[:18]])


@pytest.mark.parametrize(
    ("registered", "digits"), [("int64", 0), ("decimal128(9, 3)", 3), ("decimal256(9, -2)", 0), ("double", None)]
)
def test_a_type_of_whole_numbers_or_decimals_says_its_digits(registered: str, digits: int | None) -> None:
    assert digits_of(registered) == digits
