"""Tables of databases: counted where they are (``sql``), or read to the measuring process (``sql_rows``).

An officer chooses by the kind whether rows may cross the wire, and both kinds read the same rows: each column
in the normal form of its registered type, see ``source.sql.flavours``. Columns of other types are not
registered, as if they were not there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
from sqlglot import exp

from synth_assets.errors import Fault, UsageError
from synth_assets.ledger.windows import Window
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.kinds.kind import Columns, refuse_lacking
from synth_assets.source.sql.connection import Snapshot, address_of
from synth_assets.source.sql.engine import WarehouseEngine
from synth_assets.source.sql.expressions import parameter
from synth_assets.source.sql.flavours import Flavour, flavour_of
from synth_assets.source.sql.statements import PARAMETERS, Rows, read_statement

__all__ = ["SqlRows", "SqlTable", "arrow_batches", "rows_of"]

_ARROW: Mapping[str, pa.DataType] = {
    "int64": pa.int64(),
    "double": pa.float64(),
    "text": pa.binary(),
    "bool": pa.bool_(),
    "date32[day]": pa.date32(),
    "timestamp[us]": pa.timestamp("us"),
    "timestamp[us, tz=UTC]": pa.timestamp("us", "UTC"),
}
_FIRST_DAY, _LAST_DAY = -(2**31), 2**31 - 1


class SqlRows:
    """Implements ``SourceKind``; ``table`` is the table's name, with its schema if it is not the login's own."""

    name: ClassVar[str] = "sql_rows"
    options: ClassVar[frozenset[str]] = frozenset({"table"})
    attested: ClassVar[bool] = True
    what: ClassVar[str] = "table or view of a database"
    typed: ClassVar[bool] = True

    def check(self, options: Mapping[str, Any]) -> None:
        """See ``SourceKind``."""
        table = options.get("table")
        if not isinstance(table, str) or not all(table.split(".")):
            raise UsageError(
                f"table={table!r} must be the name of a table", hint='--options \'{"table": "care.visits"}\''
            )

    def absolute(self, location: str) -> str:
        """See ``SourceKind``; the path of a database in a file becomes absolute."""
        url = address_of(location)
        if flavour_of(url.drivername).is_file:
            url = url.set(database=str(Path(url.database or "").absolute()))
        return url.render_as_string(hide_password=False)

    def columns(self, location: str, options: Mapping[str, Any]) -> Columns:
        """See ``SourceKind``; the catalogue is read and nothing of the table."""
        with Snapshot(location) as snapshot:
            try:
                registered = _registered(snapshot.flavour, _declared(snapshot, options))
            except Fault:
                raise UsageError(
                    "the database does not say what columns the table has",
                    hint="check that the location is a database, and what the login may read",
                ) from None
        if not self.is_reachable(location, options, registered):
            raise UsageError(
                f"table {options['table']!r} is there and cannot be read",
                hint="grant SELECT to the login; a database of PostgreSQL must be in UTF-8",
            )
        return registered

    def is_reachable(self, location: str, options: Mapping[str, Any], columns: Columns) -> bool:
        """See ``SourceKind``; the registered columns are asked of no row, as the login may no longer read them."""
        rows = rows_of(location, options, columns, PrivacyUnit())
        asked = read_statement(rows, list(rows.columns)).select(parameter("blanks")).where(exp.false())
        try:
            with Snapshot(location) as snapshot:
                return not _changes(snapshot, options, columns) and not list(snapshot.rows(asked, PARAMETERS))
        except (Fault, UsageError):
            return False

    def changes(self, location: str, options: Mapping[str, Any], columns: Columns) -> list[str]:
        """See ``DeclaredKind``."""
        with Snapshot(location) as snapshot:
            return _changes(snapshot, options, columns)

    def batches(self, location: str, options: Mapping[str, Any], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """See ``SourceKind``; what the table has now is read in one transaction."""
        with Snapshot(location) as snapshot:
            known = dict(_registered(snapshot.flavour, _declared(snapshot, options)))
            refuse_lacking(list(known), columns)
            rows = Rows(flavour=snapshot.flavour, table=options["table"], columns=known, unit=PrivacyUnit())
            yield from arrow_batches(snapshot, rows, columns)


class SqlTable(SqlRows):
    """Implements ``SourceKind``: a table of which no row leaves the database; see ``source.sql.engine``."""

    name: ClassVar[str] = "sql"

    def batches(self, location: str, options: Mapping[str, Any], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Refuse. Raises Fault."""
        del location, options, columns
        raise Fault("rows of a `sql` source stay in the database", hint="register it as `sql_rows`")

    def engine(  # noqa: PLR0913 - see `CountingKind`
        self,
        location: str,
        options: Mapping[str, Any],
        columns: Columns,
        *,
        unit: PrivacyUnit,
        secret: bytes,
        window: Window | None,
        meanwhile: Callable[[], None],
    ) -> WarehouseEngine:
        """See ``CountingKind``."""
        rows = replace(rows_of(location, options, columns, unit), window=window)
        return WarehouseEngine(rows, partial(Snapshot, location, meanwhile=meanwhile), secret=secret)


