"""Compare a contract with the source that an officer registered, before charging.

Names, types, the unit and the account are public. A declaration that cannot be
intended is a fault: ``contract check`` shows it and :func:`preflight` refuses it
before a reservation. Both use the same functions, so that skipping the check costs
no budget. An odd declaration is a warning and never refused. Nothing here looks at
a value, the statistics of a file's footer, a size or a row count, because a refusal
is visible to everybody.
"""

import re
from collections.abc import Iterable, Iterator

from synth_assets.contract import DatasetContract, UnitSpec
from synth_assets.contract.columns import ColumnSpec, FloatColumn
from synth_assets.errors import UsageError
from synth_assets.ledger import Account, Ledger, Source, Split
from synth_assets.ledger.messages import over_the_cap
from synth_assets.ledger.splits import share_in_ppm
from synth_assets.ledger.windows import parse_window
from synth_assets.listing import some_of
from synth_assets.obtain.compatibility import UNTYPED, compare, digits_of, family_of
from synth_assets.obtain.on_expressions import remarks_on_expressions
from synth_assets.obtain.on_warehouse import remarks_on_warehouse, remarks_on_warehouse_window
from synth_assets.obtain.paid import paid_before, release_plan
from synth_assets.obtain.remark import Remark, nearest
from synth_assets.strategy.release_plan import ReleasePlan

__all__ = ["preflight", "refuse_faults", "remarks_on_account", "remarks_on_source"]

_SHOWN = 12


def preflight(source: Source, contract: DatasetContract, *, account: Account, split: Split | None = None) -> None:
    """Refuse a contract with faults before anything is reserved; only public facts are used.

    Args:
        source: as it is registered.
        contract: what is asked for.
        account: the account that the source is bound to.
        split: how that account is split, if it is.

    Raises:
        UsageError: another unit, a column that the source lacks or whose registered type can never be what is declared,
            an expression that compares what cannot be meant, rules that no row can keep, a window that excludes every
            row; the message lists all of them.
    """
    remarks = (
        *remarks_on_source(source, contract),
        *remarks_on_expressions(contract),
        *_on_window(account, source),
        *remarks_on_warehouse_window(account, source),
        *_on_split(account, split, contract),
    )
    refuse_faults(source, contract, remarks)


def refuse_faults(source: Source, contract: DatasetContract, remarks: Iterable[Remark]) -> None:
    """Refuse a contract if one of the remarks on it is a fault.

    Raises:
        UsageError: with all faults, each with its place in the contract and what to do.
    """
    faults = [remark for remark in remarks if remark.refused]
    if not faults:
        return
    first = faults[0]
    if len(faults) == 1:
        message = f"contract {contract.name!r}, {_dotted(first)}: {first.message}"
        raise UsageError(message, hint=first.hint, where=first.where)
    lines = [f"  {_dotted(fault)}: {fault.message}\n    hint: {fault.hint}" for fault in faults]
    raise UsageError(
        f"contract {contract.name!r} does not fit source {source.name!r} in {len(faults)} places:\n" + "\n".join(lines),
        hint="`synth-assets contract check` shows each with its line; nothing was reserved",
        where=first.where,
    )


def remarks_on_source(source: Source, contract: DatasetContract) -> Iterator[Remark]:
    """Yield the faults and warnings about the unit and the columns, as they are registered."""
    yield from _on_unit(source, contract)
    for name, column in contract.columns.items():
        yield from _on_column(source, name, column)
    yield from remarks_on_warehouse(source, contract)


