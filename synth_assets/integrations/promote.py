"""Promotion with DVC and MLflow as its followers: what the Dagster asset and ``status`` call."""

from collections.abc import Callable, Sequence
from typing import Any

from synth_assets.candidate import load_candidate
from synth_assets.checks.evidence import CheckResult, decide
from synth_assets.checks.suite import required_checks
from synth_assets.contract import DatasetContract
from synth_assets.generator import find_generator
from synth_assets.integrations.dvc import DvcVersionStore
from synth_assets.integrations.mlflow import MlflowRegistry
from synth_assets.ledger import Ledger
from synth_assets.promotion import Promotion, promote, promotion_status, repair
from synth_assets.release import load_release
from synth_assets.workspace import Workspace

__all__ = ["dataset_status", "promote_candidate"]


def promote_candidate(  # noqa: PLR0913 - the parts of a promotion, by keyword
    contract: DatasetContract,
    digest: str,
    results: Sequence[CheckResult],
    *,
    workspace: Workspace,
    ledger: Ledger,
    progress: Callable[[str], None] = lambda _: None,
) -> Promotion:
    """Promote a candidate if every blocking check of the contract passed on exactly it.

    Raises:
        CheckRefused: a check failed, is missing or looked at another candidate.
        LedgerUnavailable: the ledger's anchor does not have what paid for the release, and cannot be given it now.
    """
    candidate = load_candidate(workspace.candidates(contract.name) / digest)
    release = load_release(workspace.releases / candidate.release)
    ledger.ensure_anchored(release.reservation)
    severities = required_checks(contract, workspace.root / contract.suite_path)
    required = [name for name, severity in severities.items() if severity == "critical"]
    promotion = promote(
        contract,
        candidate=candidate,
        release=release,
        generator=find_generator(workspace.generators(contract.name) / candidate.generator),
        results=results,
        decision=decide(results, required=required, candidate=digest),
        workspace=workspace,
        ledger_lines=ledger.export_entries(ledger.source(contract.source).account),
        versions=DvcVersionStore(workspace.root),
        registry=MlflowRegistry(workspace.mlflow_url, root=workspace.root),
    )
    progress("this version was promoted before" if promotion.reused else f"promoted version {promotion.version[:12]}")
    return promotion


def dataset_status(contract: DatasetContract, *, workspace: Workspace, repair_now: bool = False) -> dict[str, Any]:
    """Say what is promoted and whether DVC and the model alias agree; optionally bring them in line."""
    followers: dict[str, Any] = {
        "versions": DvcVersionStore(workspace.root),
        "registry": MlflowRegistry(workspace.mlflow_url, root=workspace.root),
    }
    if repair_now:
        repair(workspace, contract.name, **followers)
    found = promotion_status(workspace, contract.name, **followers)
    return {
        "version": found.promotion.version if found.promotion else None,
        "state": "; ".join(found.describe()),
        "needs_repair": not found.in_order,
    }
