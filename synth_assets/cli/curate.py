"""``curate CONTRACT``: exact figures of a candidate, or a tool on exact rows, for the curator's store alone."""

import sys
from pathlib import Path
from typing import Any

import click

from synth_assets.cli.candidates import candidate_option, chosen_candidate
from synth_assets.cli.contracts import contract_argument, read_contract
from synth_assets.cli.output import progress, who
from synth_assets.cli.terminal import echo
from synth_assets.errors import UsageError
from synth_assets.workspace import Workspace

__all__ = ["curate"]

_ROWS, _MINUTES = 2000, 60


@click.command()
@contract_argument
@candidate_option
@click.option("--reason", required=True, help="Why, in one line: every later version of the account says so.")
@click.option("--tool", help="anonymeter, sdmetrics, hybrid, or the path of your own script; default: the gates.")
@click.option("--python", type=click.Path(path_type=Path), help="Interpreter of the tool's environment; default: ours.")
@click.option("--rows", type=click.IntRange(min=1), help=f"Most rows of each table for the tool; default: {_ROWS:,}.")
@click.option("--minutes", type=click.IntRange(min=1), help=f"When to end the tool; default: {_MINUTES}.")
def curate(  # noqa: PLR0913 - its options
    *,
    contract: Path,
    candidate: str | None,
    reason: str,
    tool: str | None,
    python: Path | None,
    rows: int | None,
    minutes: int | None,
) -> None:
    """Compute the gates of CONTRACT exactly, or run a tool on exact rows; the result goes to the curator's store.

    An officer must have opened the account to curators. The ledger records the reading, and every later version lists
    it: no epsilon covers what is decided on exact figures, or models that saw real rows.
    """
    from synth_assets.candidate.at_hand import release_at_hand
    from synth_assets.evaluation.curate import curate as compute
    from synth_assets.evaluation.curate import curate_with_tool
    from synth_assets.evaluation.tools.registry import chosen_tool
    from synth_assets.ledger.open import existing_ledger

    if tool is None and any(value is not None for value in (python, rows, minutes)):
        raise UsageError("--python, --rows and --minutes are about a tool", hint="add --tool, or leave them out")
    program = None if tool is None else chosen_tool(tool)
    workspace, dataset_contract = Workspace.current(), read_contract(contract)
    chosen = chosen_candidate(workspace, dataset_contract.name, candidate)
    release = release_at_hand(workspace, chosen.release)
    ledger = existing_ledger(workspace)
    told: dict[str, Any] = {"workspace": workspace, "ledger": ledger, "by": who(), "reason": reason}
    if program is None:
        path = compute(dataset_contract, chosen, release, progress=progress, **told)
        echo(f"exact figures of candidate {chosen.digest[:12]} are in {path}")
    else:
        path = curate_with_tool(
            dataset_contract,
            chosen,
            release,
            tool=program,
            python=Path(sys.executable) if python is None else python.absolute(),
            rows=rows or _ROWS,
            minutes=minutes or _MINUTES,
            **told,
        )
        echo(f"what {program.name} left for candidate {chosen.digest[:12]}, if anything, is in {path}")
    echo("they stay there: no epsilon covers what is decided on them, and later versions of this account say so")
