"""``contract check`` and ``contract suite``: the public description and the checks that follow from it."""

from pathlib import Path

import click

from synth_assets.cli.output import json_option, print_json
from synth_assets.cli.terminal import echo
from synth_assets.contract_file import contract_text, faults_of, find_contracts, read_contract
from synth_assets.errors import UsageError
from synth_assets.workspace import Workspace

__all__ = ["contract"]


@click.group()
def contract() -> None:
    """Check contracts, and generate what follows from them."""


@contract.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@json_option
def check_contract(paths: tuple[Path, ...], *, as_json: bool) -> int:
    """Show every fault of each contract with its position; all contracts of the project by default."""
    files = [path / "defs.yaml" if path.is_dir() else path for path in paths] or find_contracts(
        Workspace.current().root
    )
    if not files:
        raise UsageError("there is no contract here", hint="give the path of a defs.yaml")
    faults = [fault for file in files for fault in faults_of(contract_text(file), str(file))]
    if as_json:
        listed = [{name: getattr(fault, name) for name in fault.__slots__} for fault in faults]
        print_json({"contracts": [str(file) for file in files], "faults": listed})
    else:
        for fault in faults:
            echo(str(fault))
        echo(f"{len(files)} contracts, {len(faults)} faults", err=True)
    return 2 if faults else 0


@contract.command("suite")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--write", is_flag=True, help="Write the generated entries; hand-written ones stay.")
def suite(paths: tuple[Path, ...], *, write: bool) -> int:
    """Compare each contract's suite with what follows from it, or write it."""
    from synth_assets.checks.suite import suite_drift, write_suite

    root = Workspace.current().root
    drifted = 0
    for path in paths or find_contracts(root):
        found = read_contract(path)
        target = root / found.suite_path
        if write:
            write_suite(found, target)
            echo(f"wrote {found.suite_path}")
            continue
        drift = suite_drift(found, target)
        drifted += bool(drift)
        for line in drift:
            echo(f"{found.suite_path}: {line}")
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
