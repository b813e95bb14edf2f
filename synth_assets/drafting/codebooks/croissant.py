"""Croissant codebooks: JSON-LD whose record sets are tables.

Categories are those of an enumeration: a record set that says that it is one and
holds its records. Records of other sets, and examples, are rows of the data, and are not looked at.

References:
    https://docs.mlcommons.org/croissant/docs/croissant-spec-1.0.html
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from synth_assets.drafting.codebooks.codebook import Codebook, Variable, text_of
from synth_assets.drafting.codebooks.json_parts import codebook_of, is_json_with, mapping, mappings, object_of, sequence

__all__ = ["CroissantFormat"]

_KINDS = {
    "Integer": "integer",
    "int": "integer",
    "integer": "integer",
    "long": "integer",
    "Float": "float",
    "Number": "float",
    "float": "float",
    "double": "float",
    "decimal": "float",
    "Text": "categorical",
    "string": "categorical",
    "Enumeration": "categorical",
    "Boolean": "boolean",
    "boolean": "boolean",
    "Date": "date",
    "date": "date",
    "DateTime": "datetime",
    "dateTime": "datetime",
}


class CroissantFormat:
    """Implements ``CodebookFormat``."""

    name: ClassVar[str] = "croissant"
    what: ClassVar[str] = "Croissant JSON-LD"

    def recognises(self, file: str, content: bytes) -> bool:
        """See ``CodebookFormat``."""
        return is_json_with(file, content, ("recordSet",))

    def read(self, file: str, content: bytes) -> Codebook:
        """See ``CodebookFormat``."""
        whole = _short(object_of(file, content))
        sets = {_id(record_set): record_set for record_set in map(_short, mappings(whole.get("recordSet")))}
        listed = {name: _enumerated(record_set) for name, record_set in sets.items() if _is_enumeration(record_set)}
        tables = {
            name.split("/")[-1]: tuple(_variable(_short(field), listed) for field in mappings(record_set.get("field")))
            for name, record_set in sets.items()
            if name not in listed
        }
        tables = {name: variables for name, variables in tables.items() if variables}
        return codebook_of(file, tables, title=whole.get("name"), version=whole.get("version"))


def _short(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return a node with its keys without their prefixes, such as ``sc:`` and ``cr:``."""
    return {key.split(":")[-1] if not key.startswith("@") else key: value for key, value in node.items()}


def _id(node: Mapping[str, Any]) -> str:
    return text_of(node.get("@id")) or text_of(node.get("name"))


def _types(node: Mapping[str, Any]) -> list[str]:
    return [text_of(kind).replace("#", "/").replace(":", "/").split("/")[-1] for kind in sequence(node.get("dataType"))]


def _is_enumeration(record_set: Mapping[str, Any]) -> bool:
    return record_set.get("isEnumeration") is True or "Enumeration" in _types(record_set)


def _enumerated(record_set: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the values of each field of an enumeration, by the field's id."""
    records = mappings(record_set.get("data"))
    fields = [_short(field) for field in mappings(record_set.get("field"))]
    return {
        _id(field): tuple(text_of(record.get(_id(field), record.get(text_of(field.get("name"))))) for record in records)
        for field in fields
    }


def _variable(field: Mapping[str, Any], listed: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Variable:
    extract = _short(mapping(_short(mapping(field.get("source"))).get("extract")))
    referred = text_of(mapping(mapping(_short(field).get("references")).get("field")).get("@id"))
    values = next((fields[referred] for fields in listed.values() if referred in fields), ())
    kinds = [_KINDS[name] for name in _types(field) if name in _KINDS]
    return Variable(
        name=text_of(extract.get("column")) or text_of(field.get("name")) or _id(field).split("/")[-1],
        kind=None if field.get("repeated") is True else next(iter(kinds), None),
        minimum=text_of(field.get("minValue")),
        maximum=text_of(field.get("maxValue")),
        categories=values,
        description=text_of(field.get("description")),
    )
