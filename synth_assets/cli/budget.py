"""``budget open|split|curate|show|history|plan|curve|windows|set-cap|close``: accounts, for the privacy officer."""

from typing import Any

import click

from synth_assets.cli.book import complete_account, current_ledger, made_ledger
from synth_assets.cli.curve import curve
from synth_assets.cli.output import PART_NAMES, json_option, print_csv, print_json, print_table, spent_bar, who
from synth_assets.cli.plan import plan
from synth_assets.cli.terminal import echo
from synth_assets.errors import UsageError
from synth_assets.ledger import Account, Balance, Ledger, Reservation
from synth_assets.ledger.messages import rounded
from synth_assets.privacy import ATTO, Cap, PrivacyLoss, PrivacyUnit

__all__ = ["budget"]


@click.group()
def budget() -> None:
    """Open accounts, set caps, see what was spent (privacy officer)."""


budget.add_command(plan)
budget.add_command(curve)


@budget.command("open")
@click.argument("account")
@click.option("--epsilon", type=float, required=True, help="The most that may ever be spent, at --delta.")
@click.option("--delta", type=float, required=True, help="Below one over the number of units.")
@click.option("--population", required=True, help="Whose rows these are, in words.")
@click.option("--source", "covers", default="", help="What the account covers, in words.")
@click.option("--unit-column", help="Column that names the privacy unit; without it each row is one.")
@click.option("--max-rows", default=1, show_default=True)
@click.option("--threshold-delta", default=0.0, show_default=True, help="The part of --delta that thresholds may use.")
@click.option("--parent", shell_complete=complete_account, help="An account that is charged too.")
@click.option("--window", help="column=start/end: only rows whose own time stamp is inside may be read.")
@click.option("--partitioned-by", help="On a parent: the public rule that puts every unit in exactly one child.")
@click.option("--partition", help="On a child of such a parent: which part it is.")
@click.option("--holdout", type=float, help="Hold out this share of the units, for good; see `budget split`.")
@click.option("--if-missing", is_flag=True, help="Do nothing when the account is open already.")
def open_account(  # noqa: PLR0913 - one parameter per option
    *,
    account: str,
    epsilon: float,
    delta: float,
    population: str,
    covers: str,
    unit_column: str | None,
    max_rows: int,
    threshold_delta: float,
    parent: str | None,
    window: str | None,
    partitioned_by: str | None,
    partition: str | None,
    holdout: float | None,
    if_missing: bool,
) -> None:
    """Open ACCOUNT with a cap."""
    ledger = made_ledger()
    if if_missing and account in {opened.name for opened in ledger.accounts()}:
        echo(f"account {account} is open")
        return
    new_account = Account(
        name=account,
        source=covers or account,
        population=population,
        unit=PrivacyUnit(column=unit_column, max_rows=max_rows),
        parent=parent,
        window=window,
        partitioned_by=partitioned_by,
        partition=partition,
    )
    cap = Cap(epsilon=epsilon, delta=delta, threshold_delta=threshold_delta)
    if holdout is not None:
        from synth_assets.ledger.splits import refuse_unsplittable

        refuse_unsplittable(new_account, share=holdout)
    ledger.open_account(new_account, cap, by=who())
    echo(f"account {account}: at most epsilon {epsilon:g} at delta {delta:g}, {new_account.unit.describe()}")
    if holdout is not None:
        _split(ledger, account, holdout)


@budget.command("split")
@click.argument("account", shell_complete=complete_account)
@click.option("--holdout", type=float, required=True, help="Expected share of units that are held out, such as 0.1.")
def split(*, account: str, holdout: float) -> None:
    """Split the units of ACCOUNT, for good, so that candidates can be checked on people whom no release read.

    A secret key decides about each unit, in every source and version of the account. A contract with
    `privacy: {holdout: SHARE}` then charges its release to the measured units, and its checks to the others.
    """
    _split(current_ledger(), account, holdout)


def _split(ledger: Ledger, account: str, holdout: float) -> None:
    share = ledger.split_account(account, share=holdout, by=who()).share
    echo(f"account {account}: {share:g} of its units are held out; write `holdout: {share:g}` in its contracts")


