"""Whether a source is still what an officer registered: no row is read.

The catalogue of a database tells of its table. Files have none: they are looked for, and not opened. A callable is
somebody's code, and left alone.
"""

from collections.abc import Iterator

from synth_assets.errors import Fault, UsageError
from synth_assets.ledger import Source
from synth_assets.ledger.doctor import Finding
from synth_assets.listing import some_of
from synth_assets.source.register import are_files_gone, changes_of, is_reachable

__all__ = ["source_findings"]

_SHOWN = 12


def source_findings(source: Source) -> Iterator[Finding]:
    """Say what of a source is no longer as registered; nothing of one whose location this login may not see.

    Names and types are public, and so is a table's name; where the database is, and what a driver says of it, is not.
    """
    if not source.location:
        return
    try:
        changes = changes_of(source)
    except (UsageError, Fault):
        yield _fault(
            f"source {source.name!r} cannot be reached, or its table is gone",
            hint="ask who registered it: it may have moved, or lost the right to be read",
        )
        return
    if changes is None:
        if are_files_gone(source):
            yield _fault(
                f"source {source.name!r} is not where it was registered, or may not be read by this user",
                hint="is its disk mounted? If it was moved, the officer says where it is: "
                f"synth-assets source set-location {source.name}",
            )
        return
    if changes:
        yield _fault(
            f"source {source.name!r} is not as registered: {some_of(changes, most=_SHOWN)}",
            hint="ask the custodian for a view with the registered columns and types, or the officer to register the "
            "table as it is now under another name",
        )
    elif not is_reachable(source):
        yield _fault(
            f"source {source.name!r} has its registered columns, and this login cannot read them",
            hint="ask who registered it to grant SELECT",
        )
    else:
        yield Finding(what="source", state="good", detail="the table has its registered columns and types")


def _fault(detail: str, *, hint: str) -> Finding:
    return Finding(what="source", state="fault", detail=detail, hint=hint)
