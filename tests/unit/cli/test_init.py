"""``init``: an engineer's files, never over what is there, and nothing of the officer's."""

from pathlib import Path

import pytest
from kit.project import command

from synth_assets.workspace import Workspace


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_folder_becomes_a_project_without_a_ledger(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    command("init", str(workspace.root / "clinic"))
    assert sorted(contents(workspace.root / "clinic")) == [
        ".gitignore",
        "contract.schema.json",
        "dagster_project/__init__.py",
        "dagster_project/definitions.py",
        "dagster_project/defs/__init__.py",
        "pyproject.toml",
    ]
    assert not workspace.state.exists()
    printed = capsys.readouterr().out
    assert "git init && dvc init" in printed
    assert "the privacy officer, who decides about the table" in printed
    assert "--out dagster_project/defs/visits" in printed


def test_a_second_time_nothing_is_written_and_it_says_so(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    command("init", str(workspace.root))
    before = contents(workspace.root)
    (workspace.root / "dagster_project" / "definitions.py").write_text("mine\n")
    capsys.readouterr()
    command("init", str(workspace.root))
    printed = capsys.readouterr().out
    assert contents(workspace.root) == {**before, "dagster_project/definitions.py": b"mine\n"}
    assert "wrote" not in printed
    assert "this is a Dagster project already" in printed


def test_into_an_existing_project_only_what_it_lacks_is_added(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    root = workspace.root
    (root / "src" / "town" / "defs").mkdir(parents=True)
    (root / "pyproject.toml").write_text(
        '[tool.dg]\ndirectory_type = "project"\n[tool.dg.project]\nroot_module = "town"\n'
    )
    (root / ".gitignore").write_text("*.pyc\n.env")
    before = contents(root)
    command("init", str(root))
    after = contents(root)
    assert after.pop("contract.schema.json")
    assert after == {**before, ".gitignore": b"*.pyc\n.env\n.synth-assets/\n/data/\n"}
    assert "--out src/town/defs/visits" in capsys.readouterr().out
