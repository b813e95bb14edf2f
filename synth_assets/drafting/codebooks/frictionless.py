"""Frictionless codebooks: a Table Schema, or a Data Package with the schemas of its resources.

References to files elsewhere are not followed.

References:
    https://datapackage.org/standard/table-schema/
"""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, ClassVar

from synth_assets.drafting.codebooks.codebook import Codebook, Variable, text_of
from synth_assets.drafting.codebooks.json_parts import codebook_of, is_json_with, mapping, mappings, object_of, sequence

__all__ = ["FrictionlessFormat"]

_KINDS = {
    "integer": "integer",
    "year": "integer",
    "number": "float",
    "string": "categorical",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
}


class FrictionlessFormat:
    """Implements ``CodebookFormat``."""

    name: ClassVar[str] = "frictionless"
    what: ClassVar[str] = "a Frictionless table schema or data package"

    def recognises(self, file: str, content: bytes) -> bool:
        """See ``CodebookFormat``."""
        return is_json_with(file, content, ("fields", "resources"))

    def read(self, file: str, content: bytes) -> Codebook:
        """See ``CodebookFormat``."""
        whole = object_of(file, content)
        resources = (
            mappings(whole.get("resources"))
            if "resources" in whole
            else [{"name": PurePath(file).stem, "schema": whole}]
        )
        tables, elsewhere = dict[str, tuple[Variable, ...]](), list[str]()
        for position, resource in enumerate(resources):
            name = text_of(resource.get("name")) or f"table {position + 1}"
            schema = mapping(resource.get("schema"))
            if isinstance(resource.get("schema"), str):
                elsewhere.append(f"the schema of {name} lies in another file, which was not read: give that file")
            if schema:
                fields = mappings(schema.get("fields"))
                tables[name] = tuple(_variable(field, schema) for field in fields if text_of(field.get("name")))
        title = whole.get("title") or whole.get("name")
        return codebook_of(file, tables, title=title, version=whole.get("version"), remarks=tuple(elsewhere))


def _variable(field: Mapping[str, Any], schema: Mapping[str, Any]) -> Variable:
    rules = mapping(field.get("constraints"))
    categories, labels = _listed(field.get("categories") or rules.get("enum"))
    missing, meanings = _listed(field.get("missingValues", schema.get("missingValues")))
    kind = _KINDS.get(text_of(field.get("type")))
    required = rules.get("required")
    return Variable(
        name=text_of(field["name"]),
        kind=kind,
        minimum=_bound(rules, "minimum", "exclusiveMinimum", 1 if kind == "integer" else 0),
        maximum=_bound(rules, "maximum", "exclusiveMaximum", -1 if kind == "integer" else 0),
        categories=categories,
        labels=labels | meanings,
        missing=tuple(filter(None, missing)),  # the empty text is null anyway
        nullable=not required if isinstance(required, bool) else None,
        description=text_of(field.get("description")) or text_of(field.get("title")),
    )


def _bound(rules: Mapping[str, Any], included: str, excluded: str, inside: int) -> str:
    """Return a bound that is included; the next whole number, where the one that is stated is not."""
    if included in rules:
        return text_of(rules[included])
    stated = rules.get(excluded)
    return text_of(stated + inside if type(stated) is int else stated)


def _listed(listed: Any) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return values, and what those mean that come with a label."""
    pairs = [
        (part.get("value"), part.get("label")) if isinstance(part, dict) else (part, None) for part in sequence(listed)
    ]
    return tuple(text_of(value) for value, _ in pairs), {
        text_of(value): text_of(label) for value, label in pairs if label
    }
