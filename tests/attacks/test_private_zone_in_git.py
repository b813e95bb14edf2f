"""Attack: clone the project and read the journal of draws and the curator's store from its history.

``git add .`` used to stage ``.synth-assets/private`` in every project that the
Makefile had not created, and after a push the secrets of the bounding and the
details of failed measurements were public. Git itself is run here.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from kit.project import Project, make_project

from synth_assets.errors import SynthAssetsError

STATE = ".synth-assets"


def git(root: Path, *arguments: str) -> list[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    identity = ("-c", "user.name=e", "-c", "user.email=e@localhost")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def staged(root: Path) -> list[str]:
    git(root, "add", ".")
    return [name for name in git(root, "ls-files", "--cached") if STATE in name]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.delenv("SYNTH_ASSETS_LEDGER", raising=False)
    git(tmp_path, "init", "-q")
    return make_project(tmp_path)


def refused(project: Project) -> str:
    """Return the message of a refusal, after checking that nothing was reserved."""
    before = len(list(project.ledger.entries()))
    with pytest.raises(SynthAssetsError) as refusal:
        project.obtain()
    assert len(list(project.ledger.entries())) == before
    assert project.charges == 0
    return str(refusal.value)


@pytest.mark.slow
def test_git_add_stages_nothing_of_the_state_folder(project: Project) -> None:
    assert staged(project.root) == []
    project.obtain()
    assert staged(project.root) == []


@pytest.mark.slow
def test_a_private_zone_that_was_committed_before_is_not_measured_into(project: Project) -> None:
    root = project.root
    (root / STATE / "private").mkdir(exist_ok=True)
    (root / STATE / "private" / "secret").write_text("s")
    git(root, "add", "--force", f"{STATE}/private/secret")
    git(root, "commit", "-q", "-m", "oops")
    assert "git rm -r -q --cached .synth-assets" in refused(project)
    git(root, "rm", "-r", "-q", "--cached", STATE)
    assert project.obtain().reused is False


@pytest.mark.slow
def test_a_private_zone_that_git_would_add_is_not_measured_into(project: Project) -> None:
    ignore = project.root / STATE / ".gitignore"
    ignore.write_text("# nothing is ignored here\n")
    assert ".synth-assets/.gitignore" in refused(project)
    ignore.write_text("*\n")
    assert project.obtain().reused is False


def test_a_state_folder_that_is_a_link_into_the_project_is_looked_at_where_it_points(project: Project) -> None:
    root = project.root
    (root / STATE).rename(root / "elsewhere")
    (root / STATE).symlink_to("elsewhere")
    (root / "elsewhere" / ".gitignore").unlink(missing_ok=True)
    (root / "elsewhere" / ".gitignore").write_text("!private\n")
    refused(project)


def test_a_repository_of_somebody_else_is_looked_at_too(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a repository to somebody else")
    root = project.root
    (root / STATE / ".gitignore").write_text("# nothing is ignored here\n")
    monkeypatch.delenv("SUDO_UID", raising=False)
    for path in (root, root / ".git"):
        shutil.chown(path, user="nobody")
    refused(project)


@pytest.mark.slow
def test_a_project_without_git_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYNTH_ASSETS_LEDGER", raising=False)
    assert make_project(tmp_path / "plain").obtain().reused is False


@pytest.mark.slow
def test_where_git_is_not_installed_there_is_nothing_to_look_at(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.root / STATE / ".gitignore").write_text("# nothing is ignored here\n")
    monkeypatch.setenv("PATH", "")
    assert project.obtain().reused is False
