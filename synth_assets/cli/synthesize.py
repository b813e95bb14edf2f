"""``synthesize CONTRACT --out DIR``: release, fit, sample without Dagster; same code, same ledger."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synth_assets.cli.compute import fit_options
from synth_assets.cli.contracts import contract_argument, read_contract
from synth_assets.cli.output import json_option, located, print_json, progress, who
from synth_assets.cli.terminal import echo
from synth_assets.errors import UsageError
from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from synth_assets.candidate import Candidate
    from synth_assets.obtain.release import ObtainedRelease

__all__ = ["synthesize"]


@click.command()
@contract_argument
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the shards.")
@click.option("--seed", default=0, show_default=True)
@click.option("--rows", type=click.IntRange(min=1), help="Rows to sample; default: what the contract says.")
@fit_options
@json_option
def synthesize(  # noqa: PLR0913 - one parameter per option
    *,
    contract: Path,
    out: Path,
    seed: int,
    rows: int | None,
    fit_seed: int,
    device: str,
    workers: int,
    as_json: bool,
) -> None:
    """Measure (once), fit and sample into DIR; no checks, no promotion."""
    from synth_assets.candidate import write_candidate
    from synth_assets.candidate.model import CANDIDATES
    from synth_assets.generator.compute import Compute
    from synth_assets.generator.store import FITTED, fit_generator
    from synth_assets.integrations.readiness import must_pay, refuse_unready, sampling_findings
    from synth_assets.ledger.open import existing_ledger
    from synth_assets.obtain import obtain_release
    from synth_assets.storage import share

    workspace, dataset_contract = Workspace.current(), read_contract(contract)
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out} is not empty", hint="give a new folder: nothing is overwritten")
    ledger = existing_ledger(workspace)
    progress("release")
    with located(contract):
        if must_pay(dataset_contract, ledger):
            registered = ledger.source(dataset_contract.source)
            findings = sampling_findings(dataset_contract, workspace, out=out, rows=rows, source=registered)
            refuse_unready(findings, warn=progress)
        obtained = obtain_release(
            dataset_contract,
            workspace=workspace,
            ledger=ledger,
            by=who(),
            reason=dataset_contract.purpose,
            progress=progress,
        )
    progress(obtained.describe())
    ledger.ensure_anchored(obtained.reservation.id)  # what is written to DIR has left
    progress("generator")
    fitted = fit_generator(
        obtained.release,
        kind=dataset_contract.generator.kind,
        options=dataset_contract.generator.options,
        seed=fit_seed,
        generators=workspace.generators(dataset_contract.name),
        device=device,
        progress=progress,
    )
    share(FITTED, fitted.folder, workspace=workspace)
    progress("candidate")
    folder = workspace.candidates(dataset_contract.name)
    with Compute(workers=workers).pool() as executor:
        candidate = write_candidate(
            dataset_contract, fitted, obtained.release, seed=seed, candidates=folder, rows=rows, executor=executor
        )
    share(CANDIDATES, candidate.folder, workspace=workspace)
    _copy(candidate, out)
    _show(candidate, obtained, out=out, as_json=as_json)


def _copy(candidate: "Candidate", out: Path) -> None:
    """Copy the shards, and the manifest under a name that pandas, Arrow and Spark leave out of a table."""
    out.mkdir(parents=True, exist_ok=True)
    for file in sorted(candidate.folder.iterdir()):
        shutil.copyfile(file, out / (f"_{file.name}" if file.suffix == ".json" else file.name))


def _show(candidate: "Candidate", obtained: "ObtainedRelease", *, out: Path, as_json: bool) -> None:
    if not as_json:
        echo(f"{candidate.rows:,} rows in {out}")
        return
    print_json(
        {
            "dataset": candidate.dataset,
            "out": str(out),
            "rows": candidate.rows,
            "candidate": candidate.digest,
            "release": obtained.release.digest,
            "reused": obtained.reused,
            "nano_rho": obtained.reservation.loss.nano_rho,
        }
    )
