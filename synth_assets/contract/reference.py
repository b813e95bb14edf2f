"""The page that has every key of a contract, written from the models.

A key's meaning is its field's ``description``, or that of the part that it holds, and its example the first of its
``examples``, or else what its default or its type already shows. A key that lacks one is a fault of the model; a test
says which.

Example:
    >>> type_words({"type": "integer", "minimum": 1, "maximum": 9})
    'whole number, at least 1, at most 9'
    >>> type_words({"anyOf": [{"const": "rows"}, {"$ref": "#/$defs/UnitSpec"}]})
    '`rows`, or [UnitSpec](#unitspec)'
"""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from synth_assets.contract.generator import GENERATORS
from synth_assets.contract.schema import contract_schema, options_schemas

__all__ = ["example_of", "is_reference_page", "meaning_of", "parts", "reference_page", "type_words"]

_HEAD = """\
# Every key of a contract

Written from the models that read contracts, by
`synth-assets contract schema --markdown --out docs/contract-reference.md`. Editors complete these keys if they have the
schema: `synth-assets contract schema --out contract.schema.json`, and in the first line of a contract
`# yaml-language-server: $schema=contract.schema.json`, with the path from there. The [tutorial](tutorial.md) explains
how keys are used together; what relates them to each other, and to what is registered, `synth-assets contract check`
says.

In a Dagster project the contract stands under `attributes` of a component `synth_assets.SyntheticDataset`.
"""
_TYPES = {
    "string": "text",
    "date": "date",
    "date-time": "date and time in UTC",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
}
_NAMED = {
    "JsonValue": "any value",
    "NumberTree": "groups of whole numbers, and groups of these",
    "TextTree": "groups of texts, and groups of these",
}
_LIMITS = {
    "minimum": "at least {:,}",
    "exclusiveMinimum": "above {:,}",
    "maximum": "at most {:,}",
    "exclusiveMaximum": "below {:,}",
    "multipleOf": "a multiple of {:,}",
    "maxItems": "at most {:,} entries",
}
_EMPTY: tuple[Any, ...] = (None, [], {}, "")


def reference_page() -> str:
    """Return the page in Markdown."""
    schemas = parts()
    sections = [
        "\n".join([f"## {title}\n", _intro(schema), *_table(schema, schemas)]) for title, schema in schemas.items()
    ]
    return "\n\n".join([_HEAD.rstrip("\n"), *sections]) + "\n"


def is_reference_page(content: bytes) -> bool:
    """Tell whether a file holds such a page, of this or another version."""
    return content.startswith(_HEAD.split("\n", 1)[0].encode() + b"\n")


def parts() -> dict[str, Mapping[str, Any]]:
    """Return the JSON Schema of each part of a contract that has keys, by its title, the contract first."""
    schema = contract_schema()
    inner = {name: part for name, part in schema["$defs"].items() if "properties" in part}
    kinds = {name: part for name, part in options_schemas().items() if part.get("properties")}
    ours = {f"Options of {name}": part for name, part in kinds.items() if name in GENERATORS.built_in}
    return {"Contract": schema, **inner, **ours}


def example_of(key: Mapping[str, Any]) -> Any:
    """Return an example of a key's value: one that is stated, or what its type or its default shows; else ``None``."""
    shown = [*key.get("examples", ()), key.get("type") == "boolean" or None, key.get("default")]
    return next((value for value in (*shown, key.get("const"), *key.get("enum", ())) if value not in _EMPTY), None)


def meaning_of(key: Mapping[str, Any], schemas: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what a key means: its own description, or that of the part that it holds."""
    part = schemas.get(_referred(key), {})
    return str(key.get("description") or part.get("description", ""))


def type_words(schema: Mapping[str, Any]) -> str:
    """Say what a value may be, in words."""
    if name := _referred(schema):
        return _NAMED.get(name) or f"[{name}](#{name.lower()})"
    options = schema.get("anyOf") or schema.get("oneOf") or ()
    if words := dict.fromkeys(type_words(option) for option in options if option.get("type") != "null"):
        return ", or ".join(words)
    if listed := [schema["const"]] if "const" in schema else schema.get("enum"):
        return ", ".join(f"`{value}`" for value in listed)
    limits = [text.format(schema[key]) for key, text in _LIMITS.items() if key in schema]
    return ", ".join([_kind(schema), *limits])


def _kind(schema: Mapping[str, Any]) -> str:
    if schema.get("type") == "array":
        return f"list of {type_words(schema.get('items', {}))}"
    if schema.get("type") == "object":
        patterns = schema.get("patternProperties", {})
        inner = next(iter(patterns.values()), schema.get("additionalProperties"))
        return f"mapping from names to {type_words(inner)}" if isinstance(inner, Mapping) else "mapping"
    return _TYPES.get(schema.get("format", ""), _TYPES.get(schema.get("type", ""), "any value"))


def _referred(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rsplit("/", maxsplit=1)[-1]


def _intro(schema: Mapping[str, Any]) -> str:
    return str(schema.get("description", "")).split("\n\n", maxsplit=1)[0].replace("``", "`") + "\n"


def _table(schema: Mapping[str, Any], schemas: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield "| key | what it may be | default | what it means | example |"
    yield "|---|---|---|---|---|"
    for name, key in sorted(schema["properties"].items(), key=lambda pair: pair[0] != "type"):
        stated = key.get("default") in _EMPTY or isinstance(key["default"], dict)  # a part states its own defaults
        default = "needed" if name in schema.get("required", ()) else "" if stated else f"`{_flow(key['default'])}`"
        meaning, example = meaning_of(key, schemas), _flow({name: example_of(key)})
        cells = (f"`{name}`", type_words(key), default, meaning, f"`{example}`")
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _flow(value: Any) -> str:
    """Write a value as YAML on one line; of a mapping its only key and value."""
    text = yaml.safe_dump(value, default_flow_style=True, width=1 << 20, allow_unicode=True, sort_keys=False)
    line = text.removesuffix("\n").removesuffix("\n...")
    return line[1:-1] if isinstance(value, dict) else line
