"""``leak-test CONTRACT``: the whole chain over a made-up table of canaries, and a search for them in every store."""

import tempfile
from pathlib import Path

import click

from synth_assets.cli.contracts import contract_argument, read_contract
from synth_assets.cli.output import json_option, located, progress
from synth_assets.cli.records import print_record
from synth_assets.cli.terminal import echo
from synth_assets.workspace import Workspace

__all__ = ["leak_test"]


@click.command("leak-test")
@contract_argument
@click.option("--seed", default=0, show_default=True, help="Seed of the made-up rows.")
@click.option("--keep", is_flag=True, help="Keep the made-up project with all that it wrote, and say where it is.")
@json_option
def leak_test(*, contract: Path, seed: int, keep: bool, as_json: bool) -> int:
    """Run the whole chain over made-up rows of CONTRACT's schema, and search every store for what may not leave.

    A minute or two. Needs no source and no account: the project, its ledger and its rows are made up in a temporary
    folder. The record goes into the bundle of the dataset's next promotion. Exit code 1: a marked value was found
    outside of the private zone, a leak that was planted on purpose was not, or a run did not end as it must.
    """
    from synth_assets.assurance.leak_test import leak_test as run_leak_test
    from synth_assets.audit.assurance import LEAK_TEST, record_path, write_record

    dataset_contract, folder = read_contract(contract), None
    if keep:
        folder = Path(tempfile.mkdtemp(prefix="leak-test-"))
        echo(f"  the made-up project stays in {folder}", err=True)
    with located(contract):
        record = run_leak_test(dataset_contract, seed=seed, keep=folder, progress=progress)
    path = record_path(Workspace.current(), LEAK_TEST, dataset=dataset_contract.name)
    write_record(record, path)
    return print_record(record, path, as_json=as_json)
