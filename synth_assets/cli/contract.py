"""``contract draft|check|schema|suite|dvc``: the public description, and what follows from it."""

import json
from pathlib import Path

import click

from synth_assets.cli.contracts import contract_arguments, from_here, read_contract
from synth_assets.cli.draft import draft
from synth_assets.cli.output import json_option, print_json
from synth_assets.cli.replacing import refuse_replacing
from synth_assets.cli.terminal import echo
from synth_assets.errors import UsageError
from synth_assets.files import write_bytes
from synth_assets.workspace import Workspace

__all__ = ["contract"]


@click.group()
def contract() -> None:
    """Draft and check contracts, and generate what follows from them."""


contract.add_command(draft)


@contract.command("check")
@contract_arguments
@click.option("--no-ledger", is_flag=True, help="Look at the contracts alone, not at what is registered and left.")
@json_option
def check_contract(contracts: tuple[Path, ...], *, no_ledger: bool, as_json: bool) -> int:
    """Show every fault and warning of each contract with its position; all contracts of the project by default.

    One without a fault of its own is held against the ledger too, if there is one: registered names and types, unit,
    budget. No row is read. Exit code 2 if there is a fault; a warning says what is odd and allowed.
    """
    from synth_assets.cli.remarks import remarks_of_file
    from synth_assets.contract.declared import UNANSWERED
    from synth_assets.contract.documents import addresses_in, find_contracts
    from synth_assets.ledger.open import find_ledger

    workspace = Workspace.current()
    files = [_in_folder(address) for path in contracts for address in addresses_in(path)]
    files = files or [from_here(file) for file in find_contracts(workspace.root)]
    if not files:
        raise UsageError(
            f"there is no contract below {workspace.root}", hint="dg scaffold defs synth_assets.SyntheticDataset NAME"
        )
    ledger = None if no_ledger else find_ledger(workspace)
    remarks = [remark for file in files for remark in remarks_of_file(file, ledger, root=workspace.root)]
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


def _in_folder(path: Path) -> Path:
    return path / "defs.yaml" if path.is_dir() else path


def _counted(many: int, what: str) -> str:
    return f"{many} {what}" if many == 1 else f"{many} {what}s"


@contract.command("schema")
@click.option("--markdown", is_flag=True, help="The page with every key, instead of JSON Schema.")
@click.option("--out", type=click.Path(path_type=Path), help="Write it to this file, in place of an older one.")
def schema(*, markdown: bool, out: Path | None) -> None:
    """Print the JSON Schema of a contract's file, by which editors complete its keys; or the page of all keys.

    It knows the options of the kinds of generators that are installed.
    """
    from synth_assets.contract.reference import is_reference_page, reference_page
    from synth_assets.contract.schema import file_schema, is_file_schema

    text = reference_page() if markdown else json.dumps(file_schema(), indent=1, ensure_ascii=False) + "\n"
    if out is None:
        echo(text.rstrip("\n"))
        return
    kind, is_one = ("the page of keys", is_reference_page) if markdown else ("a schema of contracts", is_file_schema)
    refuse_replacing(out, kind=kind, is_one=is_one)
    write_bytes(out, text.encode())
    echo(f"wrote {out}")


@contract.command("suite")
@contract_arguments
@click.option("--write", is_flag=True, help="Write the generated entries; hand-written ones stay.")
def suite(contracts: tuple[Path, ...], *, write: bool) -> int:
    """Compare each contract's suite with what follows from it, or write it."""
    from synth_assets.checks.suite import suite_drift, write_suite
    from synth_assets.contract.documents import addresses_in, find_contracts, refuse_twins
    from synth_assets.contract.yaml_file import read_whole

    root = Workspace.current().root
    drifted = 0
    given = [address for path in contracts for address in addresses_in(path)]
    for path in given or find_contracts(root):
        dataset_contract, _ = read_whole(path)  # all partitions share one suite
        target = root / dataset_contract.suite_path
        if write:
            refuse_twins(dataset_contract.name, path, root)
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
    from synth_assets.contract.documents import find_contracts, refuse_twins
    from synth_assets.integrations.dvc_stages import dvc_yaml_drift, write_dvc_yaml

    root = Workspace.current().root
    contracts = [(path, read_contract(path)) for path in find_contracts(root)]
    for path, dataset_contract in contracts:
        refuse_twins(dataset_contract.name, path, root)
    if write:
        write_dvc_yaml(root, contracts)
        echo("wrote dvc.yaml")
        return 0
    drift = dvc_yaml_drift(root, contracts)
    for line in drift:
        echo(line)
    return 1 if drift else 0