def rows_of(location: str, options: Mapping[str, Any], columns: Columns, unit: PrivacyUnit) -> Rows:
    """Return which rows a registered table has, by what the ledger says alone."""
    flavour = flavour_of(address_of(location).drivername)
    return Rows(flavour=flavour, table=options["table"], columns=dict(columns), unit=unit)


def arrow_batches(snapshot: Snapshot, rows: Rows, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a table, in normal form, as columns of the registered types."""
    kinds = [rows.columns[name] for name in names]
    for part in snapshot.rows(read_statement(rows, names), PARAMETERS, streamed=True):
        values = zip(*part, strict=True)
        arrays = [_array(column, kind) for column, kind in zip(values, kinds, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, names=list(names))


def _declared(snapshot: Snapshot, options: Mapping[str, Any]) -> list[Any]:
    """Return name, type and scale of each column, by the catalogue.

    Raises:
        UsageError: it has no such table.
    """
    query, parameters = snapshot.flavour.columns_query(options["table"])
    declared = [row for part in snapshot.text_rows(query, parameters) for row in part]
    if not declared:
        raise UsageError(
            f"there is no table {options['table']!r} that this login may read",
            hint="write its schema too, schema.table, and grant SELECT; of a materialized view make a view",
        )
    return declared


def _changes(snapshot: Snapshot, options: Mapping[str, Any], columns: Columns) -> list[str]:
    declared = _declared(snapshot, options)
    names, now = {name for name, *_ in declared}, dict(_registered(snapshot.flavour, declared))
    return [
        f"{name!r} is {now.get(name, 'of a type that is not read') if name in names else 'gone'} and was {kind}"
        for name, kind in columns
        if now.get(name) != kind
    ]


def _registered(flavour: Flavour, declared: Sequence[Sequence[Any]]) -> Columns:
    kinds = ((name, flavour.registered(kind, scale=scale)) for name, kind, scale in declared)
    return tuple((name, kind) for name, kind in kinds if kind is not None)


def _array(values: Sequence[Any], registered: str) -> pa.Array:
    """Return values in normal form as an array; days that Arrow cannot hold are null, as no engine has them."""
    kind = _ARROW[registered]
    if registered == "text":
        return pa.array([None if value is None else value.encode("utf-8", "replace") for value in values], kind)
    if registered == "date32[day]":
        days = [value if value is not None and _FIRST_DAY <= value <= _LAST_DAY else None for value in values]
        return pa.array(days, pa.int32()).cast(kind)
    if pa.types.is_timestamp(kind):
        return pa.array(values, pa.int64()).cast(kind)
    return pa.array(values, kind)
