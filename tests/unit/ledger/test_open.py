"""Finding the ledger."""

from pathlib import Path

import pytest

from synth_assets.errors import UsageError
from synth_assets.ledger import open_ledger as public_open_ledger
from synth_assets.ledger.open import _create, existing_ledger, find_ledger, open_ledger
from synth_assets.workspace import Workspace


def test_the_environment_names_the_ledger_before_the_folder_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SYNTH_ASSETS_LEDGER", raising=False)
    assert Workspace(root=tmp_path).ledger_url == f"sqlite:///{tmp_path}/.synth-assets/ledger.db"
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER", f"sqlite:///{tmp_path}/other.db")
    open_ledger(root=tmp_path)
    assert (tmp_path / "other.db").exists()
    assert not (tmp_path / ".synth-assets").exists()


def test_opening_again_finds_the_same_book(tmp_path: Path) -> None:
    first, second = open_ledger(root=tmp_path), public_open_ledger(root=tmp_path)
    assert first.ledger_id() == second.ledger_id() != ""


def test_whoever_comes_second_does_not_make_the_tables_again(tmp_path: Path) -> None:
    first = open_ledger(root=tmp_path)
    before = first.ledger_id()
    _create(first)
    assert first.ledger_id() == before


def test_looking_for_a_ledger_makes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYNTH_ASSETS_LEDGER", raising=False)
    workspace = Workspace(root=tmp_path)
    assert find_ledger(workspace) is None
    assert list(tmp_path.iterdir()) == []
    opened = open_ledger(root=tmp_path)
    existing = find_ledger(workspace)
    assert existing is not None
    assert existing.ledger_id() == opened.ledger_id()
    (tmp_path / "empty.db").touch()
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER", "sqlite:///empty.db")
    assert find_ledger(workspace) is None


def test_a_ledger_that_is_not_there_is_reported_and_not_made(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="there is no ledger in") as refused:
        existing_ledger(workspace)
    assert "SYNTH_ASSETS_ROOT" in refused.value.hint
    assert list(workspace.root.iterdir()) == []
    ledger = open_ledger(workspace.ledger_url)
    assert existing_ledger(workspace).accounts() == ledger.accounts() == ()
