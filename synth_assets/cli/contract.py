"""``contract draft|check|schema|suite|dvc``: the public description, and what follows from it."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click

from synth_assets.cli.draft import draft
from synth_assets.cli.output import json_option, print_json
from synth_assets.cli.terminal import echo
from synth_assets.contract import DatasetContract
from synth_assets.contract.declared import UNANSWERED
from synth_assets.contract.yaml_file import (
    ContractFault,
    contract_text,
    fault_at,
    faults_of,
    find_contracts,
    read_contract,
)
from synth_assets.errors import UsageError
from synth_assets.evaluation.asked import gate_faults
from synth_assets.evaluation.optimistic import vague_gates
from synth_assets.ledger import Ledger
from synth_assets.obtain.on_expressions import remarks_on_expressions
from synth_assets.obtain.paid import paid_before, release_plan
from synth_assets.obtain.preflight import remarks_on_account, remarks_on_source
from synth_assets.obtain.remark import Remark
from synth_assets.workspace import Workspace

__all__ = ["contract", "remarks_on"]


@click.group()
def contract() -> None:
    """Draft and check contracts, and generate what follows from them."""


contract.add_command(draft)


@contract.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--no-ledger", is_flag=True, help="Look at the contracts alone, not at what is registered and left.")
@json_option
def check_contract(paths: tuple[Path, ...], *, no_ledger: bool, as_json: bool) -> int:
    """Show every fault and warning of each contract with its position; all contracts of the project by default.

    A contract is held against the ledger too, if there is one: registered names and types, unit, budget. No row is
    read. Exit code 2 if there is a fault; a warning says what is odd and allowed.
    """
    from synth_assets.ledger.open import find_ledger

    workspace = Workspace.current()
    files = [path / "defs.yaml" if path.is_dir() else path for path in paths]
    files = files or [_from_here(file) for file in find_contracts(workspace.root)]
    if not files:
        raise UsageError(
            f"there is no contract below {workspace.root}", hint="dg scaffold defs synth_assets.SyntheticDataset NAME"
        )
    ledger = None if no_ledger else find_ledger(workspace)
    remarks = [remark for file in files for remark in _remarks(file, ledger)]
    by_severity = {name: [remark for remark in remarks if remark.severity == name] for name in ("fault", "warning")}
    if as_json:
        listed = {
            f"{name}s": [{slot: getattr(remark, slot) for slot in remark.__slots__} for remark in group]
            for name, group in by_severity.items()
        }
        print_json({"contracts": [str(file) for file in files], "ledger": ledger is not None, **listed})
    else:
        for remark in remarks:
            echo(str(remark))
        counts = ", ".join(_counted(len(group), name) for name, group in by_severity.items())
        echo(f"{_counted(len(files), 'contract')}, {counts}", err=True)
        if unanswered := sum(remark.message.startswith(UNANSWERED) for remark in remarks):
            echo(f"  {_counted(unanswered, 'open question')}: write the answer in place of each TODO: ...", err=True)
        if ledger is None and not no_ledger:
            echo("  there is no ledger here yet: registered names, types and budgets were not looked at", err=True)
    return 2 if by_severity["fault"] else 0


def _remarks(file: Path, ledger: Ledger | None) -> list[ContractFault]:
    """Return what is wrong or odd about one contract, in the order of its lines."""
    faults = list(faults_of(contract_text(file), str(file), folder=file.parent))
    if faults:
        return faults
    dataset_contract = read_contract(file)
    placed = [
        fault_at(
            file,
            remark.where,
            message=remark.message,
            hint=remark.hint,
            severity="fault" if remark.refused else "warning",
        )
        for remark in remarks_on(dataset_contract, ledger)
    ]
    return sorted(placed, key=lambda fault: (fault.line, fault.column))


def remarks_on(dataset_contract: DatasetContract, ledger: Ledger | None) -> list[Remark]:
    """Return all that can be said of a contract before it is paid, by itself and by the ledger where there is one."""
    scenarios = _scenario_faults(dataset_contract) if dataset_contract.scenarios else ()
    odd = _columns_faults(dataset_contract)
    faults = (*gate_faults(dataset_contract), *vague_gates(dataset_contract), *scenarios, *odd)
    refused = [Remark(where=where, refused=True, message=message, hint=hint) for where, message, hint in faults]
    planned = not dataset_contract.gates or dataset_contract.evaluation.population is not None
    unplanned = () if planned else _on_unplanned(dataset_contract, ledger)
    on_ledger = _on_ledger(dataset_contract, ledger) if ledger is not None else ()
    return [*remarks_on_expressions(dataset_contract), *refused, *unplanned, *on_ledger]


def _scenario_faults(dataset_contract: DatasetContract) -> Iterator[tuple[tuple[str, ...], str, str]]:
    from synth_assets.candidate import scenario_faults

    return scenario_faults(dataset_contract)


def _columns_faults(dataset_contract: DatasetContract) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Say which columns the contract's kind of generator cannot make."""
    from synth_assets.generator.kinds import refuse_domain

    try:
        refuse_domain(dataset_contract.generator, dataset_contract.known_domain())
    except UsageError as error:
        yield ("generator",), error.message, error.hint


