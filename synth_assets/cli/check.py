"""``check CONTRACT``: the checks on the newest candidate, outside Dagster.

Public ones are free, however often. Gates ask real people, which costs: only ``--measure`` does that, and only if
the public checks passed; what was measured before is shown without it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synth_assets.cli.candidates import candidate_option, chosen_candidate
from synth_assets.cli.compute import workers_option
from synth_assets.cli.contracts import contract_argument, from_here, read_contract
from synth_assets.cli.output import json_option, print_json, print_table, progress, who
from synth_assets.cli.terminal import echo
from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from synth_assets.candidate import Candidate
    from synth_assets.checks import CheckResult
    from synth_assets.contract import DatasetContract

__all__ = ["check"]


@click.command()
@contract_argument
@candidate_option
@click.option("--measure", is_flag=True, help="Ask real people for the contract's gates, which is charged once.")
@workers_option
@json_option
def check(*, contract: Path, candidate: str | None, measure: bool, workers: int, as_json: bool) -> int:
    """Run the suite on a candidate and show each result; exit code 1 if a blocking check fails.

    Gates that were not measured are shown as `not asked`, and do not fail.
    """
    from synth_assets.candidate.at_hand import release_at_hand
    from synth_assets.checks import run_suite
    from synth_assets.generator.compute import Compute
    from synth_assets.promotion import context_of, write_page

    workspace, dataset_contract = Workspace.current(), read_contract(contract)
    chosen = chosen_candidate(workspace, dataset_contract.name, candidate)
    release = release_at_hand(workspace, chosen.release)
    with Compute(workers=workers).pool() as executor:
        if measure:
            _measure(dataset_contract, chosen, workspace, executor=executor)
        results, basis = run_suite(
            dataset_contract,
            chosen,
            release,
            suite=workspace.root / dataset_contract.suite_path,
            context=context_of(dataset_contract, chosen, workspace=workspace),
            executor=executor,
        )
    page = write_page(basis, chosen, results, workspace=workspace, warn=progress)
    if as_json:
        print_json([result.as_json() for result in results])
    else:
        rows = [(_word(result), result.name, result.severity, result.description) for result in results]
        print_table(["", "check", "severity", "what was seen"], rows, colours=[_colour(result) for result in results])
    if page is not None:
        echo(f"page: {from_here(page)}", err=as_json)
    return int(any(_word(result) == "FAILED" and result.severity == "critical" for result in results))


def _measure(
    contract: "DatasetContract", candidate: "Candidate", workspace: Workspace, *, executor: "Executor | None"
) -> None:
    """Ask real people, unless they were asked about this candidate before or a public check fails."""
    from synth_assets.integrations.versions import measure_candidate
    from synth_assets.ledger.open import existing_ledger

    results = measure_candidate(
        contract,
        candidate,
        workspace=workspace,
        ledger=existing_ledger(workspace),
        by=who(),
        executor=executor,
        progress=progress,
    )
    if not results:
        progress("the contract has no gates, so there is nothing to ask")


def _word(result: "CheckResult") -> str:
    return "passed" if result.passed else "FAILED" if result.asked else "not asked"


def _colour(result: "CheckResult") -> str:
    """Red is what keeps a candidate from being promoted."""
    if result.passed:
        return "green"
    return "red" if result.asked and result.severity == "critical" else "yellow"
