"""How a dataset's promotion stands, with DVC and MLflow as its followers: what ``status`` calls.

It imports neither of them, so that it answers in a second.
"""

from typing import Any

from synth_assets.contract import DatasetContract
from synth_assets.integrations.dvc import DvcVersionStore
from synth_assets.integrations.mlflow import MlflowRegistry
from synth_assets.promotion import promotion_status, repair
from synth_assets.workspace import Workspace

__all__ = ["dataset_status"]


def dataset_status(contract: DatasetContract, *, workspace: Workspace, repair_now: bool = False) -> dict[str, Any]:
    """Say what is promoted and what differs from it; optionally repair what a crash left behind."""
    followers: dict[str, Any] = {
        "versions": DvcVersionStore(workspace.root),
        "registry": MlflowRegistry(workspace.mlflow_url, root=workspace.root),
    }
    repaired = repair(workspace, contract.name, **followers) if repair_now else ()
    status = promotion_status(workspace, contract, **followers)
    return {
        "version": status.promotion.version if status.promotion else None,
        "state": status.state,
        "needs_repair": not status.in_order,
        "differences": [difference.as_json() for difference in status.differences],
        "repaired": [difference.part for difference in repaired],
    }
