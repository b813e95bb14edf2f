"""What DVC will refuse is seen before; the real DVC is asked, in real repositories."""

import os
import subprocess
from pathlib import Path

import pytest
from dvc.repo import Repo
from made_up_project import Project

from synth_assets.errors import Fault
from synth_assets.integrations.dvc_readiness import (
    cache_folder,
    dvc_findings,
    git_folder,
    has_repository,
    make_repository,
)

pytestmark = pytest.mark.integration


def git(root: Path) -> None:
    subprocess.run(["git", "init", "-q", str(root)], check=True)


def said(project: Project) -> list[tuple[str, str]]:
    """Return every fault with its hint."""
    findings = dvc_findings(project.contract, project.root)
    assert all(finding.what == "DVC" for finding in findings)
    return [(finding.detail, finding.hint) for finding in findings if finding.state == "fault"]


def test_a_good_repository_gets_one_good_finding_and_is_left_as_it_is(project: Project) -> None:
    before = sorted(project.root.rglob("*"))
    (finding,) = dvc_findings(project.contract, project.root)
    assert finding.state == "good"
    assert [path for path in sorted(project.root.rglob("*")) if ".dvc/tmp" not in str(path)] == before


@pytest.mark.parametrize(
    ("with_git", "program", "hint"),
    [
        (True, True, "run `dvc init` in the project's folder"),
        (False, True, "`git init` and `dvc init`"),
        (False, False, "install git, then `git init` and `dvc init`"),
    ],
    ids=["git", "no repository", "no git at all"],
)
def test_without_a_repository_the_command_is_said(
    project: Project, monkeypatch: pytest.MonkeyPatch, hint: str, *, with_git: bool, program: bool
) -> None:
    (project.root / ".dvc" / "config").unlink()
    (project.root / ".dvc").rmdir()
    if with_git:
        git(project.root)
    if not program:
        monkeypatch.setenv("PATH", "/nonexistent")
    ((detail, told),) = said(project)
    assert "no DVC repository" in detail
    assert hint in told
    assert cache_folder(project.root) is None


def test_below_a_git_repository_dvc_needs_to_be_told(project: Project, tmp_path: Path) -> None:
    (project.root / ".dvc" / "config").unlink()
    (project.root / ".dvc").rmdir()
    git(tmp_path)
    assert git_folder(project.root) == tmp_path
    ((_, told),) = said(project)
    assert "`dvc init --subdir`" in told
    make_repository(project.root)
    assert has_repository(project.root)
    assert said(project) == []


def test_a_repository_is_made_as_dvc_makes_it(project: Project) -> None:
    (project.root / ".dvc" / "config").unlink()
    (project.root / ".dvc").rmdir()
    git(project.root)
    make_repository(project.root)
    with Repo(str(project.root)) as repo:
        assert Path(repo.root_dir) == project.root
    assert cache_folder(project.root) == project.root / ".dvc" / "cache" / "files" / "md5"
    with pytest.raises(Fault, match="DVC did not make a repository"):
        make_repository(project.root)


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        (".dvc/config", "[core\n", "config file error"),
        (".dvc/config", "[core]\n    unheard_of = 1\n", "config file error"),
        ("dvc.yaml", "stages: [\n", "dvc.yaml"),
        ("dvc.yaml", "stages:\n  visits:\n    foo: 1\n", "dvc.yaml"),
        ("data.dvc", "outs:\n- md5: d751713988987e9331980363e24189ce.dir\n  path: data\n", "by data.dvc"),
        (".dvcignore", "data/\n", ".dvcignore leaves data/promoted/visits/version out"),
    ],
)
def test_files_that_dvc_will_not_take_are_faults(project: Project, file: str, text: str, words: str) -> None:
    (project.root / file).write_text(text)
    assert any(words in detail and hint for detail, hint in said(project)), said(project)


def test_a_dvc_yaml_that_git_ignores_is_a_fault(project: Project) -> None:
    git(project.root)
    (project.root / "dvc.yaml").unlink()
    (project.root / ".gitignore").write_text("dvc.yaml\n")
    assert ["git ignores dvc.yaml" in detail for detail, _ in said(project)] == [True]


def test_a_contract_that_cannot_be_found_gets_no_stage(project: Project) -> None:
    (file,) = project.root.glob("dagster_project/defs/*/defs.yaml")
    file.rename(file.with_name("visits.yaml"))
    assert said(project) == []  # the stage is there already
    (project.root / "dvc.yaml").unlink()
    ((detail, hint),) = said(project)
    assert "gets no stage" in detail
    assert "defs.yaml" in hint


def test_two_contracts_of_one_name_are_a_fault(project: Project) -> None:
    (file,) = project.root.glob("dagster_project/defs/*/defs.yaml")
    other = project.root / "dagster_project" / "defs" / "again"
    other.mkdir()
    (other / "defs.yaml").write_text(file.read_text())
    ((detail, _),) = said(project)
    assert "dagster_project/defs/again/defs.yaml" in detail


def test_a_stage_of_ones_own_would_be_lost_and_is_a_fault(project: Project) -> None:
    (project.root / "dvc.yaml").write_text("stages:\n  mine:\n    cmd: 'true'\n")
    ((detail, hint),) = said(project)
    assert "'mine'" in detail
    assert "another folder" in hint


def test_a_cache_elsewhere_is_found(project: Project, tmp_path: Path) -> None:
    (project.root / ".dvc" / "config").write_text(f"[cache]\n    dir = {tmp_path / 'cache'}\n")
    assert cache_folder(project.root) == tmp_path / "cache" / "files" / "md5"
    assert not os.path.lexists(tmp_path / "cache")
