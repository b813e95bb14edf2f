"""``status``: what is promoted, whether every side agrees, and what the ledger holds."""

from pathlib import Path

import click

from synth_assets.cli.output import json_option, print_json, print_table
from synth_assets.contract_file import find_contracts, read_contract
from synth_assets.workspace import Workspace

__all__ = ["status"]


@click.command()
@click.argument("contracts", nargs=-1, type=click.Path(path_type=Path))
@click.option("--repair", is_flag=True, help="Bring DVC and the model alias in line with what is promoted.")
@json_option
def status(*, contracts: tuple[Path, ...], repair: bool, as_json: bool) -> int:
    """Show each dataset's promoted version; exit code 3 when a side needs repair."""
    from synth_assets.integrations.promote import dataset_status

    workspace = Workspace.current()
    found = [read_contract(path) for path in contracts or tuple(find_contracts(workspace.root))]
    states = {contract.name: dataset_status(contract, workspace=workspace, repair_now=repair) for contract in found}
    if as_json:
        print_json(states)
    else:
        print_table(
            ["dataset", "version", "state"],
            [(name, (state["version"] or "-")[:12], state["state"]) for name, state in states.items()],
        )
    return 3 if any(state["needs_repair"] for state in states.values()) else 0
