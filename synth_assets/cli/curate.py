"""``curate CONTRACT``: exact figures of a candidate, for the curator's store alone."""

from pathlib import Path

import click

from synth_assets.cli.candidates import candidate_option, chosen_candidate
from synth_assets.cli.output import progress, who
from synth_assets.cli.terminal import echo
from synth_assets.contract.yaml_file import read_contract
from synth_assets.workspace import Workspace

__all__ = ["curate"]


@click.command()
@click.argument("contract", type=click.Path(path_type=Path))
@candidate_option
@click.option("--reason", required=True, help="Why, in one line: every later version of the account says so.")
def curate(*, contract: Path, candidate: str | None, reason: str) -> None:
    """Compute the gates of CONTRACT exactly, into the curator's store, and say where.

    An officer must have opened the account to curators. The ledger records the reading, and every later version lists
    it: no epsilon covers what is decided on exact figures.
    """
    from synth_assets.evaluation.curate import curate as compute
    from synth_assets.ledger.open import existing_ledger
    from synth_assets.release import load_release

    workspace, dataset_contract = Workspace.current(), read_contract(contract)
    chosen = chosen_candidate(workspace.candidates(dataset_contract.name), candidate)
    path = compute(
        dataset_contract,
        chosen,
        load_release(workspace.releases / chosen.release),
        workspace=workspace,
        ledger=existing_ledger(workspace),
        by=who(),
        reason=reason,
        progress=progress,
    )
    echo(f"exact figures of candidate {chosen.digest[:12]} are in {path}")
    echo("they stay there: no epsilon covers what is decided on them, and later versions of this account say so")
