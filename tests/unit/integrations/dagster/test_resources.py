"""The ledger's address and what computes, as resources."""

from pathlib import Path

import pytest

from synth_assets.generator.compute import Compute
from synth_assets.integrations.dagster.resources import ComputeResource, CountingResource, PrivacyLedgerResource
from synth_assets.workspace import Workspace


def test_the_ledger_is_the_workspaces_unless_an_address_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SYNTH_ASSETS_LEDGER", raising=False)
    workspace = Workspace(root=tmp_path)
    PrivacyLedgerResource().open(workspace)
    assert (tmp_path / ".synth-assets" / "ledger.db").is_file()

    PrivacyLedgerResource(url=f"sqlite:///{tmp_path / 'other.db'}").open(workspace)
    assert (tmp_path / "other.db").is_file()


def test_steps_compute_here_on_the_cpu_unless_configured_otherwise() -> None:
    assert ComputeResource().compute() == Compute(device="cpu", workers=1)
    assert ComputeResource(device="cuda", workers=3).compute() == Compute(device="cuda", workers=3)


def test_rows_are_counted_here_unless_configured_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYNTH_ASSETS_WORKERS", raising=False)
    workspace = Workspace(root=tmp_path)
    assert CountingResource().of(workspace).counted_by == "local"
    monkeypatch.setenv("SYNTH_ASSETS_WORKERS", "processes:2")
    assert CountingResource().of(workspace).counted_by == "processes:2"
    assert CountingResource(workers="dask://scheduler:8786").of(workspace).counted_by == "dask://scheduler:8786"