def _on_unplanned(dataset_contract: DatasetContract, ledger: Ledger | None) -> Iterator[Remark]:
    """Say that nobody knows yet whether gates can tell: neither a release nor the contract says how many rows."""
    with suppress(UsageError):  # an unknown source is reported by itself
        if ledger is not None:
            source = ledger.source(dataset_contract.source)
            if paid_before(ledger, source, release_plan(ledger, source, dataset_contract)):
                return
    yield Remark(
        where=("gates",),
        refused=False,
        message="nothing says how many rows there are, so not whether these gates can tell good from bad",
        hint="write about how many as `evaluation: {population: ...}`; after a release, its noisy count is used",
    )


def _on_ledger(dataset_contract: DatasetContract, ledger: Ledger) -> Iterator[Remark]:
    """Yield what the registered source, its account and the price of thresholds say about a contract."""
    try:
        source = ledger.source(dataset_contract.source)
    except UsageError as error:
        yield Remark(where=("source",), refused=True, message=error.message, hint=error.hint)
        return
    yield from remarks_on_source(source, dataset_contract)
    yield from remarks_on_account(ledger, source, dataset_contract)
    if dataset_contract.discovered_columns:
        from synth_assets.strategy.categories import noise_of_discovery

        try:
            noise_of_discovery(dataset_contract, dataset_contract.release_loss())
        except UsageError as error:
            yield Remark(where=("privacy", "spend"), refused=True, message=error.message, hint=error.hint)


def _from_here(file: Path) -> Path:
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def _counted(many: int, what: str) -> str:
    return f"{many} {what}" if many == 1 else f"{many} {what}s"


@contract.command("schema")
@click.option("--markdown", is_flag=True, help="The page with every key, instead of JSON Schema.")
@click.option("--out", type=click.Path(path_type=Path), help="Replace this file instead of printing.")
def schema(*, markdown: bool, out: Path | None) -> None:
    """Print the JSON Schema of a contract's file, by which editors complete its keys; or the page of all keys.

    It knows the options of the kinds of generators that are installed.
    """
    from synth_assets.contract.reference import reference_page
    from synth_assets.contract.schema import file_schema
    from synth_assets.files import write_bytes

    text = reference_page() if markdown else json.dumps(file_schema(), indent=1, ensure_ascii=False) + "\n"
    if out is None:
        echo(text.rstrip("\n"))
        return
    write_bytes(out, text.encode())
    echo(f"wrote {out}")


@contract.command("suite")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--write", is_flag=True, help="Write the generated entries; hand-written ones stay.")
def suite(paths: tuple[Path, ...], *, write: bool) -> int:
    """Compare each contract's suite with what follows from it, or write it."""
    from synth_assets.checks.suite import suite_drift, write_suite

    root = Workspace.current().root
    drifted = 0
    for path in paths or find_contracts(root):
        dataset_contract = read_contract(path)
        target = root / dataset_contract.suite_path
        if write:
            write_suite(dataset_contract, target)
            echo(f"wrote {dataset_contract.suite_path}")
            continue
        drift = suite_drift(dataset_contract, target)
        drifted += bool(drift)
        for line in drift:
            echo(f"{dataset_contract.suite_path}: {line}")
    if drifted:
        echo("  hint: `synth-assets contract suite --write`", err=True)
    return 1 if drifted else 0


@contract.command("dvc")
@click.option("--write", is_flag=True, help="Write dvc.yaml with a stage for every contract.")
def dvc(*, write: bool) -> int:
    """Compare the stages of dvc.yaml with their contracts, or write one for every contract.

    A dataset also gets its stage when it is first promoted.
    """
    from synth_assets.integrations.dvc import dvc_yaml_drift, write_dvc_yaml

    root = Workspace.current().root
    contracts = [(path, read_contract(path)) for path in find_contracts(root)]
    if write:
        write_dvc_yaml(root, contracts)
        echo("wrote dvc.yaml")
        return 0
    drift = dvc_yaml_drift(root, contracts)
    for line in drift:
        echo(line)
    return 1 if drift else 0
