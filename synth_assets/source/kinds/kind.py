"""What every kind of source can do."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

import pyarrow as pa

from synth_assets.errors import Fault
from synth_assets.ledger.windows import Window
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.encoding import TEXT_KINDS
from synth_assets.source.engine import CountEngine

__all__ = [
    "Columns",
    "CountingKind",
    "DeclaredKind",
    "PartedKind",
    "Partition",
    "SourceKind",
    "refuse_lacking",
    "schema_columns",
    "type_name",
]

Columns = tuple[tuple[str, str], ...]
"""Names and types, as the ledger has them."""


class SourceKind(Protocol):
    """Reads sources of one kind. Registration and reachability tell nothing of whose rows there are."""

    name: ClassVar[str]
    options: ClassVar[frozenset[str]]
    """Names of the options that an officer may give."""
    attested: ClassVar[bool]
    """Whether an officer must attest that it maps rows independently, because that cannot be seen from here."""
    what: ClassVar[str]
    """What such a source is, for messages."""
    typed: ClassVar[bool]
    """Whether columns have types of their own; see ``obtain.compatibility.UNTYPED``."""

    def check(self, options: Mapping[str, Any]) -> None:
        """Refuse options that cannot be meant. Raises UsageError."""
        ...

    def absolute(self, location: str) -> str:
        """Return a location that means the same in any current folder."""
        ...

    def columns(self, location: str, options: Mapping[str, Any]) -> Columns:
        """Read names and types of the columns, for the officer who registers the source. Raises UsageError."""
        ...

    def is_reachable(self, location: str, options: Mapping[str, Any], columns: Columns) -> bool:
        """Tell whether it can be opened, given what is registered; reads nothing of it."""
        ...

    def batches(self, location: str, options: Mapping[str, Any], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield the rows with exactly the asked columns, in order; only the measuring process gets here.

        What can follow from whose rows there are is silent: no file and an empty file have no rows.

        Raises:
            Fault: a column is missing, or the one file there was is gone.
        """
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Partition:
    """Some rows of a source, which any process that can read it finds again.

    Attributes:
        path: their file.
        groups: the first of their row groups and the one behind the last; ``None`` for the whole file.
    """

    path: str
    groups: tuple[int, int] | None = None


@runtime_checkable
class PartedKind(SourceKind, Protocol):
    """A kind whose rows lie in partitions that can be read apart."""

    def partitions(self, location: str, options: Mapping[str, Any]) -> Sequence[Partition]:
        """Return partitions that hold each row once; they are private, as their number is. Raises Fault."""
        ...

    def partition_batches(
        self, partition: Partition, options: Mapping[str, Any], columns: Sequence[str]
    ) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a partition; see :meth:`batches`."""
        ...


@runtime_checkable
class DeclaredKind(SourceKind, Protocol):
    """A kind whose columns are declared in a catalogue, which tells of them without a row."""

    def changes(self, location: str, options: Mapping[str, Any], columns: Columns) -> list[str]:
        """Return what is no longer as registered, one text per column; empty if the registration still holds.

        Raises:
            UsageError: it cannot be opened, or has no such table.
            Fault: its catalogue cannot be read.
        """
        ...


@runtime_checkable
class CountingKind(SourceKind, Protocol):
    """A kind whose rows are counted where they are, and never read."""

    def engine(  # noqa: PLR0913 - which rows there are, and how they are asked
        self,
        location: str,
        options: Mapping[str, Any],
        columns: Columns,
        *,
        unit: PrivacyUnit,
        secret: bytes,
        window: Window | None,
        meanwhile: Callable[[], None],
    ) -> CountEngine:
        """Return what counts the rows.

        Args:
            location: see :meth:`batches`.
            options: see :meth:`batches`.
            columns: as they are registered.
            unit: who is protected.
            secret: of the reservation, for the bounding.
            window: when given, only rows whose own time stamp is inside are there at all.
            meanwhile: what has to go on while a long question is answered.
        """
        ...


def schema_columns(schema: pa.Schema) -> Columns:
    """Return names and types of an Arrow schema as the ledger has them."""
    return tuple((field.name, type_name(field.type)) for field in schema)


def refuse_lacking(present: Sequence[str], wanted: Sequence[str]) -> None:
    """Refuse to read rows without a registered column.

    Raises:
        Fault: one is missing; it does not say which.
    """
    if not set(wanted) <= set(present):
        raise Fault("a file of the source lacks a registered column", hint="register the source again")


def type_name(kind: pa.DataType) -> str:
    """Name a type for people: how a text is stored does not matter."""
    if pa.types.is_dictionary(kind):
        return type_name(kind.value_type)
    return "text" if any(is_kind(kind) for is_kind in TEXT_KINDS) else str(kind)
