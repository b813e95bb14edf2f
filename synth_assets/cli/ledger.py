"""``ledger migrate|doctor|verify|anchor``: is the ledger set up, and was it rewritten?"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synth_assets.cli.book import current_ledger, made_ledger
from synth_assets.cli.output import json_option, print_findings, print_json
from synth_assets.cli.terminal import echo
from synth_assets.errors import SynthAssetsError
from synth_assets.privacy import ATTO, PrivacyLoss
from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from synth_assets.ledger.doctor import Finding
    from synth_assets.ledger.sql import SqlLedger

__all__ = ["ledger"]


@click.group()
def ledger() -> None:
    """Set the ledger up, look it over, prove that nobody rewrote it."""


@ledger.command("migrate")
def migrate() -> None:
    """Make the tables, or bring them to the newest version."""
    from synth_assets.ledger.engine import make_engine
    from synth_assets.ledger.migrate import migrate as run_steps
    from synth_assets.ledger.migrate import newest_entry
    from synth_assets.ledger.open import BUSY_SECONDS
    from synth_assets.ledger.trust import trust_of_environment

    engine = make_engine(Workspace.current().ledger_url, busy_seconds=BUSY_SECONDS)
    before = newest_entry(engine)
    step = run_steps(engine, signer=trust_of_environment().signer)
    echo(f"the ledger's tables are at step {step}, the newest")
    for line in _lines_on_migration(current_ledger(), after=before):
        echo(line)


def _lines_on_migration(book: "SqlLedger", *, after: int) -> Iterator[str]:
    """Say which accounts a migration charged more, because an older version charged too little, and which it closed."""
    from synth_assets.ledger.states import loss_from_json

    more: dict[str, PrivacyLoss] = {}
    for entry in book.entries():
        name = str(entry.account)
        if entry.seq > after and entry.kind == "CORRECTED":
            more[name] = more.get(name, PrivacyLoss(nano_rho=0)) + loss_from_json(entry.payload)
        elif entry.seq > after and entry.kind == "ACCOUNT_CLOSED":
            yield f"account {name} is closed: it read rows outside the window of the account above it"
    for name, loss in more.items():
        balance = book.balance(name)
        state = "; it is frozen, with all accounts below it, until its cap is raised" if balance.frozen else ""
        yield (
            f"account {name} was charged too little by an older version: rho {loss.rho:g} and threshold delta "
            f"{loss.atto_delta / ATTO:g} more are in its book{state} (see docs/budget.md)"
        )


@ledger.command("doctor")
@json_option
def doctor(*, as_json: bool) -> int:
    """Look at everything on which the ledger's promises rest; exit code 3 if something is at fault.

    Sources are looked for where this login may see that they are registered; nothing says where that is.
    """
    from synth_assets.ledger.doctor import examine
    from synth_assets.ledger.trust import readable_trust

    trust, unread = readable_trust()
    book = current_ledger(trust=trust)
    findings = [*examine(book, unread=unread), *_on_locations(book)]
    if as_json:
        print_json([{name: getattr(finding, name) for name in finding.__slots__} for finding in findings])
    else:
        print_findings(findings)
    return 3 if any(finding.state == "fault" for finding in findings) else 0


def _on_locations(book: "SqlLedger") -> "Iterator[Finding]":
    from synth_assets.integrations.source_readiness import source_findings
    from synth_assets.ledger.doctor import Finding

    with suppress(SynthAssetsError):  # which the examination has said
        seen = [source for source in book.sources() if source.location]
        faults = [finding for source in seen for finding in source_findings(source) if finding.state == "fault"]
        yield from faults
        if seen and not faults:
            yield Finding(what="locations", state="good", detail=f"none of {len(seen)} sources is seen to be gone")


@ledger.command("verify")
@click.option("--anchor", help="Where heads were kept: file:..., git:... or https://...")
@click.option("--key", "keys", multiple=True, type=click.Path(path_type=Path), help="Public key that may sign entries.")
@click.option("--officer", "officers", multiple=True, type=click.Path(path_type=Path), help="Public key of an officer.")
@json_option
def verify(*, anchor: str | None, keys: tuple[Path, ...], officers: tuple[Path, ...], as_json: bool) -> int:
    """Read the whole book and find what was edited, deleted, cut off or put back; exit code 1 if anything was."""
    from synth_assets.ledger.anchor import open_anchor
    from synth_assets.ledger.follow import verify_ledger
    from synth_assets.ledger.keys import load_public_key

    verdict = verify_ledger(
        current_ledger(),
        anchor=open_anchor(anchor) if anchor else None,
        keys=[load_public_key(path) for path in keys],
        officers=[load_public_key(path) for path in officers],
    )
    if as_json:
        print_json({"good": verdict.good, **{name: getattr(verdict, name) for name in verdict.__slots__}})
    else:
        for fault in verdict.faults:
            echo(f" {fault}", mark="FAULT", colour="red")
        for note in verdict.notes:
            echo(f"note  {note}")
        echo(f"{verdict.entries:,} entries read, {len(verdict.faults)} faults")
    return 0 if verdict.good else 1


@ledger.group("anchor")
def anchor_group() -> None:
    """Keep heads of the ledger where its administrator cannot rewrite them."""


@anchor_group.command("init")
def init() -> None:
    """Make the anchor that SYNTH_ASSETS_ANCHOR names, once; no run ever makes one.

    What the ledger holds at this moment is believed. Never repeat it for an anchor that vanished before you
    know why: an old backup looks just like that.
    """
    book = made_ledger()
    head = book.init_anchor()
    what = f"entry {head.seq}" if head.seq else "the empty ledger"
    where = book.trust.anchor.where if book.trust.anchor else ""
    echo(f"{where} holds {what} of ledger {head.ledger_id[:12]}; older copies are refused from now on")
