"""Open, change and read accounts, and compute their balances."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from synth_assets.errors import UsageError
from synth_assets.files import canonical_json
from synth_assets.ledger import schema
from synth_assets.ledger.chain import Book, new_tag
from synth_assets.ledger.messages import check_name, check_reason, check_text, unknown
from synth_assets.ledger.states import CAP_FIGURES
from synth_assets.ledger.totals import Charges, Node, Tree, room
from synth_assets.ledger.types import Account, Balance, Split
from synth_assets.ledger.windows import canonical, check_apart, check_inside, parse_window
from synth_assets.privacy import LARGEST_DELTA, MOST_ROWS, Cap, PrivacyLoss, PrivacyUnit

__all__ = [
    "account_json",
    "balance_in",
    "balance_of",
    "bounded",
    "change_cap",
    "close_account",
    "open_account",
    "read_account",
    "read_accounts",
    "read_split",
    "read_tree",
]

_LARGEST_EPSILON = 1000.0
_ASK = "the officer opens it with synth-assets budget open"


def bounded(cap: Cap) -> Cap:
    """Return ``cap`` with its loss computed, so that OpenDP loads before the ledger's lock is taken.

    Raises:
        UsageError: epsilon or delta is so large that it promises nothing.
    """
    if cap.epsilon > _LARGEST_EPSILON:
        raise UsageError(f"epsilon={cap.epsilon} is too large to mean anything", hint="1.0 is a common choice")
    if cap.delta >= LARGEST_DELTA:
        raise UsageError(
            f"delta={cap.delta:g} must be below {LARGEST_DELTA:g}, and well below one over the number of units: "
            "it would allow that this share of them is published outright",
            hint="such as 1e-7 for a million people",
        )
    cap.loss()
    return cap


def open_account(book: Book, account: Account, cap: Cap, *, by: str) -> None:
    """Write a new account; see :meth:`Ledger.open_account`."""
    check_name("account", account.name)
    check_text("by", by)
    check_text("population", account.population)
    _check_unit(account.unit)
    known = read_accounts(book.connection)
    if account.name in known:
        raise UsageError(f"account {account.name!r} is open already", hint="synth-assets budget show")
    account = _in_family(account, known)
    values = {
        "source": account.source,
        "population": account.population,
        "unit": _text(account.unit.as_json()),
        "time_window": account.window,
        "parent": account.parent,
        "partitioned_by": account.partitioned_by,
        "partition": account.partition,
        "tag": new_tag(),
    }
    empty = dict.fromkeys(("spent_nano_rho", "spent_atto_delta", "reserved_nano_rho", "reserved_atto_delta"), 0)
    book.connection.execute(
        insert(schema.accounts).values(name=account.name, closed=False, **values, **empty, **_cap_columns(cap))
    )
    facts = {**account_json(account), "tag": values["tag"], "cap": cap_json(cap)}
    book.add("ACCOUNT_OPENED", by=by, account=account.name, payload=facts)


def _check_unit(unit: PrivacyUnit) -> None:
    """Refuse a unit that no contract could have."""
    if unit.column is not None:
        check_text("unit_column", unit.column)
    if unit.max_rows > MOST_ROWS:
        raise UsageError(
            f"max_rows={unit.max_rows} must be at most {MOST_ROWS}, as in a contract",
            hint="the noise grows with it: how many rows has nearly everybody? What is above it is left out",
        )


def change_cap(book: Book, account: str, cap: Cap, *, by: str, reason: str) -> None:
    """Replace the cap of an account; see :meth:`Ledger.set_cap`."""
    check_text("by", by)
    check_reason(reason)
    read_account(book.connection, account)
    accounts = schema.accounts
    book.connection.execute(update(accounts).where(accounts.c.name == account).values(**_cap_columns(cap)))
    book.add("CAP_SET", by=by, account=account, payload={"cap": cap_json(cap), "reason": reason})


def close_account(book: Book, name: str, *, by: str, reason: str) -> None:
    """Close an account; see :meth:`Ledger.close_account`."""
    check_text("by", by)
    check_reason(reason)
    read_account(book.connection, name)
    accounts = schema.accounts
    closed = book.connection.execute(
        update(accounts).where(accounts.c.name == name, ~accounts.c.closed).values(closed=True)
    )
    if closed.rowcount == 1:
        book.add("ACCOUNT_CLOSED", by=by, account=name, payload={"reason": reason})


def read_accounts(connection: Connection) -> dict[str, Account]:
    """Return all accounts by name."""
    rows = connection.execute(select(schema.accounts).order_by(schema.accounts.c.name))
    return {row.name: _account(row) for row in rows}


def read_account(connection: Connection, name: str) -> Account:
    """Return one account. Raises UsageError with the known names."""
    known = read_accounts(connection)
    if name not in known:
        raise unknown("account", name, known=known, hint=_ASK)
    return known[name]


def read_tree(connection: Connection) -> tuple[Tree, dict[str, Cap]]:
    """Return all accounts with their own charges, and the caps that officers set."""
    rows = connection.execute(select(schema.accounts)).all()
    caps = {row.name: Cap(**{key: json.loads(row.cap)[key] for key in CAP_FIGURES}) for row in rows}
    parts: dict[str, dict[str, Charges]] = {}
    for row in connection.execute(select(schema.parts)):
        parts.setdefault(row.account, {})[row.part] = _charges(row)
    return Tree(_node(row, parts=parts.get(row.name, {})) for row in rows), caps


def balance_of(connection: Connection, account: str, *, part: str | None = None) -> Balance:
    """Return the balance of one account; see :meth:`Ledger.balance`."""
    read_account(connection, account)
    tree, caps = read_tree(connection)
    return replace(balance_in(tree, caps, account, part=part), split=read_split(connection, account))


def read_split(connection: Connection, account: str) -> Split | None:
    """Return how an account is split; ``None`` if it is not."""
    row = connection.execute(select(schema.splits).where(schema.splits.c.account == account)).one_or_none()
    return None if row is None else Split(share_ppm=row.share_ppm, key_digest=row.key_digest)


def balance_in(tree: Tree, caps: Mapping[str, Cap], account: str, *, part: str | None = None) -> Balance:
    """Return the balance of one account of a tree; what remains is what remains for a part if one is given."""
    node, spent = tree.nodes[account], tree.spent(account)
    total = tree.total(account)
    reserved = PrivacyLoss(nano_rho=total.nano_rho - spent.nano_rho, atto_delta=total.atto_delta - spent.atto_delta)
    return Balance(
        account=account,
        cap=node.cap,
        spent=spent,
        reserved=reserved,
        remaining=room(tree, account, part=part),
        epsilon_cap=caps[account].epsilon,
        delta=caps[account].delta,
        threshold_delta=caps[account].threshold_delta,
        frozen=tree.frozen(account),
        closed=tree.closed(account),
        parent=node.parent,
        parts=node.parts,
    )


def account_json(account: Account) -> dict[str, Any]:
    """Return an account as the ledger log stores it."""
    words = ("name", "source", "population", "window", "parent", "partitioned_by", "partition")
    return {**{word: getattr(account, word) for word in words}, "unit": account.unit.as_json()}


def cap_json(cap: Cap) -> dict[str, Any]:
    """Return a cap as the ledger log stores it: the officer's figures and the integers that are enforced."""
    loss = cap.loss()
    words = {word: getattr(cap, word) for word in CAP_FIGURES}
    return {**words, "nano_rho": loss.nano_rho, "atto_delta": loss.atto_delta}


