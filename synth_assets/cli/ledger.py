"""``ledger migrate|doctor|verify``: is the ledger set up, and was it rewritten?"""

from pathlib import Path

import click

from synth_assets.cli.output import json_option, print_json
from synth_assets.cli.terminal import echo
from synth_assets.ledger import open_ledger
from synth_assets.workspace import Workspace

__all__ = ["ledger"]

_COLOURS = {"good": "green", "warning": "yellow", "fault": "red"}


@click.group()
def ledger() -> None:
    """Set the ledger up, look it over, prove that nobody rewrote it."""


@ledger.command("migrate")
def migrate() -> None:
    """Make the tables, or bring them to the newest version."""
    from synth_assets.ledger.engine import make_engine
    from synth_assets.ledger.migrate import migrate as run_steps
    from synth_assets.ledger.open import BUSY_SECONDS

    step = run_steps(make_engine(Workspace.current().ledger_url, busy_seconds=BUSY_SECONDS))
    echo(f"the ledger's tables are at step {step}, the newest")


@ledger.command("doctor")
@json_option
def doctor(*, as_json: bool) -> int:
    """Look at everything on which the ledger's promises rest; exit code 3 if something is at fault."""
    from synth_assets.ledger.doctor import examine

    findings = examine(open_ledger(Workspace.current().ledger_url))
    if as_json:
        print_json([{name: getattr(item, name) for name in item.__slots__} for item in findings])
    else:
        for item in findings:
            echo(f" {item.what}: {item.detail}", mark=f"{item.state:<8}", colour=_COLOURS[item.state])
            if item.hint:
                echo(f"         hint: {item.hint}")
    return 3 if any(item.state == "fault" for item in findings) else 0


@ledger.command("verify")
@click.option("--anchor", help="Where heads were kept: file:..., git:... or https://...")
@click.option("--key", "keys", multiple=True, type=click.Path(path_type=Path), help="Public key that may sign entries.")
@click.option("--officer", "officers", multiple=True, type=click.Path(path_type=Path), help="Public key of an officer.")
@json_option
def verify(*, anchor: str | None, keys: tuple[Path, ...], officers: tuple[Path, ...], as_json: bool) -> int:
    """Read the whole book and find what was edited, deleted, cut off or put back; exit code 1 if anything was."""
    from synth_assets.ledger.anchor import open_anchor
    from synth_assets.ledger.keys import load_public_key
    from synth_assets.ledger.verify import verify_ledger

    verdict = verify_ledger(
        open_ledger(Workspace.current().ledger_url),
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
