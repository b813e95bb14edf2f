"""Croissant: record sets are tables, enumerations are categories, and records of other sets are never looked at."""

import json
from typing import Any

import pytest

from synth_assets.drafting.codebooks.codebook import Codebook
from synth_assets.drafting.codebooks.croissant import CroissantFormat
from synth_assets.errors import UsageError

WHOLE: dict[str, Any] = {
    "@context": {"@vocab": "https://schema.org/"},
    "name": "Clinic",
    "version": "1.0.0",
    "recordSet": [
        {
            "@type": "cr:RecordSet",
            "@id": "wards",
            "dataType": "sc:Enumeration",
            "field": [{"@id": "wards/name", "name": "name", "dataType": "sc:Text"}],
            "data": [{"wards/name": "medicine"}, {"wards/name": "surgery"}],
        },
        {
            "@id": "visits",
            "field": [
                {
                    "@id": "visits/age",
                    "dataType": ["sc:Integer"],
                    "description": "Age in years",
                    "source": {"fileObject": {"@id": "f"}, "extract": {"column": "AGE"}},
                },
                {"name": "ward", "dataType": "sc:Text", "references": {"field": {"@id": "wards/name"}}},
                {"@id": "visits/seen", "cr:dataType": "https://schema.org/DateTime"},
                {"name": "tags", "dataType": "sc:Text", "repeated": True},
            ],
            "data": [{"visits/age": 102, "visits/ward": "secret"}],
            "examples": [{"visits/age": 103}],
        },
    ],
}


def read(whole: Any) -> Codebook:
    return CroissantFormat().read("croissant.json", json.dumps(whole).encode())


def test_fields_have_types_descriptions_and_the_categories_of_enumerations() -> None:
    codebook = read(WHOLE)
    age, ward, seen, tags = codebook.tables["visits"]
    assert codebook.title == "Clinic 1.0.0"
    assert list(codebook.tables) == ["visits"]
    assert (age.name, age.kind, age.description) == ("AGE", "integer", "Age in years")
    assert (ward.kind, ward.categories) == ("categorical", ("medicine", "surgery"))
    assert (seen.name, seen.kind) == ("seen", "datetime")
    assert tags.kind is None


def test_records_and_examples_of_the_table_itself_are_rows_and_not_read() -> None:
    read_text = repr(read(WHOLE))
    assert "102" not in read_text
    assert "103" not in read_text
    assert "secret" not in read_text


def test_a_reference_to_a_set_that_is_no_enumeration_gives_no_categories() -> None:
    whole = json.loads(json.dumps(WHOLE))
    whole["recordSet"][0].pop("dataType")
    assert read(whole).tables["visits"][1].categories == ()


@pytest.mark.parametrize("record_sets", [None, [], [{"@id": "a"}], [{"field": []}], "x"])
def test_what_describes_no_field_is_refused(record_sets: Any) -> None:
    with pytest.raises(UsageError, match="describes no field"):
        read({"recordSet": record_sets})


def test_it_is_recognised_with_and_without_a_prefix() -> None:
    assert CroissantFormat().recognises("a", b'{"recordSet": []}')
    assert CroissantFormat().recognises("a", b'{"cr:recordSet": []}')
    assert not CroissantFormat().recognises("a", b'{"fields": []}')
