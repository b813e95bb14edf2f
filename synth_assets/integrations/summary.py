"""What a run ended with, as plain JSON values: spent, checked, how close, where everything is."""

import json
from pathlib import Path
from typing import Any

from synth_assets.candidate import load_candidate
from synth_assets.contract import DatasetContract
from synth_assets.integrations.dagster.launch import ChainRun
from synth_assets.ledger import open_ledger
from synth_assets.workspace import VERSIONS, WORKING_COPY, Workspace

__all__ = ["summarize"]

_PLACES = ("data", "bundle", "report", "dvc", "mlflow_run", "model")


def summarize(contract: DatasetContract, *, workspace: Workspace, done: ChainRun) -> dict[str, Any]:
    """Summarise a finished run from what its steps recorded and what the ledger says."""
    candidate = load_candidate(workspace.candidates(contract.name) / done.metadata["candidate"]["digest"])
    promoted = done.metadata["promoted"]
    return {
        "dataset": contract.name,
        "run_id": done.run_id,
        "rows": candidate.rows,
        "version": promoted["digest"],
        "privacy": _privacy(contract, workspace, done.metadata["release"], run_id=done.run_id),
        "checks": {
            "total": len(done.results),
            "passed": sum(result.passed for result in done.results),
            "failed": [result.name for result in done.results if not result.passed],
        },
        "closeness": _closeness(workspace.root / str(promoted["bundle"])),
        "places": {name: _stable(str(promoted[name]), promoted["digest"]) for name in _PLACES},
    }


def _closeness(bundle: Path) -> dict[str, Any]:
    """Return how close the version is to its release, as the gate counted it."""
    observed: dict[str, Any] = json.loads((bundle / "checks" / "fidelity.json").read_text())["observed"]
    return {name: value for name, value in observed.items() if name not in ("worst", "tables")}


def _stable(path: str, version: str) -> str:
    """Name a path below the working copy, whose path stays the same from version to version."""
    return path.replace(f"{VERSIONS}/{version}", WORKING_COPY)


def _privacy(
    contract: DatasetContract, workspace: Workspace, release: dict[str, Any], *, run_id: str
) -> dict[str, Any]:
    ledger = open_ledger(workspace.ledger_url)
    account = ledger.source(contract.source).account
    balance = ledger.balance(account)
    reservations = ledger.reservations(account)
    asked = [held for held in reservations if held.request.run_id == run_id and held.request.asks_people]
    return {
        "release": release["digest"],
        "reused": release["reused"],
        "loss": release["privacy_loss"],
        "asked_people": {str(held.part or "all"): held.loss.nano_rho for held in asked},
        "unit": contract.unit().describe(),
        "release_version": release["release_version"],
        "source_version": release["source_version"],
        "account": balance.account,
        "delta": balance.delta,
        "epsilon_cap": balance.epsilon_cap,
        "epsilon_spent": balance.epsilon_spent,
        "nano_rho_spent": balance.spent.nano_rho,
        "nano_rho_left": balance.remaining.nano_rho,
        "share_spent": balance.spent.nano_rho / max(1, balance.cap.nano_rho),
    }
