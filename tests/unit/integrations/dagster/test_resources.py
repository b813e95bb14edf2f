"""The ledger's address as a resource."""

from pathlib import Path

import pytest

from synth_assets.integrations.dagster.resources import PrivacyLedgerResource
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