@budget.command("curate")
@click.argument("account", shell_complete=complete_account)
@click.option(
    "--reason", required=True, help="Why, in one line: the history and every later version of the account say so."
)
def curate(*, account: str, reason: str) -> None:
    """Let curators read exact figures of ACCOUNT, for good; no epsilon covers what is decided on them.

    `synth-assets curate` computes them, the ledger records each reading, and every later version lists it.
    """
    current_ledger().mark_curated(account, by=who(), reason=reason)
    echo(f"account {account} is open to curators; what they read is listed in every later version")


@budget.command("show")
@click.argument("account", required=False, shell_complete=complete_account)
@json_option
def show(*, account: str | None, as_json: bool) -> None:
    """Show what each account has spent and has left."""
    ledger = current_ledger()
    names = [account] if account else [opened.name for opened in ledger.accounts()]
    accounts = [(ledger.account(name), ledger.balance(name), ledger.reservations(name)) for name in names]
    if as_json:
        print_json([_as_json(*facts) for facts in accounts])
        return
    for facts in accounts:
        _print_account(*facts)
    if not accounts:
        echo("no account is open; see `synth-assets budget open --help`")


@budget.command("history")
@click.argument("account", required=False, shell_complete=complete_account)
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values for a spreadsheet.")
def show_history(*, account: str | None, as_json: bool, as_csv: bool) -> None:
    """Show who did what, when and why."""
    from synth_assets.ledger.budget import history

    events = [{name: getattr(event, name) for name in event.__slots__} for event in history(current_ledger(), account)]
    if as_json:
        print_json(events)
    elif as_csv:
        print_csv(events)
    else:
        columns = ("time", "account", "what", "by", "login", "dataset", "reason")
        print_table(columns, [[event[name] or "" for name in columns] for event in events])


@budget.command("windows")
@click.argument("parent", shell_complete=complete_account)
@click.option("--count", default=1, show_default=True, type=click.IntRange(min=1), help="Windows in a row.")
def windows(*, parent: str, count: int) -> None:
    """Show what somebody loses at most who is present in COUNT windows of PARENT in a row."""
    from synth_assets.ledger.budget import worst_windows

    ledger = current_ledger()
    balance = ledger.balance(parent)
    if not any(child.parent == parent and child.window for child in ledger.accounts()):
        raise UsageError(
            f"account {parent!r} has no accounts of windows below it, so nothing adds up over windows",
            hint=f"`synth-assets budget show {parent}` shows what is spent; a window is an account with --parent and "
            "--window",
        )
    loss = worst_windows(ledger, parent, windows=count)
    many = "1 window" if count == 1 else f"{count} windows in a row"
    epsilon = f"epsilon {balance.epsilon_of(loss):.4f} at delta {balance.delta:g}"
    echo(f"{parent}, {many}: at most {epsilon} (rho {loss.rho:.6g})")


@budget.command("set-cap")
@click.argument("account", shell_complete=complete_account)
@click.option("--epsilon", type=float, required=True)
@click.option("--delta", type=float, required=True)
@click.option("--threshold-delta", type=float, help="The part of --delta that thresholds may use; default: as before.")
@click.option("--reason", default="", help="Why, in one line, for the history.")
def set_cap(*, account: str, epsilon: float, delta: float, threshold_delta: float | None, reason: str) -> None:
    """Replace the cap of ACCOUNT; below what is spent, it is frozen."""
    ledger = current_ledger()
    part = ledger.balance(account).threshold_delta if threshold_delta is None else threshold_delta
    if threshold_delta is None and part >= delta > 0:
        raise UsageError(
            f"thresholds of account {account!r} may use delta {part:g}, which is not below --delta {delta:g}",
            hint="say --threshold-delta too: it stays as it was unless you do",
        )
    ledger.set_cap(account, Cap(epsilon=epsilon, delta=delta, threshold_delta=part), by=who(), reason=reason)
    state = "frozen: more is spent already" if ledger.balance(account).frozen else "in force"
    kept = f", of which thresholds may use {part:g}{' as before' if threshold_delta is None else ''}" if part else ""
    echo(f"account {account}: at most epsilon {epsilon:g} at delta {delta:g}{kept}, {state}")


