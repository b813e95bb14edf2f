"""A drafted column: what the registered type and a codebook say, and questions for the rest."""

import datetime as dt
from typing import Any

import pytest
from pydantic import TypeAdapter

from synth_assets.contract.columns import ColumnSpec
from synth_assets.domain.kinds.registry import KINDS
from synth_assets.drafting.codebooks.codebook import Variable
from synth_assets.drafting.columns import draft_column, is_open


def keys_of(registered: str, *, typed: bool = True, **said: Any) -> dict[str, Any]:
    variable = Variable(name="x", **said) if said else None
    return dict(draft_column("x", registered, typed=typed, variable=variable, source="book.csv" if said else "").keys)


def open_keys(keys: dict[str, Any]) -> list[str]:
    return [key for key, value in keys.items() if is_open(value)]


@pytest.mark.parametrize(
    ("registered", "kind", "asked"),
    [
        ("int64", "integer", ["min", "max", "nullable", "domain_source"]),
        ("double", "float", ["min", "max", "decimals", "nullable", "domain_source"]),
        ("decimal128(12, 2)", "float", ["min", "max", "nullable", "domain_source"]),
        ("decimal128(12, 0)", "integer", ["min", "max", "nullable", "domain_source"]),
        ("bool", "boolean", ["nullable"]),
        ("date32[day]", "date", ["min", "max", "nullable", "domain_source"]),
        ("timestamp[us]", "datetime", ["min", "max", "resolution", "nullable", "domain_source"]),
        ("text", "categorical", ["categories", "nullable", "domain_source"]),
        ("null", None, ["type", "nullable", "domain_source"]),
        ("time64[us]", None, ["type", "nullable", "domain_source"]),
    ],
)
def test_a_registered_type_alone_decides_the_kind_and_asks_the_rest(
    registered: str, kind: str | None, asked: list[str]
) -> None:
    keys = keys_of(registered)
    assert open_keys(keys) == asked
    assert kind is None or keys["type"] == kind
    known = {"decimal128(12, 2)": 2}
    assert "decimals" in asked or keys.get("decimals") == known.get(registered)


def test_texts_of_a_csv_file_are_whatever_the_codebook_says() -> None:
    assert open_keys(keys_of("text", typed=False)) == ["type", "nullable", "domain_source"]
    assert keys_of("text", typed=False, kind="integer", minimum="0")["type"] == "integer"
    for ends, kind in ((("0", "9"), "integer"), (("0", "1.5"), "float"), (("2020-01-01", "2021-01-01"), "date")):
        assert keys_of("text", typed=False, minimum=ends[0], maximum=ends[1])["type"] == kind
    assert keys_of("text", typed=False, categories=("a", "b"))["type"] == "categorical"


@pytest.mark.parametrize(
    ("registered", "said", "kind"),
    [
        ("int64", "float", "integer"),
        ("double", "integer", "integer"),
        ("int64", "categorical", "categorical"),
        ("date32[day]", "integer", "date"),
        ("timestamp[us]", "date", "date"),
        ("bool", "float", "boolean"),
        ("text", "integer", "integer"),
    ],
)
def test_the_codebook_says_the_kind_unless_the_type_can_never_be_read_so(registered: str, said: str, kind: str) -> None:
    assert keys_of(registered, kind=said)["type"] == kind


@pytest.mark.parametrize(
    ("registered", "said", "domain"),
    [
        ("int64", {"minimum": "0", "maximum": "1,000"}, {"min": 0, "max": 1000}),
        ("int64", {"minimum": "-5.0", "maximum": "5"}, {"min": -5, "max": 5}),
        ("int64", {"kind": "integer", "categories": ("3", "1", "1")}, {"values": [1, 3]}),
        ("double", {"minimum": "1e-3", "maximum": "7", "decimals": 4}, {"min": 0.001, "max": 7.0, "decimals": 4}),
        ("text", {"categories": ("b", "a", "b", " ")}, {"categories": ["b", "a"]}),
        ("date32[day]", {"minimum": "2020-01-01", "maximum": "2021-12-31"},
         {"min": dt.date(2020, 1, 1), "max": dt.date(2021, 12, 31)}),
    ],
)  # fmt: skip
def test_a_domain_of_the_codebook_is_written_and_names_the_codebook(
    registered: str, said: dict[str, Any], domain: dict[str, Any]
) -> None:
    keys = keys_of(registered, nullable=False, **said)
    assert {key: keys[key] for key in domain} == domain
    assert keys["domain_source"] == "book.csv"
    assert open_keys(keys) == []
    spec: Any = TypeAdapter(ColumnSpec).validate_python(keys)
    assert spec.column("x").size


