"""``run CONTRACT``: the whole chain through Dagster, and a summary that says where everything is."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from synth_assets.cli.compute import fit_options
from synth_assets.cli.contracts import contract_argument
from synth_assets.cli.output import (
    json_option,
    located,
    print_findings,
    print_json,
    progress,
    spent_bar,
)
from synth_assets.cli.price import price_words
from synth_assets.cli.terminal import echo, echo_cells
from synth_assets.errors import UsageError
from synth_assets.ledger import Ledger
from synth_assets.privacy import NANO
from synth_assets.workspace import STATE, Workspace

if TYPE_CHECKING:
    from synth_assets.contract import DatasetContract
    from synth_assets.ledger.doctor import Finding
    from synth_assets.obtain.remark import Remark

__all__ = ["run"]


@click.command()
@contract_argument
@click.option(
    "--seed", default=0, show_default=True, help="Seed of the candidate; another one is another table, for free."
)
@click.option("--dry-run", is_flag=True, help="Only look whether everything is there and what it would cost.")
@fit_options
@json_option
def run(  # noqa: PLR0913 - one parameter per option
    *, contract: Path, seed: int, dry_run: bool, fit_seed: int, device: str, workers: int, as_json: bool
) -> int:
    """Materialize release, generator, candidate with its checks, and promoted, as one Dagster run.

    Before a release is paid for, everything that later steps need is looked at: DVC, MLflow, the suite, folders and
    room on the disk. Whatever is missing is said at once, and nothing is spent.
    """
    from synth_assets.contract.yaml_file import beside_contract
    from synth_assets.generator.compute import Compute
    from synth_assets.integrations.dagster.component import translator_written_in
    from synth_assets.integrations.dagster.launch import run_chain
    from synth_assets.integrations.readiness import (
        chain_findings,
        must_pay,
        refuse_unready,
        storage_findings,
        suite_findings,
        warn_of_odd,
    )
    from synth_assets.integrations.summary import summarize
    from synth_assets.ledger.open import existing_ledger

    workspace, (whole, partition) = Workspace.current(), _read(contract)
    dataset_contract = whole if partition is None else whole.of_partition(partition)
    ledger = existing_ledger(workspace)
    with located(contract):
        pays = must_pay(dataset_contract, ledger)
        registered = ledger.source(dataset_contract.source)
        if dry_run:
            findings = (
                *chain_findings(dataset_contract, workspace, pays=pays, source=registered),
                *storage_findings(workspace),
            )
            return _show_readiness(dataset_contract, findings, ledger=ledger, pays=pays, as_json=as_json)
        _offer_dvc(workspace.root)
        if pays:
            # What is odd is said by the release step.
            refuse_unready(chain_findings(dataset_contract, workspace, source=registered), warn=lambda _: None)
        else:
            odd = [*suite_findings(dataset_contract, workspace), *_free_findings(dataset_contract)]
            warn_of_odd(odd, warn=progress)
        done = run_chain(
            whole,
            workspace=workspace,
            seed=seed,
            fit_seed=fit_seed,
            compute=Compute(device=device, workers=workers),
            progress=progress,
            translator=translator_written_in(beside_contract(contract)),
            partition=None if partition is None else dataset_contract.name,
        )
    summary = summarize(dataset_contract, workspace=workspace, done=done)
    if as_json:
        print_json(summary)
    else:
        _show(summary, root=workspace.root)
    return 0


def _read(path: Path) -> "tuple[DatasetContract, str | None]":
    """Return the contract and the partition that is meant; all partitions at once are a backfill of Dagster's."""
    from synth_assets.contract.documents import has_partitions
    from synth_assets.contract.yaml_file import read_whole

    whole, partition = read_whole(path)
    if partition is None and has_partitions(path):
        raise UsageError(
            f"{whole.name} has partitions, and a run makes one of them",
            hint=f"name one, such as `synth-assets run {whole.name}_2026_11`, or start a backfill in Dagster",
        )
    return whole, partition


def _offer_dvc(root: Path) -> None:
    """Offer to make the DVC repository where a person can answer and git is there."""
    from synth_assets.integrations.dvc_readiness import git_folder, has_repository, make_repository

    if has_repository(root) or git_folder(root) is None or not sys.stdin.isatty():
        return
    echo("This project has no DVC repository, which keeps every promoted version.", err=True)
    if click.confirm("Run `dvc init` here now?", default=True, err=True):
        make_repository(root)
        echo("  DVC repository made; commit .dvc and .dvcignore", err=True)


def _show_readiness(
    contract: "DatasetContract", findings: "Sequence[Finding]", *, ledger: Ledger, pays: bool, as_json: bool
) -> int:
    """Say what is there and what is not, what speaks against the contract, and what a run would cost."""
    everything = [*_remarks(contract, ledger, pays=pays), *findings]
    ready = all(finding.state != "fault" for finding in everything)
    if as_json:
        listed = [{slot: getattr(finding, slot) for slot in finding.__slots__} for finding in everything]
        print_json({"dataset": contract.name, "ready": ready, "pays": pays, "findings": listed})
        return int(not ready)
    print_findings(everything)
    account = ledger.source(contract.source).account
    if not pays:
        echo(f"a run would cost nothing: its release was paid before{_unless_asked(contract)}")
    elif ready:
        echo(
            f"a run would cost account {account}, once, {price_words(contract, ledger.balance(account))}"
            f"{_unless_asked(contract)}"
        )
    else:
        echo("a run would be refused, and cost nothing")
    return int(not ready)