@budget.command("close")
@click.argument("account", shell_complete=complete_account)
@click.option("--reason", default="", help="Why, in one line, for the history.")
def close(*, account: str, reason: str) -> None:
    """Close ACCOUNT permanently; what was charged stays visible."""
    current_ledger().close_account(account, by=who(), reason=reason)
    echo(f"account {account} is closed")


def _print_account(account: Account, balance: Balance, reservations: tuple[Reservation, ...]) -> None:
    share = (balance.spent.nano_rho + balance.reserved.nano_rho) / max(1, balance.cap.nano_rho)
    state = " closed" if balance.closed else " frozen" if balance.frozen else ""
    echo(f"{balance.account}{state}", bold=True)
    echo(f"  {account.population}: {account.unit.describe()}")
    echo(f"  {spent_bar(share)} {share:.0%} of rho {balance.cap.rho:.6g}")
    echo(f"  spent epsilon {balance.epsilon_spent:.4f} of {balance.epsilon_cap:g} at delta {balance.delta:g}")
    left = rounded(balance.epsilon_left, up=False)
    echo(f"  left rho {balance.remaining.rho:.6g}: one release may ask for epsilon {left} at delta {balance.delta:g}")
    if balance.cap.atto_delta:
        spent, cap = balance.spent.atto_delta / ATTO, balance.cap.atto_delta / ATTO
        echo(f"  thresholds spent delta {spent:g} of {cap:g}")
    for part, charges in balance.parts.items():
        held = f" and {charges.reserved.rho:.6g} held" if charges.reserved.nano_rho else ""
        echo(f"  {PART_NAMES[part]:<8} spent rho {charges.spent.rho:.6g}{held} for themselves")
    if balance.split is not None:
        echo(f"  {balance.split.share:g} of the units are held out; the account pays the larger of the two")
    rows = [
        (
            reservation.request.dataset,
            reservation.request.version,
            "candidate" if reservation.request.asks_people else "release",
            PART_NAMES.get(reservation.part or "", "all"),
            reservation.attempt,
            reservation.state.value,
            f"{reservation.loss.rho:.6g}",
            reservation.request.by,
        )
        for reservation in reservations
    ]
    if rows:
        names = ["  dataset", "version", "of", "units", "attempt", "state", "rho", "by"]
        print_table(names, [("  " + row[0], *row[1:]) for row in rows])


def _as_json(account: Account, balance: Balance, reservations: tuple[Reservation, ...]) -> dict[str, Any]:
    return {
        "account": balance.account,
        "population": account.population,
        "unit": account.unit.as_json(),
        "cap": {"epsilon": balance.epsilon_cap, "delta": balance.delta, **_loss_json(balance.cap)},
        "spent": {"epsilon": balance.epsilon_spent, **_loss_json(balance.spent)},
        "reserved": _loss_json(balance.reserved),
        "remaining": {"epsilon": balance.epsilon_left, **_loss_json(balance.remaining)},
        **_split_json(balance),
        "frozen": balance.frozen,
        "closed": balance.closed,
        "charges": [
            {
                "reservation": reservation.id,
                "dataset": reservation.request.dataset,
                "source": reservation.request.source,
                "version": reservation.request.version,
                "attempt": reservation.attempt,
                "state": reservation.state.value,
                **_loss_json(reservation.loss),
                "release": reservation.release_digest,
                **({"part": reservation.part} if reservation.part else {}),
                "by": reservation.request.by,
                "run_id": reservation.request.run_id,
            }
            for reservation in reservations
        ],
    }


def _split_json(balance: Balance) -> dict[str, Any]:
    if balance.split is None:
        return {}
    parts = {
        part: {"spent": _loss_json(charges.spent), "reserved": _loss_json(charges.reserved)}
        for part, charges in balance.parts.items()
    }
    return {"split": {"share_held_out": balance.split.share, "parts": parts}}


def _loss_json(loss: PrivacyLoss) -> dict[str, int]:
    return {"nano_rho": loss.nano_rho, "atto_delta": loss.atto_delta}
