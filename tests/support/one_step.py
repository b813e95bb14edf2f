"""One step of the made-up project's chain as a Dagster run of its own, in a process of its own.

Argument: ``release``, ``generator``, ``candidate``, ``checks`` or ``promoted``.
"""

import logging
import os
import sys

import dagster as dg

from synth_assets.contract.documents import find_contracts
from synth_assets.contract.yaml_file import read_contract
from synth_assets.integrations.dagster.definitions import build_dataset
from synth_assets.workspace import Workspace


def main() -> None:
    """Materialize the step, or run its checks."""
    logging.getLogger("dagster").setLevel(logging.ERROR)
    workspace, step = Workspace.current(), sys.argv[1]
    (file,) = find_contracts(workspace.root)
    definitions = build_dataset(read_contract(file), root=workspace.root)
    only = dg.AssetSelection.assets(["people", step]).without_checks()
    selection = dg.AssetSelection.checks_for_assets(["people", "candidate"]) if step == "checks" else only
    with dg.DagsterInstance.from_config(os.environ["DAGSTER_HOME"]) as instance:
        done = dg.materialize(
            [*(definitions.assets or []), *(definitions.asset_checks or [])],
            selection=selection,
            instance=instance,
            resources=dict(definitions.resources or {}),
        )
    sys.exit(not done.success)


if __name__ == "__main__":
    main()
