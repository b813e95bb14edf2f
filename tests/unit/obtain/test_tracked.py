"""Git's own answers decide whether the private zone could be committed."""

import subprocess
from pathlib import Path

import pytest

from synth_assets.errors import UsageError
from synth_assets.obtain.tracked import git_would_add, refuse_tracked
from synth_assets.workspace import Workspace


@pytest.fixture
def repository(workspace: Workspace) -> Workspace:
    subprocess.run(["git", "init", "-q"], cwd=workspace.root, check=True)
    return workspace


def test_a_fresh_project_is_in_order(repository: Workspace) -> None:
    refuse_tracked(repository)
    assert (repository.state / ".gitignore").read_text() == "*\n"


def test_a_rule_of_the_project_cannot_bring_the_private_zone_back(repository: Workspace) -> None:
    (repository.root / ".gitignore").write_text("!.synth-assets/**\n!.synth-assets/private\n")
    refuse_tracked(repository)


def test_an_ignore_file_that_names_half_of_it_is_refused(repository: Workspace) -> None:
    repository.state.mkdir()
    (repository.state / ".gitignore").write_text("private\n")
    with pytest.raises(UsageError, match=r"git add \."):
        refuse_tracked(repository)


def test_an_index_that_holds_a_file_of_it_is_refused(repository: Workspace) -> None:
    (repository.private / "secret").write_text("s")
    subprocess.run(["git", "add", "-f", str(repository.private / "secret")], cwd=repository.root, check=True)
    with pytest.raises(UsageError, match="tracks 1 files") as refusal:
        refuse_tracked(repository)
    assert "git rm -r -q --cached .synth-assets" in refusal.value.hint


def test_the_ignore_file_itself_may_be_committed(repository: Workspace) -> None:
    assert repository.private.is_dir()
    subprocess.run(["git", "add", "-f", ".synth-assets/.gitignore"], cwd=repository.root, check=True)
    refuse_tracked(repository)


def test_a_hook_of_another_repository_does_not_mislead(
    repository: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    repository.state.mkdir()
    (repository.state / ".gitignore").write_text("\n")
    monkeypatch.setenv("GIT_DIR", str(tmp_path_factory.mktemp("other")))
    with pytest.raises(UsageError):
        refuse_tracked(repository)


def test_outside_a_repository_nothing_is_refused(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(Path(workspace.root).parent))
    workspace.state.mkdir()
    (workspace.state / ".gitignore").write_text("\n")
    refuse_tracked(workspace)


def test_a_file_that_a_rule_ignores_is_not_added(repository: Workspace) -> None:
    (repository.root / "a.key").write_text("made up")
    (repository.root / "-b.key").write_text("made up")
    assert git_would_add(repository.root / "a.key")
    (repository.root / ".gitignore").write_text("*.key\n")
    assert not git_would_add(repository.root / "a.key")
    assert not git_would_add(repository.root / "-b.key")
    subprocess.run(["git", "add", "-f", "a.key"], cwd=repository.root, check=True)
    assert git_would_add(repository.root / "a.key")
