"""Every key of a contract has a meaning and an example, and the page has them all."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import synth_assets
from synth_assets.contract.reference import example_of, meaning_of, parts, reference_page, type_words
from synth_assets.contract.schema import contract_schema

_PARTS = parts()
_KEYS = [(title, name) for title, part in _PARTS.items() for name in part["properties"]]


def test_the_page_is_what_the_models_say() -> None:
    page = Path(synth_assets.__file__).parent.parent / "docs" / "contract-reference.md"
    assert page.read_text() == reference_page(), (
        "synth-assets contract schema --markdown --out docs/contract-reference.md"
    )


@pytest.mark.parametrize(("title", "name"), _KEYS)
def test_every_key_has_a_meaning_and_an_example_that_it_may_hold(title: str, name: str) -> None:
    key = _PARTS[title]["properties"][name]
    assert meaning_of(key, _PARTS)
    example = example_of(key)
    assert example is not None
    validator = Draft202012Validator({**key, "$defs": contract_schema()["$defs"]})
    assert [
        error.message for value in (example, *key.get("examples", ())) for error in validator.iter_errors(value)
    ] == []


def test_a_key_without_a_meaning_or_an_example_would_be_noticed() -> None:
    assert meaning_of({"type": "integer"}, _PARTS) == ""
    assert example_of({"type": "integer", "default": None}) is None
    assert example_of({"type": "array", "default": []}) is None
    assert example_of({"type": "integer", "default": 0}) == 0


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "array", "items": {"type": "string"}, "maxItems": 4096}, "list of text, at most 4,096 entries"),
        ({"type": "object", "patternProperties": {"^a$": {"type": "number"}}}, "mapping from names to number"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "whole number"),
        ({"enum": ["a", "b"]}, "`a`, `b`"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, "number, above 0, below 1"),
        ({"$ref": "#/$defs/TextTree"}, "groups of texts, and groups of these"),
        ({}, "any value"),
    ],
)
def test_what_a_value_may_be_is_said_in_words(schema: dict[str, Any], words: str) -> None:
    assert type_words(schema) == words