def test_a_time_with_a_zone_is_written_in_utc() -> None:
    keys = keys_of("timestamp[us]", minimum="2024-01-01T01:00:00+01:00", maximum="2024-12-31T00:00:00")
    assert (keys["min"], keys["max"]) == (dt.datetime(2024, 1, 1), dt.datetime(2024, 12, 31))  # noqa: DTZ001 - UTC


@pytest.mark.parametrize(
    ("registered", "said", "asked"),
    [
        ("int64", {"minimum": "0", "maximum": "about 110"}, ["max", "domain_source"]),
        ("int64", {"minimum": "", "maximum": "9" * 20}, ["min", "max", "domain_source"]),
        ("double", {"minimum": "nan", "maximum": "inf"}, ["min", "max", "decimals", "domain_source"]),
        ("text", {"categories": tuple(map(str, range(5000)))}, ["categories", "domain_source"]),
        ("date32[day]", {"minimum": "1.1.2020", "maximum": "2021-01-01"}, ["min", "domain_source"]),
        ("int64", {"description": "An age"}, ["min", "max", "domain_source"]),
        ("int64", {"minimum": "9", "maximum": "1"}, ["min", "max", "domain_source"]),
        ("double", {"minimum": "1", "maximum": "-1", "decimals": 2}, ["min", "max", "domain_source"]),
        ("date32[day]", {"minimum": "2021-01-01", "maximum": "2020-01-01"}, ["min", "max", "domain_source"]),
    ],
)
def test_what_a_codebook_says_in_a_way_that_nobody_can_count_is_asked(
    registered: str, said: dict[str, Any], asked: list[str]
) -> None:
    assert open_keys(keys_of(registered, nullable=True, **said)) == asked


def test_a_range_that_is_empty_is_asked_about_with_both_of_its_ends() -> None:
    keys = keys_of("int64", minimum="9", maximum="1")
    assert keys["min"].startswith("TODO: the smallest value")
    assert keys["max"].endswith("; the codebook has '9' to '1', which is empty")
    assert open_keys(keys_of("int64", nullable=False, minimum="9", maximum="9")) == []


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({}, "datetime"),
        ({"minimum": "2020-01-01"}, "date"),
        ({"minimum": "2020-01-01", "maximum": "2021-01-01"}, "date"),
        ({"minimum": "2020-01-01", "maximum": "2021-01-01T00:00:00"}, "datetime"),
        ({"minimum": "1.1.2020"}, "datetime"),
        ({"kind": "datetime", "minimum": "2020-01-01"}, "datetime"),
    ],
)
def test_days_that_pandas_wrote_as_timestamps_are_dates(said: dict[str, Any], kind: str) -> None:
    keys = keys_of("timestamp[ns]", **said)
    assert keys["type"] == kind
    assert ("write `type: date`" in str(keys.get("resolution"))) == (kind == "datetime")


@pytest.mark.parametrize("name", ["notes", "free_text", "Visit comment", "e.mail", "name", "remarks2"])
def test_free_text_is_not_offered_to_be_discovered(name: str) -> None:
    free = name != "e.mail"
    for name_of_column, offered in ((name, not free), ("ward", True), ("ward_name", True), ("notebook", True)):
        asked = draft_column(name_of_column, "text", typed=True).keys["categories"]
        assert ("discover" in asked) == offered
        assert ("remove the column" in asked) != offered
    listed = draft_column(name, "text", typed=True, variable=Variable(name=name, categories=("a", "b")))
    assert listed.keys["categories"] == ["a", "b"]


def test_a_question_repeats_what_the_codebook_has() -> None:
    assert keys_of("int64", maximum="about\n110")["max"].endswith("; the codebook has 'about 110'")


def test_values_that_mean_nothing_are_null_tokens_and_meanings_are_remarks() -> None:
    drafted = draft_column(
        "x",
        "int64",
        typed=True,
        variable=Variable(name="x", categories=("1", "2"), missing=("9",), labels={"1": "male", "9": "refused"}),
        source="b",
    )
    assert (drafted.keys["nullable"], drafted.keys["null_tokens"]) == (True, ["9"])
    assert drafted.remarks == ("registered as int64", "1 = male; 9 = refused")


def test_every_kind_of_column_can_be_drafted() -> None:
    assert [keys_of("text", typed=False, kind=kind)["type"] for kind in KINDS] == list(KINDS)
