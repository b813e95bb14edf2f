"""A derived column in a contract: an expression, or a public table in which another column is looked up.

The table's content is a part of the contract, wherever it was written: the reader of a contract's file puts
what the file of a table holds beside its name. So the contract's digest covers it, it travels with every
version, and an audit needs no other file.

Example:
    >>> density = Lookup.model_validate({"lookup": "state", "values": {"NY": 468.0, "CA": 254.3}})
    >>> density.described()
    'looked up by state: 2 values'
    >>> str(derivation(density, pa.schema([("state", pa.string())])).type)
    'double'
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any

import pyarrow as pa
from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from synth_assets.characters import refused_in
from synth_assets.contract.declared import LARGEST_WHOLE, Part
from synth_assets.domain.codes import written
from synth_assets.domain.expressions import parse
from synth_assets.domain.lookup import Derivation, LookupTable, Value
from synth_assets.errors import UsageError
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.listing import some_of

__all__ = ["MOST_KEYS", "TABLE_ENDINGS", "Derived", "Lookup", "derivation", "key_faults", "said_of"]

TABLE_ENDINGS = (".csv", ".yaml", ".yml")
"""How the name of a table's file ends."""
MOST_KEYS = 50_000
"""Lines of one table."""
_LONGEST_TEXT = 1_000
_SHOWN = 6


class Lookup(Part):
    """A value for each value of another column."""

    lookup: str = Field(
        min_length=1,
        examples=["ward"],
        description="The column whose values are looked up: measured, or derived before.",
    )
    file: str | None = Field(
        default=None,
        pattern=rf"^[^/\\\x00-\x1f]+({'|'.join(map(re.escape, TABLE_ENDINGS))})$",
        examples=["beds.csv"],
        description="A file beside the contract that holds the table: CSV with both columns, or YAML.",
    )
    values: dict[str, Value] = Field(
        default_factory=dict,
        max_length=MOST_KEYS,
        examples=[{"medicine": 120, "surgery": 80}],
        description="The table itself: a value for each key.",
    )
    default: Value = Field(
        default=None, examples=[0], description="The value of keys that the table lacks; without it, none may lack."
    )

    @field_validator("values", mode="before")
    @classmethod
    def _keys(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        keys = {key if isinstance(key, str) else written(key): value for key, value in given.items()}
        if len(keys) < len(given):
            raise ValueError("a key stands twice: keep one")
        return keys

    @model_validator(mode="after")
    def _sound(self) -> "Lookup":
        if self.file is None and not self.values:
            raise ValueError("needs `values`, or the `file` that holds them")
        for text in (*self.values, *self.values.values(), self.default):
            _check_value(text)
        return self

    @property
    def unread(self) -> bool:
        """Whether the table stands in a file that was not read yet."""
        return not self.values

    def table(self, schema: pa.Schema) -> LookupTable:
        """Return the table for rows of a schema.

        Raises:
            UsageError: it was not read, or does not fit the column.
        """
        if self.unread:
            raise UsageError(
                f"the table {self.file} was not read", hint="read the contract from its file, or give `values`"
            )
        if self.lookup not in schema.names:
            known = ", ".join(schema.names)
            raise UsageError(f"looks up unknown column {self.lookup!r}", hint=f"columns before it: {known}")
        return LookupTable.of(self.lookup, self.values, key=schema.field(self.lookup).type, default=self.default)

    def results(self, possible: frozenset[str] | None) -> frozenset[str]:
        """Return all values that it gives, as texts.

        Args:
            possible: all values of the column that is looked up, as texts; ``None`` if they are not known.
        """
        keys = self.values.keys() if possible is None else self.values.keys() & possible
        lacks = possible is None or not possible <= keys
        given = [*(self.values[key] for key in keys), *([self.default] if lacks else [])]
        return frozenset(str(written(value)) for value in given if value is not None)

    @property
    def gives_texts(self) -> bool:
        """Whether its values are texts."""
        return any(isinstance(value, str) for value in self.values.values())

    def described(self) -> str:
        """Say in a line what it is."""
        origin = f", from {self.file}" if self.file else ""
        default = "" if self.default is None else f", else {written(self.default)}"
        return f"looked up by {self.lookup}: {len(self.values):,} values{default}{origin}"


Derived = Annotated[
    Annotated[str, Tag("[text]")] | Annotated[Lookup, Tag("[table]")],
    Discriminator(lambda given: "[table]" if isinstance(given, Mapping | Lookup) else "[text]"),
]


def derivation(derived: str | Lookup, schema: pa.Schema) -> Derivation:
    """Return how a derived column is computed from the columns of a schema.

    Raises:
        UsageError: it is not an expression over them, or not a table for one of them.
    """
    return parse(derived, schema) if isinstance(derived, str) else derived.table(schema)


def said_of(derived: str | Lookup) -> str | dict[str, Any]:
    """Return what a check says of a derived column: its expression, or which table it is looked up in."""
    if isinstance(derived, str):
        return derived
    return {"lookup": derived.lookup, "sha256": sha256_bytes(canonical_json(derived.model_dump(mode="json")))}


def key_faults(lookup: Lookup, possible: frozenset[str] | None) -> str:
    """Say which values of a column its table lacks, or which key is not one of them; empty if neither.

    Args:
        lookup: a table that was read.
        possible: all values of the column, as texts; ``None`` if they are not known before a release.
    """
    if possible is None:
        return "" if lookup.default is not None else f"all values of {lookup.lookup!r} are not known: add `default`"
    missing = sorted(possible - lookup.values.keys())
    if shortened := [(key, short) for key in missing for short in _shortened(key) if short in lookup.values]:
        key, short = shortened[0]
        return f"the table has {short} where {lookup.lookup!r} has {key}: write keys with all digits, in YAML in quotes"
    if missing and lookup.default is None:
        them = "it" if len(missing) == 1 else "them"
        return f"the table lacks {some_of(missing, most=_SHOWN)}: add {them}, or `default`"
    unknown = sorted(lookup.values.keys() - possible)
    if unknown and lookup.file is None:  # a public list may have more than is declared here
        return f"{unknown[0]!r} is never a value of {lookup.lookup!r}: remove it, or correct it"
    return ""


def _shortened(key: str) -> tuple[str, ...]:
    """Return what spreadsheets and YAML make of digits that begin with zero, which YAML reads as octal."""
    if not re.fullmatch("0[0-9]+", key):
        return ()
    return (str(int(key)), *([str(int(key, 8))] if re.fullmatch("[0-7]+", key) else []))


def _check_value(value: Value) -> None:
    if isinstance(value, str):
        if len(value) > _LONGEST_TEXT:
            raise ValueError(f"a text of the table has more than {_LONGEST_TEXT:,} characters")
        if unseen := refused_in(value):
            raise ValueError(f"{value!r} holds {unseen}, which is invisible: write it again by hand")
    elif isinstance(value, int) and abs(value) > LARGEST_WHOLE:
        raise ValueError(f"a whole number of the table is not within {LARGEST_WHOLE:,} of zero")
