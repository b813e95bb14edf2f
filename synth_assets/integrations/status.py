"""How a dataset's promotion stands, with DVC and MLflow as its followers: what ``status`` calls.

It imports neither of them, so that it answers in a second.
"""

from collections.abc import Mapping
from typing import Any

from synth_assets.contract import DatasetContract
from synth_assets.errors import IntegrityError
from synth_assets.integrations.dvc import DvcVersionStore
from synth_assets.integrations.mlflow import MlflowRegistry
from synth_assets.promotion import promotion_status, repair
from synth_assets.promotion.current import newest_pointer
from synth_assets.promotion.status import Difference
from synth_assets.workspace import Workspace

__all__ = ["dataset_status"]


def dataset_status(contract: DatasetContract, *, workspace: Workspace, repair_now: bool = False) -> dict[str, Any]:
    """Say what is promoted and what differs from it; optionally repair what is left behind."""
    followers: dict[str, Any] = {
        "versions": DvcVersionStore(workspace.root),
        "registry": MlflowRegistry(workspace.mlflow_url, root=workspace.root),
    }
    repaired, put = _repaired(contract.name, workspace, followers) if repair_now else ((), [])
    status = promotion_status(workspace, contract, **followers)
    return {
        "version": status.promotion.version if status.promotion else None,
        "state": status.state,
        "needs_repair": not status.in_order,
        "differences": [difference.as_json() for difference in status.differences],
        "repaired": [difference.part for difference in repaired],
        "put_again": put,
    }


def _repaired(
    dataset: str, workspace: Workspace, followers: Mapping[str, Any]
) -> tuple[tuple[Difference, ...], list[str]]:
    """Repair a dataset, and name what was repaired and what was put into the shared storage again."""
    from synth_assets.promotion.shared import put_again

    try:
        promotion = newest_pointer(workspace, dataset)
    except IntegrityError:
        promotion = None  # the status says why, and other datasets are repaired all the same
    if promotion is None:
        return (), []
    return repair(workspace, dataset, **followers), put_again(promotion, workspace=workspace)
