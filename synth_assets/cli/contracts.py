"""Which contract a command means: a path, an address such as ``defs.yaml#visits``, or the name of a dataset."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from synth_assets.contract import DatasetContract

__all__ = ["ContractPath", "contract_argument", "contract_arguments", "from_here", "read_contract"]


class ContractPath(click.ParamType):  # type: ignore[type-arg]  # newer versions alone have one
    """Finds a dataset by its name where nothing has that path; a shell completes both."""

    name = "contract"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ARG002 - click's signature
        """Return the address that is meant.

        Raises:
            ContractError: no dataset of the project, or several, have this name.
        """
        from synth_assets.contract.documents import named_contract

        given = Path(str(value))
        meant = named_contract(given, Workspace.current().root)
        return meant if meant == given else from_here(meant)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002 - same
        """Return the names of the project's datasets, then files."""
        from synth_assets.contract.documents import names_below

        names = sorted(set(names_below(Workspace.current().root).values()))
        found = [CompletionItem(name) for name in names if name.startswith(incomplete)]
        return [*found, CompletionItem(incomplete, type="file")]


contract_argument = click.argument("contract", type=ContractPath())
contract_arguments = click.argument("contracts", nargs=-1, type=ContractPath())


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
