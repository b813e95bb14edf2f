"""Frictionless table schemas and data packages."""

import json
from typing import Any

import pytest

from synth_assets.drafting.codebooks.codebook import Codebook
from synth_assets.drafting.codebooks.frictionless import FrictionlessFormat
from synth_assets.errors import UsageError

FIELDS: list[dict[str, Any]] = [
    {"name": "age", "type": "integer", "constraints": {"minimum": 0, "exclusiveMaximum": 111, "required": True}},
    {"name": "ward", "type": "string", "title": "Ward", "constraints": {"enum": ["medicine", "surgery"]}},
    {"name": "cost", "type": "number", "constraints": {"minimum": "0.5"}, "missingValues": ["", "-9"]},
    {
        "name": "sex",
        "type": "integer",
        "categories": [{"value": 1, "label": "male"}, {"value": 2, "label": "female"}],
        "missingValues": [{"value": 9, "label": "refused"}],
    },
    {"name": "shape", "type": "geojson"},
]


def read(whole: Any) -> Codebook:
    return FrictionlessFormat().read("datapackage.json", json.dumps(whole).encode())


def test_a_schema_says_types_ranges_categories_and_nulls() -> None:
    (table,) = read({"fields": FIELDS, "missingValues": ["", "NA"]}).tables.values()
    age, ward, cost, sex, shape = table
    assert (age.kind, age.minimum, age.maximum, age.nullable, age.missing) == ("integer", "0", "110", False, ("NA",))
    assert (ward.kind, ward.categories, ward.description) == ("categorical", ("medicine", "surgery"), "Ward")
    assert (cost.kind, cost.minimum, cost.maximum, cost.missing) == ("float", "0.5", "", ("-9",))
    assert (sex.categories, sex.missing) == (("1", "2"), ("9",))
    assert dict(sex.labels) == {"1": "male", "2": "female", "9": "refused"}
    assert shape.kind is None


def test_a_package_has_a_table_per_resource_and_no_other_file_is_followed() -> None:
    package = {
        "title": "Clinic",
        "version": "2.1",
        "resources": [
            {"name": "visits", "schema": {"fields": FIELDS[:1]}},
            {"schema": {"fields": FIELDS[1:2]}},
            {"name": "other", "schema": "../../etc/passwd"},
        ],
    }
    codebook = read(package)
    assert codebook.title == "Clinic 2.1"
    assert {name: [each.name for each in table] for name, table in codebook.tables.items()} == {
        "visits": ["age"],
        "table 2": ["ward"],
    }
    assert codebook.remarks == ("the schema of other lies in another file, which was not read: give that file",)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[]", "is not a JSON object"),
        (b'{"a": 1, "a": 2}', "has a key twice in one object"),
        (b"{", "is not JSON within our limits"),
        (b'{"resources": [{"name": "x", "schema": "x.json"}]}', "describes no field"),
        (json.dumps({"fields": [{"name": "a"}] * 10_001}).encode(), "has more than 10,000 fields"),
    ],
)
def test_what_is_none_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=f"codebook x.json {words}"):
        FrictionlessFormat().read("x.json", content)


@pytest.mark.parametrize("value", [None, 1, "x", [], [1], {"name": 1}, {"name": None}, {"name": {}}])
def test_fields_of_another_form_are_nothing(value: Any) -> None:
    (table,) = read({"fields": value, "name": "x", "missingValues": value}).tables.values()
    assert [each.name for each in table] in ([], ["1"])


def test_it_is_recognised_by_its_keys() -> None:
    assert FrictionlessFormat().recognises("a", b' {"fields": []}')
    assert not FrictionlessFormat().recognises("a", b'{"recordSet": []}')
    assert not FrictionlessFormat().recognises("a", b"{")
