"""``run CONTRACT``: the whole chain through Dagster, and a summary that says where everything is."""

import sys
from pathlib import Path
from typing import Any

import click

from synth_assets.cli.output import json_option, located, print_json, progress, spent_bar
from synth_assets.cli.terminal import echo
from synth_assets.contract_file import read_contract
from synth_assets.workspace import Workspace

__all__ = ["run"]


@click.command()
@click.argument("contract", type=click.Path(path_type=Path))
@click.option(
    "--seed", default=0, show_default=True, help="Seed of the candidate; another one is another table, for free."
)
@json_option
def run(*, contract: Path, seed: int, as_json: bool) -> None:
    """Materialize release, generator, candidate with its checks, and promoted, as one Dagster run."""
    from synth_assets.integrations.dagster.launch import run_chain
    from synth_assets.integrations.summary import summarize

    workspace, found = Workspace.current(), read_contract(contract)
    with located(contract):
        done = run_chain(found, workspace=workspace, seed=seed, progress=progress)
    summary = summarize(found, workspace=workspace, done=done)
    if as_json:
        print_json(summary)
    else:
        _show(summary)


def _show(summary: dict[str, Any]) -> None:
    privacy, close = summary["privacy"], summary["closeness"]
    echo()
    echo(f" · {summary['rows']:,} synthetic rows", mark=f"{summary['dataset']} is promoted", bold=True)
    echo()
    paid = "nothing in this run (the release was paid before)" if privacy["reused"] else privacy["loss"]
    bar = spent_bar(privacy["share_spent"], width=20)
    spent = f"epsilon {privacy['epsilon_spent']:.3f} of {privacy['epsilon_cap']:g} at delta {privacy['delta']:g}"
    echo(f"  spent      {paid}")
    echo(f"  account    {privacy['account']} {bar} {spent} ({privacy['unit']})")
    echo(f"  checks     {summary['checks']['passed']} of {summary['checks']['total']} passed")
    for size, words in (("one_way", "one column at a time"), ("two_way", "pairs of columns")):
        if close[size]:
            echo(f"  close      {_closeness(close[size], words)}")
    echo()
    for name, place in summary["places"].items():
        echo(f"  {name:<10} {place}")
    echo()
    echo("  next       `make ui` shows the lineage, the checks and the budget in Dagster")
    echo(f"             `{_program()} audit verify {summary['places']['bundle']}` checks the evidence offline")


def _closeness(found: dict[str, Any], words: str) -> str:
    """Say one distance with what noise and sampling explain of it."""
    return (
        f"{words}: total variation {found['distance']:.3f} to the {found['tables']} noisy tables, of which noise and "
        f"sampling explain {found['explained_by_noise_and_sampling']:.3f}"
    )


def _program() -> str:
    """Return how this program was started, so that a hint can be pasted: ``.venv/bin/synth-assets`` in the demo."""
    path = Path(sys.argv[0])
    inside = path.name == "synth-assets" and path.is_absolute() and path.is_relative_to(Path.cwd())
    return str(path.relative_to(Path.cwd())) if inside else "synth-assets"
