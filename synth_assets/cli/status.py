"""``status``: what is promoted, what differs from it, and what to do about each difference."""

from pathlib import Path
from typing import Any

import click

from synth_assets.cli.output import json_option, print_json, print_table
from synth_assets.cli.terminal import echo
from synth_assets.contract.yaml_file import find_contracts, read_contract
from synth_assets.workspace import Workspace

__all__ = ["status"]


@click.command()
@click.argument("contracts", nargs=-1, type=click.Path(path_type=Path))
@click.option("--repair", is_flag=True, help="Bring back what a crash left behind: files, DVC, the model alias.")
@json_option
def status(*, contracts: tuple[Path, ...], repair: bool, as_json: bool) -> int:
    """Show each dataset's promoted version and what differs from it; exit code 3 when something needs repair."""
    from synth_assets.integrations.versions import dataset_status

    workspace = Workspace.current()
    dataset_contracts = [read_contract(path) for path in contracts or tuple(find_contracts(workspace.root))]
    states = {
        contract.name: dataset_status(contract, workspace=workspace, repair_now=repair)
        for contract in dataset_contracts
    }
    if as_json:
        print_json(states)
    else:
        _show(states)
    return 3 if any(state["needs_repair"] for state in states.values()) else 0


def _show(states: dict[str, dict[str, Any]]) -> None:
    """Print one line for each dataset, then one for each difference with what to do."""
    rows = [(name, (state["version"] or "-")[:12], state["state"]) for name, state in states.items()]
    print_table(["dataset", "version", "state"], rows)
    for name, state in states.items():
        for part in state["repaired"]:
            echo(f"{name}: {part} was repaired")
        for difference in state["differences"]:
            echo(f"{name}: {difference['part']}: {difference['said']}\n  hint: {difference['hint']}")
