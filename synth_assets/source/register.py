"""The officer's step: say where a source is and what columns it has.

Column names and types are read once, when the officer registers the source, and
stand in the ledger from then on; contracts are held against these alone, in
:mod:`synth_assets.obtain.preflight`.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from synth_assets.errors import UsageError
from synth_assets.ledger.types import Source, SourceKind
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.callables import call_source, callable_exists, table_batches
from synth_assets.source.encoding import TEXT_KINDS
from synth_assets.source.lines import is_blank, read_header
from synth_assets.source.readers import files_of, folder_of

__all__ = ["is_reachable", "make_source"]

_OPTIONS: dict[str, frozenset[str]] = {
    "parquet": frozenset(),
    "csv": frozenset({"delimiter"}),
    "python": frozenset({"arguments"}),
}
Columns = tuple[tuple[str, str], ...]


def make_source(  # noqa: PLR0913 - what an officer says about a source
    name: str,
    *,
    kind: str,
    location: str,
    account: str,
    version: str,
    unit: PrivacyUnit,
    options: Mapping[str, Any] | None = None,
    attested_by: str | None = None,
) -> Source:
    """Read a source's column names and types and return what the ledger keeps of it.

    Args:
        name: what contracts will say.
        kind: ``parquet``, ``csv`` or ``python``.
        location: a path, a glob, or ``module:function``; relative paths are made absolute.
        account: where its readings are charged.
        version: the custodian's public label of what it holds now.
        unit: who is protected.
        options: ``delimiter`` of a CSV file; ``arguments`` of a callable.
        attested_by: who attests that a callable maps rows independently.

    Raises:
        UsageError: an unknown kind or option, nothing readable at the location, files of one glob with
            other columns, a callable that nobody attests, or a unit column that is not there.
    """
    options = dict(options or {})
    _check_kind(kind, options)
    if kind == "python" and not attested_by:
        raise UsageError(
            f"source {name!r} is a callable that nobody attests",
            hint="an officer must attest that it maps rows independently: --attested-by NAME",
        )
    if kind != "python":
        location = str(Path(location).absolute())
    columns = _read_columns(kind, location, options)
    _check_columns(name, columns, unit)
    return Source(
        name=name,
        kind=kind,  # type: ignore[arg-type] # checked above
        location=location,
        options=options,
        columns=columns,
        unit=unit,
        account=account,
        version=version,
        attested_by=attested_by,
    )


def is_reachable(source: Source) -> bool:
    """Tell whether the source's file can be opened, the folder of its files listed or its module found; reads none.

    Which files a glob matches is not asked: where each person has a file, that would tell who is there.
    """
    if source.kind == "python":
        return callable_exists(source.location)
    folder = folder_of(source.location)
    if folder is not None:
        return folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)
    return bool(files_of(source.location)) and os.access(source.location, os.R_OK)


def _check_kind(kind: str, options: Mapping[str, Any]) -> None:
    if kind not in get_args(SourceKind):
        raise UsageError(f"kind={kind!r} must be one of {', '.join(get_args(SourceKind))}", hint="--kind parquet")
    unknown = sorted(set(options) - _OPTIONS[kind])
    if unknown:
        known = ", ".join(sorted(_OPTIONS[kind])) or "none"
        raise UsageError(f"option {unknown[0]!r} is unknown to {kind} sources", hint=f"there are: {known}")
    delimiter = options.get("delimiter", ",")
    if not (isinstance(delimiter, str) and len(delimiter) == 1 and delimiter.isascii() and delimiter not in '\n\r"'):
        raise UsageError(f"delimiter={delimiter!r} must be one ASCII character", hint="such as ; or a tab")


def _read_columns(kind: str, location: str, options: Mapping[str, Any]) -> Columns:
    if kind == "python":
        return _callable_columns(location, options)
    files = files_of(location)
    if not files:
        raise UsageError(f"there is no file at {location}", hint="a path, or a quoted glob such as 'visits/*.parquet'")
    found = {path: columns for path in files if (columns := _file_columns(kind, path, options)) is not None}
    if not found:
        raise UsageError(f"every file at {location} is empty", hint="register it when one has a header")
    first, wanted = next(iter(found.items()))
    for path, columns in found.items():
        lacking = [name for name, _ in wanted if name not in dict(columns)]
        if lacking:
            raise UsageError(f"{path.name} lacks column {lacking[0]!r}, which {first.name} has", hint="fix the glob")
    return wanted


def _file_columns(kind: str, path: Path, options: Mapping[str, Any]) -> Columns | None:
    """Return a file's columns; none where it is empty, as a part without rows may be."""
    try:
        if not path.stat().st_size:
            return None
        if kind != "csv":
            return _schema_columns(pq.read_schema(path))
        names = read_header(path, delimiter=str(options.get("delimiter", ",")))
        return None if not any(names) and is_blank(path) else tuple((name, "text") for name in names)
    except (OSError, pa.ArrowInvalid) as error:
        raise UsageError(f"{path.name} cannot be read as {kind}", hint="check kind, path and rights") from error


def _callable_columns(location: str, options: Mapping[str, Any]) -> Columns:
    if not callable_exists(location):
        raise UsageError(f"there is no callable {location!r}", hint="write module:function of an installed module")
    try:
        first = next(iter(table_batches(call_source(location, options))), None)
    except Exception as error:
        raise UsageError(f"{location} failed when it was called", hint="it must return a table") from error
    if first is None:
        raise UsageError(f"{location} returned no batch", hint="an empty table must come as a batch without rows")
    return _schema_columns(first.schema)


def _schema_columns(schema: pa.Schema) -> Columns:
    return tuple((field.name, _type_name(field.type)) for field in schema)


def _type_name(kind: pa.DataType) -> str:
    """Name a type for people: how a text is stored does not matter."""
    if pa.types.is_dictionary(kind):
        return _type_name(kind.value_type)
    return "text" if any(is_kind(kind) for is_kind in TEXT_KINDS) else str(kind)


def _check_columns(name: str, columns: Columns, unit: PrivacyUnit) -> None:
    names: Sequence[str] = [column for column, _ in columns]
    twice = [column for place, column in enumerate(names) if column in names[:place]]
    if twice or not all(names):
        raise UsageError(f"source {name!r} has column {(twice or [''])[0]!r} twice or unnamed", hint="rename it")
    if unit.column is not None and unit.column not in names:
        raise UsageError(
            f"source {name!r} has no column {unit.column!r}, which names its unit", hint=f"it has: {', '.join(names)}"
        )
