"""``check CONTRACT``: the public checks on the newest candidate, outside Dagster; free, however often."""

from pathlib import Path

import click

from synth_assets.cli.candidates import candidate_option, chosen_candidate
from synth_assets.cli.output import json_option, print_json, print_table
from synth_assets.contract.yaml_file import read_contract
from synth_assets.workspace import Workspace

__all__ = ["check"]


@click.command()
@click.argument("contract", type=click.Path(path_type=Path))
@candidate_option
@json_option
def check(*, contract: Path, candidate: str | None, as_json: bool) -> int:
    """Run the suite on a candidate and show each result; exit code 1 if a blocking check fails."""
    from synth_assets.checks import run_checks
    from synth_assets.promotion import context_of
    from synth_assets.release import load_release

    workspace, dataset_contract = Workspace.current(), read_contract(contract)
    chosen = chosen_candidate(workspace.candidates(dataset_contract.name), candidate)
    release = load_release(workspace.releases / chosen.release)
    results = run_checks(
        dataset_contract,
        chosen,
        release,
        suite=workspace.root / dataset_contract.suite_path,
        context=context_of(dataset_contract, chosen, workspace=workspace),
    )
    if as_json:
        print_json([result.as_json() for result in results])
    else:
        rows = [
            ("passed" if result.passed else "FAILED", result.name, result.severity, result.description)
            for result in results
        ]
        print_table(["", "check", "severity", "what was seen"], rows)
    return int(any(not result.passed and result.severity == "critical" for result in results))
