"""A table of a derived column is sound by itself, fits its column, and is a part of the contract."""

from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from synth_assets.contract.lookup import MOST_KEYS, Lookup, derivation, key_faults, said_of
from synth_assets.errors import UsageError


def lookup(**parts: Any) -> Lookup:
    return Lookup.model_validate({"lookup": "k", **parts})


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({}, "needs `values`, or the `file`"),
        ({"values": {}}, "needs `values`, or the `file`"),
        ({"file": "../a.csv"}, "match pattern"),
        ({"file": "a.txt"}, "match pattern"),
        ({"values": {1: "a", "1": "b"}}, "a key stands twice"),
        ({"values": {"a": "good \u202eevil"}}, r"holds U\+202E"),
        ({"values": {"\u202ea": 1}}, r"holds U\+202E"),
        ({"values": {"a": "x" * 1001}}, "more than 1,000 characters"),
        ({"values": {"a": 2**53}}, "not within"),
        ({"values": {"a": float("nan")}}, "finite"),
        ({"values": {"a": [1]}}, "valid"),
        ({"values": {str(key): 1 for key in range(MOST_KEYS + 1)}}, "at most"),
    ],
)
def test_a_table_that_is_not_sound_is_refused(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        lookup(**parts)


def test_keys_are_read_as_contracts_write_values() -> None:
    assert lookup(values={True: 1, 3: 2, "x": 3}).values == {"true": 1, "3": 2, "x": 3}


def test_a_table_survives_json() -> None:
    table = lookup(values={"a": 1.0, "b": 2, "c": None, "d": True, "e": "x"}, default=0.0)
    again = Lookup.model_validate_json(table.model_dump_json())
    assert again == table
    assert [type(value) for value in again.values.values()] == [float, int, type(None), bool, str]


def test_a_table_whose_file_was_not_read_gives_no_rows() -> None:
    table = lookup(file="a.csv")
    assert table.unread
    with pytest.raises(UsageError, match=r"the table a\.csv was not read"):
        derivation(table, pa.schema([("k", pa.string())]))


def test_a_derived_column_is_an_expression_or_a_table() -> None:
    schema = pa.schema([("k", pa.string())])
    assert derivation("k = 'a'", schema).type == pa.bool_()
    assert derivation(lookup(values={"a": 1}), schema).type == pa.int64()
    with pytest.raises(UsageError, match="looks up unknown column 'k'"):
        derivation(lookup(values={"a": 1}), pa.schema([("x", pa.string())]))


@pytest.mark.parametrize(
    ("parts", "possible", "message"),
    [
        ({"values": {"a": 1, "b": 2}}, {"a", "b"}, ""),
        ({"values": {"a": 1}}, {"a", "b"}, "the table lacks b: add it, or `default`"),
        ({"values": {"a": 1}, "default": 0}, {"a", "b"}, ""),
        ({"values": {"a": 1, "x": 2}}, {"a"}, "'x' is never a value of 'k': remove it, or correct it"),
        ({"values": {"a": 1, "x": 2}, "default": 0}, {"a"}, "'x' is never a value of 'k': remove it, or correct it"),
        ({"values": {"a": 1, "x": 2}, "file": "a.csv"}, {"a"}, ""),
        ({"values": {"1": 1, "2": 2}}, {"01", "02"}, "the table has 1 where 'k' has 01: write keys with all digits"),
        ({"values": {8: 1}, "default": 0}, {"010"}, "the table has 8 where 'k' has 010: write keys with all digits"),
        ({"values": {"a": 1}}, None, "all values of 'k' are not known: add `default`"),
        ({"values": {"a": 1}, "default": 0}, None, ""),
    ],
)
def test_keys_are_held_against_the_column(parts: dict[str, Any], possible: set[str] | None, message: str) -> None:
    fault = key_faults(lookup(**parts), None if possible is None else frozenset(possible))
    assert fault == message or (message and fault.startswith(message))


def test_a_check_names_the_table_by_its_content() -> None:
    assert said_of("k = 'a'") == "k = 'a'"
    said = [said_of(lookup(values={"a": value})) for value in (1, 2, 1)]
    assert said[0] == said[2] != said[1]


def test_a_table_says_in_a_line_what_it_is() -> None:
    table = lookup(values={"a": "x", "b": "y"}, default="z", file="a.csv")
    assert table.described() == "looked up by k: 2 values, else z, from a.csv"
    assert table.gives_texts


def test_a_table_gives_what_its_column_is_looked_up_to_and_nothing_else() -> None:
    table = lookup(values={"a": "x", "b": "y", "unused": "w"}, default="z", file="a.csv")
    assert table.results(None) == {"x", "y", "w", "z"}
    assert table.results(frozenset("ab")) == {"x", "y"}
    assert table.results(frozenset("bc")) == {"y", "z"}
