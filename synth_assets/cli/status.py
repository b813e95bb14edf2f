"""``status``: what is promoted, what differs from it, and what to do about each difference."""

from pathlib import Path
from typing import Any

import click

from synth_assets.cli.contracts import contract_arguments, read_contract
from synth_assets.cli.output import json_option, print_json, print_table
from synth_assets.cli.terminal import echo
from synth_assets.errors import ContractError
from synth_assets.workspace import Workspace

__all__ = ["status"]

_BROKEN = "contract cannot be read"
_COLOURS = {"in order": "green", "nothing is promoted": None, "needs repair": "red", _BROKEN: "red"}


@click.command()
@contract_arguments
@click.option(
    "--repair",
    is_flag=True,
    help="Bring back what a crash left behind, or an altered byte in the shared storage.",
)
@json_option
def status(*, contracts: tuple[Path, ...], repair: bool, as_json: bool) -> int:
    """Show each dataset's promoted version and what differs from it.

    Exit code 3 when something needs repair, 2 when a contract cannot be read; the others are shown.
    """
    from synth_assets.contract.documents import addresses_in, find_contracts
    from synth_assets.contract.partitions import named_members
    from synth_assets.integrations.status import dataset_status

    workspace = Workspace.current()
    states, broken = dict[str, dict[str, Any]](), dict[str, ContractError]()
    given = [address for named in contracts for address in addresses_in(named)]
    for path in given or find_contracts(workspace.root):
        try:
            contract = read_contract(path)
        except ContractError as error:
            broken[str(path)] = error
            continue
        members = [member for _, member in named_members([(path, contract)], workspace.promoted_datasets())]
        for member in members or [contract]:
            states[member.name] = dataset_status(member, workspace=workspace, repair_now=repair)
    if as_json:
        print_json({**states, **{path: _unreadable(error) for path, error in broken.items()}})
    else:
        _show(states, broken)
    if any(state["needs_repair"] for state in states.values()):
        return 3
    return ContractError.exit_code if broken else 0


def _unreadable(error: ContractError) -> dict[str, Any]:
    """Return the state of a dataset whose contract cannot be read: nobody knows what is promoted under it."""
    difference = {"part": "contract", "said": error.message, "hint": error.hint}
    return {
        "version": None,
        "state": _BROKEN,
        "needs_repair": False,
        "differences": [difference],
        "repaired": [],
        "put_again": [],
    }


def _show(states: dict[str, dict[str, Any]], broken: dict[str, ContractError]) -> None:
    """Print one line for each dataset, then one for each difference with what to do, then what cannot be read."""
    rows = [(name, (state["version"] or "-")[:12], state["state"]) for name, state in states.items()]
    rows += [(path, "-", _BROKEN) for path in broken]
    colours = [_COLOURS.get(state, "yellow") for _, _, state in rows]
    print_table(["dataset", "version", "state"], rows, verdict=2, colours=colours)
    for name, state in states.items():
        for part in state["repaired"]:
            echo(f"{name}: {part} was repaired")
        if state["put_again"]:
            echo(f"{name}: put into the storage again: {', '.join(state['put_again'])}")
        for difference in state["differences"]:
            echo(f"{name}: {difference['part']}: {difference['said']}\n  hint: {difference['hint']}")
    for path, error in broken.items():
        echo(f"{path}: {error}", err=True)
