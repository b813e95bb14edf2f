"""Which contract a command means: the name of a dataset of this project, or where its file is."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from synth_assets.contract import DatasetContract

__all__ = ["ContractPath", "contract_argument", "contract_files", "from_here", "read_contract"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


class ContractPath(click.ParamType):  # type: ignore[type-arg]  # newer versions alone have one
    """A contract as people name it: ``happiness``, or a path; a path that is there goes first."""

    name = "contract"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ARG002 - click's signature
        """Return the path of the contract's file, or what was given where no dataset has that name."""
        path = Path(value)
        if path.exists() or not _NAME.fullmatch(str(value)):
            return path
        return contract_files().get(str(value), path)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002 - same
        """Return the names of the project's datasets, then files."""
        names = [CompletionItem(name) for name in contract_files() if name.startswith(incomplete)]
        return [*names, CompletionItem(incomplete, type="file")]


contract_argument = click.argument("contract", type=ContractPath())


def contract_files() -> dict[str, Path]:
    """Return the file of each dataset of this project by the dataset's name; what cannot be read is left out."""
    import yaml

    from synth_assets.bounded_yaml import check_bounds
    from synth_assets.contract.yaml_file import contract_text, find_contracts
    from synth_assets.errors import ContractError

    files: dict[str, Path] = {}
    for file in find_contracts(Workspace.current().root):
        try:
            text = contract_text(file)
            check_bounds(text)
            files.setdefault(str(yaml.safe_load(text)["attributes"]["name"]), from_here(file))
        except (ContractError, yaml.YAMLError, ValueError, KeyError, TypeError):
            continue
    return files


def from_here(file: Path) -> Path:
    """Return a path as it is seen from the current folder, if it is below it."""
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def read_contract(path: Path) -> "DatasetContract":
    """Read a contract, which loads what its columns and expressions take.

    Raises:
        ContractError: when there is no such file, or with all of its faults.
    """
    from synth_assets.contract.yaml_file import read_contract as read

    return read(path)
