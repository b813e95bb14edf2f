"""What DVC will refuse is seen before; the real DVC is asked, in real repositories."""

import os
import subprocess
from pathlib import Path

import pytest
from dvc.repo import Repo
from kit.project import Project

from synth_assets.errors import Fault
from synth_assets.integrations.dvc_readiness import (
    cache_folder,
    dvc_findings,
    git_folder,
    has_repository,
    make_repository,
)

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("away")]


def git(root: Path) -> None:
    subprocess.run(["git", "init", "-q", str(root)], check=True)


def faults(checked: Project) -> list[tuple[str, str]]:
    """Return every fault with its hint."""
    findings = dvc_findings(checked.contract, checked.root)
    assert all(finding.what == "DVC" for finding in findings)
    return [(finding.detail, finding.hint) for finding in findings if finding.state == "fault"]


def test_a_good_repository_gets_one_good_finding_and_is_left_as_it_is(checked: Project) -> None:
    before = sorted(checked.root.rglob("*"))
    (finding,) = dvc_findings(checked.contract, checked.root)
    assert finding.state == "good"
    assert [path for path in sorted(checked.root.rglob("*")) if ".dvc/tmp" not in str(path)] == before


@pytest.mark.parametrize(
    ("with_git", "program", "hint"),
    [
        (True, True, "run `dvc init` in the project's folder"),
        (False, True, "`git init` and `dvc init`"),
        (False, False, "install git, then `git init` and `dvc init`"),
    ],
    ids=["git", "no repository", "no git at all"],
)
def test_without_a_repository_the_command_is_shown(
    checked: Project, monkeypatch: pytest.MonkeyPatch, hint: str, *, with_git: bool, program: bool
) -> None:
    (checked.root / ".dvc" / "config").unlink()
    (checked.root / ".dvc").rmdir()
    if with_git:
        git(checked.root)
    if not program:
        monkeypatch.setenv("PATH", "/nonexistent")
    ((detail, message),) = faults(checked)
    assert "no DVC repository" in detail
    assert hint in message
    assert cache_folder(checked.root) is None


def test_below_a_git_repository_dvc_needs_the_subdir_option(checked: Project, tmp_path: Path) -> None:
    (checked.root / ".dvc" / "config").unlink()
    (checked.root / ".dvc").rmdir()
    git(tmp_path)
    assert git_folder(checked.root) == tmp_path
    ((_, message),) = faults(checked)
    assert "`dvc init --subdir`" in message
    make_repository(checked.root)
    assert has_repository(checked.root)
    assert faults(checked) == []


def test_a_repository_is_made_as_dvc_makes_it(checked: Project) -> None:
    (checked.root / ".dvc" / "config").unlink()
    (checked.root / ".dvc").rmdir()
    git(checked.root)
    make_repository(checked.root)
    with Repo(str(checked.root)) as repo:
        assert Path(repo.root_dir) == checked.root
    assert cache_folder(checked.root) == checked.root / ".dvc" / "cache" / "files" / "md5"
    with pytest.raises(Fault, match="DVC did not make a repository"):
        make_repository(checked.root)


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        (".dvc/config", "[core\n", "config file error"),
        (".dvc/config", "[core]\n    unheard_of = 1\n", "config file error"),
        ("dvc.yaml", "stages: [\n", "dvc.yaml"),
        ("dvc.yaml", "stages:\n  people:\n    foo: 1\n", "dvc.yaml"),
        ("data.dvc", "outs:\n- md5: d751713988987e9331980363e24189ce.dir\n  path: data\n", "by data.dvc"),
        (".dvcignore", "data/\n", ".dvcignore leaves data/promoted/people/version out"),
    ],
)
def test_files_that_dvc_will_not_take_are_faults(checked: Project, file: str, text: str, words: str) -> None:
    (checked.root / file).write_text(text)
    assert any(words in detail and hint for detail, hint in faults(checked)), faults(checked)


def test_a_dvc_yaml_that_git_ignores_is_a_fault(checked: Project) -> None:
    git(checked.root)
    (checked.root / "dvc.yaml").unlink()
    (checked.root / ".gitignore").write_text("dvc.yaml\n")
    assert ["git ignores dvc.yaml" in detail for detail, _ in faults(checked)] == [True]


def test_a_contract_that_cannot_be_found_gets_no_stage(checked: Project) -> None:
    file = checked.definition
    file.rename(file.with_name("people.yaml"))
    assert faults(checked) == []  # the stage is there already
    (checked.root / "dvc.yaml").unlink()
    ((detail, hint),) = faults(checked)
    assert "gets no stage" in detail
    assert "defs.yaml" in hint


def test_two_contracts_of_one_name_are_a_fault(checked: Project) -> None:
    folder = checked.root / "defs" / "again"
    folder.mkdir()
    (folder / "defs.yaml").write_text(checked.definition.read_text())
    ((detail, _),) = faults(checked)
    assert "defs/again/defs.yaml" in detail


def test_a_stage_of_others_is_kept_unless_it_has_the_name_of_the_dataset(checked: Project) -> None:
    (checked.root / "dvc.yaml").write_text("stages:\n  mine:\n    cmd: 'true'\n")
    assert faults(checked) == []
    (checked.root / "dvc.yaml").write_text("stages:\n  people:\n    cmd: 'true'\n")
    ((detail, hint),) = faults(checked)
    assert "stage 'people' of dvc.yaml is not a dataset's" in detail
    assert "rename that stage" in hint


def test_a_cache_elsewhere_is_found(checked: Project, tmp_path: Path) -> None:
    (checked.root / ".dvc" / "config").write_text(f"[cache]\n    dir = {tmp_path / 'cache'}\n")
    assert cache_folder(checked.root) == tmp_path / "cache" / "files" / "md5"
    assert not os.path.lexists(tmp_path / "cache")
