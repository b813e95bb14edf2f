"""What a warehouse cannot answer, said when a contract is checked: by registered types and the contract alone."""

from collections.abc import Iterator

from synth_assets.contract import DatasetContract
from synth_assets.domain.countable import why_no_unit, why_uncountable
from synth_assets.domain.times import WHOLE_SECONDS
from synth_assets.ledger import Account, Source
from synth_assets.ledger.windows import parse_window
from synth_assets.obtain.remark import Remark

__all__ = ["COUNTED_GATES", "KIND", "remarks_on_warehouse", "remarks_on_warehouse_window"]

KIND = "sql"
"""The kind of sources of which no row leaves the database."""
COUNTED_GATES = frozenset({"workload_error", "wasserstein", "jensen_shannon", "correlation"})
"""Families of gates that take counts of codes alone; others score rows by a model, or compare them with public ones."""
_INSTEAD = (
    "ask the officer to register it as `sql_rows`: rows are then streamed to the measuring process and counted there"
)


def remarks_on_warehouse(source: Source, contract: DatasetContract) -> Iterator[Remark]:
    """Yield a fault for each part of a contract that a warehouse cannot answer; none for other kinds of sources."""
    if source.kind != KIND:
        return
    known, unit = dict(source.columns), contract.unit().column
    if unit in known and (reason := why_no_unit(unit, registered=known[unit])):
        yield _refused(("privacy", "unit"), reason)
    for name, column in contract.columns.items():
        if name in known and (reason := why_uncountable(name, kind=column.type, registered=known[name])):
            yield _refused(("columns", name), reason)
        declared = contract.open_column(name)
        if any("\0" in word for word in (*declared.categories, *declared.null_tokens)):
            yield _refused(("columns", name), f"a text of {name!r} has a null character, which SQL cannot write")
    if contract.privacy.holdout:
        yield _refused(
            ("privacy", "holdout"), "which units are held out is decided by a hash that a warehouse does not have"
        )
    for gate in contract.gates:
        if gate.partition(".")[0] not in COUNTED_GATES:
            yield _refused(
                ("gates", gate),
                f"{gate!r} needs scores of rows or distances between them, which SQL does not have",
            )


def remarks_on_warehouse_window(account: Account, source: Source) -> Iterator[Remark]:
    """Yield a fault if a warehouse cannot tell which rows are in an account's window."""
    if source.kind != KIND or account.window is None:
        return
    name = parse_window(account.window).column
    if (registered := dict(source.columns).get(name)) is not None and registered not in WHOLE_SECONDS:
        yield _refused(
            ("source",), f"the window is over {name!r}, registered as {registered}, which is not a date or time"
        )


def _refused(where: tuple[str, ...], reason: str) -> Remark:
    return Remark(
        where=where, refused=True, message=f"rows of a `sql` source stay in the database, and {reason}", hint=_INSTEAD
    )