def _cap_columns(cap: Cap) -> dict[str, Any]:
    loss = cap.loss()
    return {"cap": _text(cap_json(cap)), "cap_nano_rho": loss.nano_rho, "cap_atto_delta": loss.atto_delta}


def _in_family(account: Account, known: Mapping[str, Account]) -> Account:
    """Check a new account against its parent: same privacy unit, a part if the parent is partitioned, window inside.

    Returns:
        The account with its window in the canonical form, and with its parent's window if it has none.
    """
    if account.window:
        account = replace(account, window=canonical(account.window))
    if account.parent is None:
        if account.partition is not None:
            raise UsageError(f"partition={account.partition!r} needs a parent", hint="name the partitioned parent")
        return account
    if account.parent not in known:
        raise unknown("account", account.parent, known=known, hint=_ASK)
    parent = known[account.parent]
    if parent.unit.column != account.unit.column:
        raise UsageError(
            f"account {account.name!r} protects {account.unit.describe()}, its parent {parent.unit.describe()}",
            hint="a parent protects the same privacy unit",
        )
    if parent.partitioned_by is not None:
        _check_part(account, parent, known)
    if parent.window is None:
        return account
    # An account that is charged for one window only must not read a row of another window.
    check_inside(parse_window(account.window or parent.window), parse_window(parent.window))
    return replace(account, window=account.window or parent.window)


def _check_part(account: Account, parent: Account, known: Mapping[str, Account]) -> None:
    """Check that a child of a partitioned parent is one part, equal to or apart from each other part."""
    if part_of(parent, account) is None:
        what = "window" if parent.partitioned_by == "window" else "partition"
        raise UsageError(f"account {account.name!r} needs a {what}: {parent.name!r} is partitioned", hint=f"--{what}")
    if parent.partitioned_by != "window":
        return
    if account.partition is not None:
        raise UsageError(f"partition={account.partition!r} and a window are two parts", hint="give only one of them")
    siblings = [child.window for child in known.values() if child.parent == parent.name and child.window]
    check_apart(parse_window(str(account.window)), map(parse_window, siblings))


def part_of(parent: Account, child: Account) -> str | None:
    """Return which part of a partitioned parent a child is."""
    return child.window if parent.partitioned_by == "window" else child.partition


def _account(row: Row[Any]) -> Account:
    words = ("name", "source", "population", "parent", "partitioned_by", "partition")
    return Account(
        **{word: getattr(row, word) for word in words},
        unit=PrivacyUnit.from_json(json.loads(row.unit)),
        window=row.time_window,
    )


def _charges(row: Row[Any]) -> Charges:
    return Charges(
        spent=PrivacyLoss(nano_rho=row.spent_nano_rho, atto_delta=row.spent_atto_delta),
        reserved=PrivacyLoss(nano_rho=row.reserved_nano_rho, atto_delta=row.reserved_atto_delta),
    )


def _node(row: Row[Any], *, parts: Mapping[str, Charges]) -> Node:
    charges = _charges(row)
    return Node(
        name=row.name,
        cap=PrivacyLoss(nano_rho=row.cap_nano_rho, atto_delta=row.cap_atto_delta),
        spent=charges.spent,
        reserved=charges.reserved,
        parts=parts,
        parent=row.parent,
        partitioned=row.partitioned_by is not None,
        part=row.partition or row.time_window,
        closed=row.closed,
    )


def _text(value: Any) -> str:
    return canonical_json(value).decode()