def remarks_on_account(ledger: Ledger, source: Source, contract: DatasetContract) -> Iterator[Remark]:
    """Yield remarks about the current account: whether it covers a release, and which release exists already.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    account = ledger.account(source.account)
    yield from _on_window(account, source)
    yield from remarks_on_warehouse_window(account, source)
    yield from _on_split(account, ledger.split(account.name), contract)
    paid = paid_before(ledger, source, release_plan(ledger, source, contract))
    if paid is None:
        yield from _on_cap(ledger, source, contract)
    elif paid.request.version != source.version:
        yield Remark(
            where=("refresh", "release"),
            refused=False,
            message=f"the release is of version {paid.request.version}, source {source.name!r} is now at version "
            f"{source.version}, and `once` keeps the release that is there",
            hint=f"write `refresh: {{release: new_version}}` for a release of {source.version}; "
            f"it costs rho {paid.loss.rho:g} again",
        )


def _dotted(remark: Remark) -> str:
    return ".".join(remark.where)


def _on_unit(source: Source, contract: DatasetContract) -> Iterator[Remark]:
    unit = contract.unit()
    if unit != source.unit:
        declared = contract.privacy.unit
        same_column = isinstance(declared, UnitSpec) and declared.column == source.unit.column
        yield Remark(
            where=("privacy", "unit", "max_rows") if same_column else ("privacy", "unit"),
            refused=True,
            message=f"{unit.describe()}; source {source.name!r} has {source.unit.describe()}",
            hint=f"write `unit: {_as_yaml(source)}`, as the officer registered it",
        )
    elif unit.column is not None:
        yield from _on_unit_column(unit.column, dict(source.columns).get(unit.column, "null"))


def _as_yaml(source: Source) -> str:
    unit = source.unit
    return "rows" if unit.column is None else f"{{column: {unit.column}, max_rows: {unit.max_rows}}}"


def _on_unit_column(column: str, registered: str) -> Iterator[Remark]:
    """Yield a remark on a type that cannot distinguish units: it would merge many units into one or drop every row."""
    family = family_of(registered)
    if family in ("nested", "null", "boolean"):
        yield Remark(
            where=("privacy", "unit", "column"),
            refused=True,
            message=f"{column!r} is registered as {registered}, which cannot distinguish units",
            hint="ask the officer to register a column of ids",
        )
    elif family not in ("whole", "text", "extension", "decimal"):
        yield Remark(
            where=("privacy", "unit", "column"),
            refused=False,
            message=f"{column!r} is registered as {registered}, which is an odd type for ids",
            hint="ask the officer whether it distinguishes units",
        )


def _on_column(source: Source, name: str, column: ColumnSpec) -> Iterator[Remark]:
    known = dict(source.columns)
    if name not in known:
        guess = nearest(name, known)
        yield Remark(
            where=("columns", name),
            refused=True,
            message=f"source {source.name!r} has no such column",
            hint=(f"did you mean {guess!r}? " if guess else "")
            + f"it has: {some_of(list(known), most=_SHOWN)}; other columns can be derived under `derived`",
        )
        return
    fit = compare(known[name], column, typed=source.kind not in UNTYPED)
    if fit.verdict == "never":
        yield Remark(
            where=("columns", name),
            refused=True,
            message=f"{column.type} cannot be read from what source {source.name!r} has there: {fit.reason}; "
            f"every row would silently become {column.fallback_text}",
            hint=fit.hint,
        )
    elif fit.verdict == "odd":
        yield Remark(
            where=("columns", name),
            refused=False,
            message=f"{column.type} is odd for what source {source.name!r} has there: {fit.reason}",
            hint=f"{fit.hint}; if it is meant, leave it",
        )
    else:
        yield from _on_digits(name, column, digits_of(known[name]))


def _on_digits(name: str, column: ColumnSpec, digits: int | None) -> Iterator[Remark]:
    """Yield a remark if a column of reals does not say the digits that its registered type has."""
    if digits is None or not isinstance(column, FloatColumn) or column.step or column.decimals is not None:
        return
    yield Remark(
        where=("columns", name),
        refused=False,
        message=f"the registered type has {digits or 'no'} decimals, and synthetic values would have up to 17 digits",
        hint=f"write `decimals: {digits}`; like the rest of a domain it decides the release, so a release that is "
        "already paid for would be paid again",
    )


def _on_window(account: Account, source: Source) -> Iterator[Remark]:
    """Yield a remark if no value of the registered column is in the window, which would drop every row silently."""
    if account.window is None:
        return
    window = parse_window(account.window)
    registered = dict(source.columns).get(window.column)
    if registered is None:
        message = f"account {account.name!r} reads only rows whose {window.column!r} is in its window, "
        message += f"and source {source.name!r} has no such column"
    elif family_of(registered) not in ("text", "date", "timestamp", "whole"):
        message = f"account {account.name!r} reads only rows whose {window.column!r} is in its window, "
        message += f"and it is registered as {registered}, which is never a date or a time"
    elif family_of(registered) != "text" and _is_zoned(registered) != window.zoned:
        message = f"the window of account {account.name!r} and {window.column!r}, registered as {registered}, "
        message += "are not both with or both without a time zone, so no row would be read"
    else:
        return
    yield Remark(
        where=("source",),
        refused=True,
        message=message,
        hint="ask the officer to register the source again, or for an account whose window fits it",
    )


def _on_split(account: Account, split: Split | None, contract: DatasetContract) -> Iterator[Remark]:
    """Yield a remark if the contract and the account do not hold out the same units."""
    share, where = contract.privacy.holdout, ("privacy", "holdout")
    if share and split is None:
        yield Remark(
            where=where,
            refused=True,
            message=f"account {account.name!r} is not split, so nobody is held out",
            hint=f"ask the officer for `synth-assets budget split {account.name} --holdout {share:g}`, once",
        )
    elif split is not None and share and split.share_ppm != share_in_ppm(share):
        yield Remark(
            where=where,
            refused=True,
            message=f"account {account.name!r} holds out {split.share:g} of its units, for good, and not {share:g}",
            hint=f"write `holdout: {split.share:g}`: another split would mix the people of both parts",
        )
    elif split is not None and not share:
        yield Remark(
            where=where,
            refused=False,
            message=f"account {account.name!r} holds out {split.share:g} of its units, and this contract reads all: "
            "both parts are charged",
            hint=f"write `holdout: {split.share:g}` to charge one part only",
        )


def _is_zoned(registered: str) -> bool:
    return re.fullmatch(r"timestamp\[.*, tz=.*\]", registered) is not None


def _on_cap(ledger: Ledger, source: Source, contract: DatasetContract) -> Iterator[Remark]:
    plan = ReleasePlan(contract=contract)
    asked, balance = plan.loss(), ledger.balance(source.account, part=plan.part)
    if balance.closed or balance.frozen or not asked.fits(balance.remaining):
        refusal = over_the_cap(asked=asked, balance=balance)
        yield Remark(where=("privacy", "spend"), refused=True, message=refusal.message, hint=refusal.hint)
