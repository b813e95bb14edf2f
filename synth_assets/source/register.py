"""The officer's step: say where a source is and what columns it has.

Column names and types are read once, when the officer registers the source, and
stand in the ledger from then on; contracts are held against these alone, in
:mod:`synth_assets.obtain.preflight`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from synth_assets.errors import UsageError
from synth_assets.ledger.types import Source
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.kinds import kind_named
from synth_assets.source.kinds.kind import DeclaredKind, PartedKind, SourceKind
from synth_assets.source.names import Accept, are_plain, lacking_unit, refuse_unaccepted, refuse_unusable

__all__ = ["are_files_gone", "changes_of", "is_reachable", "make_source"]


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
    columns: Sequence[str] | None = None,
    accept: Accept = are_plain,
) -> Source:
    """Read a source's column names and types and return what the ledger keeps of it.

    Args:
        name: what contracts will say.
        kind: one of :data:`~synth_assets.source.kinds.KINDS`.
        location: a path, a glob, ``module:function`` or an address, as the kind says; relative paths are made absolute.
        account: where its readings are charged.
        version: the custodian's public label of what it holds now.
        unit: who is protected.
        options: the kind's own, such as ``delimiter`` of a CSV file.
        attested_by: who attests that a callable maps rows independently.
        columns: all names of the columns, in any order, as the officer knows them. Say them wherever a file may begin
            with a row: names stand in the ledger for good, and words of a row look like names.
        accept: asked whether the names are names where none are stated; by default names must look like nothing else.

    Raises:
        UsageError: an unknown kind or option, nothing readable at the location, files of one glob with
            other columns, a callable that nobody attests, names that are not accepted or not those that are stated,
            or a unit column that is not there. It repeats no name of an untyped source, which may be a value.
    """
    options, reads = dict(options or {}), kind_named(kind)
    _check_options(reads, options)
    if reads.attested and not attested_by:
        raise UsageError(
            f"source {name!r} is a {reads.what} that nobody attests",
            hint="an officer must attest that it maps rows independently: --attested-by NAME",
        )
    location = reads.absolute(location)
    registered = reads.columns(location, options)
    names = [column for column, _ in registered]
    refuse_unusable(name, names)
    refuse_unaccepted(name, names, stated=columns, accept=accept)
    if unit.column is not None and unit.column not in names:
        raise lacking_unit(name, names, column=unit.column, declared=reads.typed or columns is not None)
    return Source(
        name=name,
        kind=kind,
        location=location,
        options=options,
        columns=registered,
        unit=unit,
        account=account,
        version=version,
        attested_by=attested_by,
    )


def is_reachable(source: Source) -> bool:
    """Tell whether a source can be opened; reads nothing of it, and asks nothing that tells whose rows are there."""
    return kind_named(source.kind).is_reachable(source.location, source.options, source.columns)


def are_files_gone(source: Source) -> bool:
    """Tell whether files are no longer where they were registered; a callable is somebody's code and not looked for."""
    return isinstance(kind_named(source.kind), PartedKind) and not is_reachable(source)


def changes_of(source: Source) -> list[str] | None:
    """Return what of a source is no longer as registered, one text per column; ``None`` where no catalogue says so.

    Raises:
        UsageError: it cannot be opened, or its table is gone.
        Fault: its catalogue cannot be read.
    """
    kind = kind_named(source.kind)
    if not isinstance(kind, DeclaredKind):
        return None
    return kind.changes(source.location, source.options, source.columns)


def _check_options(kind: SourceKind, options: Mapping[str, Any]) -> None:
    unknown = sorted(set(options) - kind.options)
    if unknown:
        known = ", ".join(sorted(kind.options)) or "none"
        raise UsageError(f"option {unknown[0]!r} is unknown to {kind.name} sources", hint=f"there are: {known}")
    kind.check(options)