def _unless_asked(contract: "DatasetContract") -> str:
    """Say that a candidate about which nobody was asked yet costs more."""
    return "; its gates ask people about each new candidate: see `synth-assets budget plan`" if contract.gates else ""


def _remarks(contract: "DatasetContract", ledger: Ledger, *, pays: bool) -> "list[Finding]":
    """Return what `contract check` says, as findings; what is paid for is not held against the registration again."""
    from synth_assets.cli.remarks import remarks_on
    from synth_assets.obtain.preflight import remarks_on_account

    if pays:
        return [_finding(remark, refused="fault") for remark in remarks_on(contract, ledger)]
    on_account = remarks_on_account(ledger, ledger.source(contract.source), contract)
    return [*(_finding(remark, refused="fault") for remark in on_account), *_free_findings(contract)]


def _free_findings(contract: "DatasetContract") -> "list[Finding]":
    """Return what would be refused of rules and derived columns if something were paid; here the checks decide."""
    from synth_assets.obtain.on_expressions import remarks_on_expressions

    return [_finding(remark, refused="warning") for remark in remarks_on_expressions(contract) if remark.refused]


def _finding(remark: "Remark", *, refused: Literal["fault", "warning"]) -> "Finding":
    from synth_assets.ledger.doctor import Finding

    return Finding(
        what=".".join(remark.where),
        state=refused if remark.refused else "warning",
        detail=remark.message,
        hint=remark.hint,
    )


def _show(summary: dict[str, Any], *, root: Path) -> None:
    from synth_assets.checks.closeness import distance_in_words

    privacy, close = summary["privacy"], summary["closeness"]
    echo()
    echo(f" · {summary['rows']:,} synthetic rows", mark=f"{summary['dataset']} is promoted", bold=True)
    echo()
    bar = spent_bar(privacy["share_spent"], width=20)
    spent = f"epsilon {privacy['epsilon_spent']:.3f} of {privacy['epsilon_cap']:g} at delta {privacy['delta']:g}"
    echo(f"  spent      {_paid(privacy)}")
    echo(f"  release    {_labels(privacy)}")
    echo(f"  account    {privacy['account']} {bar} {spent} ({privacy['unit']})")
    passed, total = summary["checks"]["passed"], summary["checks"]["total"]
    echo_cells(["  checks   ", f"{passed} of {total} passed"], colours=[None, "green" if passed == total else "yellow"])
    echo(f"  close      {distance_in_words(close)}, limit {close['threshold']:g}")
    echo()
    for name, path in summary["places"].items():
        echo(f"  {name:<10} {path}")
    echo()
    echo(f"  next       `{_web_page(root)}` shows the lineage, the checks and the budget in Dagster")
    echo(f"             `{_program()} audit verify {summary['places']['bundle']}` checks the evidence offline")


def _paid(privacy: dict[str, Any]) -> str:
    """Say what this run paid: for the release, and for asking people about the candidate."""
    from synth_assets.evaluation.asked import WHO

    asked = [
        f"rho {nano_rho / NANO:g} of {WHO[None if part == 'all' else part]}"
        for part, nano_rho in privacy["asked_people"].items()
    ]
    if privacy["reused"] and not asked:
        return "nothing in this run (all was paid before)"
    release = "nothing for the release (paid before)" if privacy["reused"] else privacy["loss"]
    return "; asked about the candidate: ".join([release, *([" and ".join(asked)] if asked else [])])


def _labels(privacy: dict[str, Any]) -> str:
    """Say of which label the release is, and what to do when the source has moved on."""
    of, now = privacy["release_version"], privacy["source_version"]
    if of == now:
        return f"of version {of}, at which the source is"
    return (
        f"of version {of}, NOT of {now}, at which the source is now; for a release of {now}, which is charged again, "
        "write `refresh: {release: new_version}` in the contract"
    )


def _web_page(root: Path) -> str:
    """Return the command that starts Dagster's page: the demo has one of its own, and Dagster must know this home."""
    makefile = root / "Makefile"
    ours = makefile.is_file() and "\nui: setup" in makefile.read_text(errors="replace")
    if ours:
        return "make ui"
    home = Workspace(root=root).dagster_home
    usual = home == root / STATE / "dagster"  # where a run of ours goes if nothing is set
    return "DAGSTER_HOME=$PWD/.synth-assets/dagster dg dev" if usual else f"DAGSTER_HOME={home} dg dev"


def _program() -> str:
    """Return how this program was started, so that a hint can be pasted: ``.venv/bin/synth-assets`` in the demo."""
    path = Path(sys.argv[0])
    inside = path.name == "synth-assets" and path.is_absolute() and path.is_relative_to(Path.cwd())
    return str(path.relative_to(Path.cwd())) if inside else "synth-assets"
