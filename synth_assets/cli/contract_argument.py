"""The argument CONTRACT of commands: a path, an address such as ``defs.yaml#visits``, or the name of a dataset."""

from pathlib import Path

import click

from synth_assets.contract.documents import named_contract
from synth_assets.workspace import Workspace

__all__ = ["CONTRACT"]


class _Contract(click.ParamType[Path]):
    """Finds a dataset by its name where nothing has that path."""

    name = "contract"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the address that is meant.

        Raises:
            ContractError: no dataset of the project, or several, have this name.
        """
        del param, ctx
        return named_contract(Path(str(value)), Workspace.current().root)


CONTRACT = _Contract()
"""Type of an argument that says which dataset is meant."""
