"""The contract as JSON Schema, so that editors complete its keys and underline what no contract may hold.

It follows from the models: keys, types, limits, defaults and descriptions. What the options of each installed kind of
generator are is added here, because reading a contract imports no kind. A schema sees structure alone; what relates
parts to each other, and what the ledger knows, is said by ``contract check``.

Example:
    >>> schema = contract_schema()
    >>> schema["properties"]["rows"]["description"]
    'Rows of the synthetic table; default: the noisy count.'
"""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from synth_assets.contract.generator import DEFAULT_KIND, GENERATORS, GeneratorSpec
from synth_assets.contract.model import DatasetContract
from synth_assets.errors import UsageError

__all__ = ["SCHEMA_FILE", "contract_schema", "file_schema", "is_file_schema", "options_schemas"]

SCHEMA_FILE = "contract.schema.json"
"""The name under which a project keeps it, beside its ``pyproject.toml``."""
_TITLE = "A contract of synth-assets"
_COMPONENT = "synth_assets.SyntheticDataset"


class _AsWritten(GenerateJsonSchema):
    """Keeps the order of keys, so that examples read as a person writes them."""

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        del parent_key
        return value


def contract_schema() -> dict[str, Any]:
    """Return the JSON Schema of a bare contract, which is that of a component's ``attributes``."""
    schema = DatasetContract.model_json_schema(schema_generator=_AsWritten)
    spec = schema["$defs"][GeneratorSpec.__name__]
    kinds = options_schemas()
    spec["properties"]["kind"] |= {"enum": list(GENERATORS.names())}
    spec["allOf"] = [_of_kind(name, options) for name, options in kinds.items()]
    return schema


def file_schema() -> dict[str, Any]:
    """Return the JSON Schema of a contract's file: a component with ``attributes``, or a bare contract."""
    contract = contract_schema()
    definitions = contract.pop("$defs")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": _TITLE,
        "type": "object",
        "if": {"required": ["attributes"]},
        "then": {
            "properties": {"type": {"const": _COMPONENT}, "attributes": {"$ref": "#/$defs/DatasetContract"}},
            "required": ["type"],
        },
        "else": {"$ref": "#/$defs/DatasetContract"},
        "$defs": {**definitions, DatasetContract.__name__: contract},
    }


def is_file_schema(content: bytes) -> bool:
    """Tell whether a file holds such a schema, of this or another version."""
    try:
        schema = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(schema, dict) and schema.get("title") == _TITLE


def options_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each kind's options; a kind that cannot be imported here is left out."""
    return dict(_options())


def _options() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in GENERATORS.names():
        try:
            options = getattr(GENERATORS.load(name), "options", None)
        except (ModuleNotFoundError, UsageError):  # the smaller installation, or another package's fault
            continue
        if isinstance(options, type) and issubclass(options, BaseModel):
            schema = options.model_json_schema(schema_generator=_AsWritten)
            schema.pop("$defs", None)  # options may hold generators, which the contract's schema has
            yield name, schema


def _of_kind(name: str, options: dict[str, Any]) -> dict[str, Any]:
    """Say which keys stand beside a kind; a generator without a kind is the default one."""
    is_it: dict[str, Any] = {"properties": {"kind": {"const": name}}}
    if name != DEFAULT_KIND:
        is_it["required"] = ["kind"]
    keys = {"properties": {"kind": {}, **options.get("properties", {})}, "additionalProperties": False}
    return {"if": is_it, "then": {**keys, "required": options.get("required", [])}}
