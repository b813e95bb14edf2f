"""DVC as the version store: committed by name, readable by DVC itself."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml
from dvc.repo import Repo
from kit.project import Project

from synth_assets.errors import Fault, IntegrityError, UsageError
from synth_assets.integrations.dvc import DvcVersionStore, directory_md5

pytestmark = pytest.mark.usefixtures("away")


def _content(root: Path, text: str = "rows") -> Path:
    (root / "bundle" / "checks").mkdir(parents=True)
    (root / "part-00000.parquet").write_text(text)
    (root / "bundle" / "manifest.json").write_text("{}")
    (root / "bundle" / "checks" / "a-b.json").write_text("1")
    (root / "bundle" / "checks.json").write_text("2")
    return root


def _status(root: Path) -> object:
    with Repo(str(root), config={"core": {"no_scm": True}}) as repo:
        return repo.status()


def _locked(root: Path) -> str:
    return str(yaml.safe_load((root / "dvc.lock").read_text())["stages"]["people"]["outs"][0]["md5"])


def test_our_name_of_a_folder_is_dvcs_own(checked: Project, tmp_path: Path) -> None:
    address = DvcVersionStore(checked.root).commit("people", _content(tmp_path / "v"))
    assert address == directory_md5(tmp_path / "v") == _locked(checked.root)


def test_after_a_commit_dvc_finds_nothing_to_do(checked: Project, tmp_path: Path) -> None:
    DvcVersionStore(checked.root).commit("people", _content(tmp_path / "v"))
    assert _status(checked.root) == {}


def test_a_changed_contract_or_suite_is_an_input_that_changed_and_the_same_version(
    checked: Project, tmp_path: Path
) -> None:
    store, folder = DvcVersionStore(checked.root), _content(tmp_path / "v")
    assert not store.inputs_changed("people")
    address = store.commit("people", folder)
    assert not store.inputs_changed("people")
    checked.suite.write_text(checked.suite.read_text() + "\n")
    assert (store.committed("people"), store.inputs_changed("people")) == (address, True)
    assert store.commit("people", folder) == address
    assert not store.inputs_changed("people")
    assert _status(checked.root) == {}


def test_the_folder_that_is_committed_keeps_its_bytes_and_its_place(checked: Project, tmp_path: Path) -> None:
    folder = _content(tmp_path / "v")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    store = DvcVersionStore(checked.root)
    store.commit("people", folder)
    store.commit("people", _content(tmp_path / "w", "other rows"))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_commit_that_was_cut_short_is_not_called_committed(
    checked: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = DvcVersionStore(checked.root)
    first = store.commit("people", _content(tmp_path / "v"))
    with monkeypatch.context() as patch:
        patch.setattr(DvcVersionStore, "_commit", _killed)
        with pytest.raises(KeyboardInterrupt):
            store.commit("people", _content(tmp_path / "w", "other rows"))
    assert _locked(checked.root) == first
    assert store.committed("people") is None


def test_an_altered_cache_is_not_restored(checked: Project, tmp_path: Path) -> None:
    store = DvcVersionStore(checked.root)
    address = store.commit("people", _content(tmp_path / "v"))
    for path in (checked.root / ".dvc" / "cache" / "files").rglob("*"):
        if path.is_file() and path.suffix != ".dir":
            path.chmod(0o644)
            path.write_text("altered")
    with pytest.raises(IntegrityError, match="altered"):
        store.restore(address, tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_inside_dvc_repro_the_lock_file_is_left_to_dvc(
    checked: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DVC_STAGE", "people")
    DvcVersionStore(checked.root).commit("people", _content(tmp_path / "v"))
    assert not (checked.root / "dvc.lock").exists()
    assert (checked.root / "data/promoted/people/version/part-00000.parquet").read_text() == "rows"


def test_dvc_repro_runs_the_stage_once_and_keeps_its_output(
    checked: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = checked.root
    monkeypatch.chdir(root)
    stages = yaml.safe_load((root / "dvc.yaml").read_text())
    stages["stages"]["people"]["cmd"] = "echo ran >> ran.txt"
    (root / "dvc.yaml").write_text(yaml.safe_dump(stages))
    DvcVersionStore(root).commit("people", _content(tmp_path / "v"))
    with Repo(str(root), config={"core": {"no_scm": True}}) as repo:
        assert repo.reproduce() == []
        (root / "expectations/people.json").write_text("{}")
        assert len(repo.reproduce()) == 1
        assert repo.reproduce() == []
    assert (root / "ran.txt").read_text() == "ran\n"
    assert (root / "data/promoted/people/version/part-00000.parquet").read_text() == "rows"


def test_a_clone_without_a_git_identity_commits_and_stays_clean(
    checked: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    root = checked.root
    (root / ".gitignore").write_text("data/\n.synth-assets/\n")
    (root / ".dvc" / ".gitignore").write_text("/config.local\n/tmp\n/cache\n")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    DvcVersionStore(root).commit("people", _content(tmp_path / "v"))
    tracked = ["git", "-C", str(root), "status", "--short", "--untracked-files=all", "--", "data", ".dvc", "dvc.lock"]
    listed = subprocess.run(tracked, check=True, capture_output=True, text=True).stdout.split()
    assert sorted(name for name in listed if name != "??") == [".dvc/.gitignore", ".dvc/config", "dvc.lock"]


def test_a_project_without_dvc_or_stage_is_refused_with_what_to_do(checked: Project, tmp_path: Path) -> None:
    folder = _content(tmp_path / "v")
    with pytest.raises(UsageError, match="no stage 'other'"):
        DvcVersionStore(checked.root).commit("other", folder)
    with pytest.raises(UsageError, match="no DVC repository"):
        DvcVersionStore(tmp_path).commit("people", folder)


def test_what_dvc_refuses_is_a_clear_fault(checked: Project, tmp_path: Path) -> None:
    checked.suite.unlink()
    with pytest.raises(Fault, match="DVC did not take the new version of 'people'"):
        DvcVersionStore(checked.root).commit("people", _content(tmp_path / "v"))
    assert DvcVersionStore(checked.root).committed("people") is None


def test_an_unfinished_contract_of_another_dataset_does_not_stop_a_version(checked: Project, tmp_path: Path) -> None:
    (checked.root / "dvc.yaml").write_text(yaml.safe_dump({"stages": {"begun": {"cmd": "its own"}}}))
    unfinished = checked.root / "defs" / "begun" / "defs.yaml"
    unfinished.parent.mkdir()
    unfinished.write_text("type: synth_assets.SyntheticDataset\nattributes:\n  name: begun\n")
    DvcVersionStore(checked.root).commit("people", _content(tmp_path / "v"))
    stages = yaml.safe_load((checked.root / "dvc.yaml").read_text())["stages"]
    assert (set(stages), stages["begun"]["cmd"]) == ({"begun", "people"}, "its own")


def test_a_dataset_gets_its_stage_when_it_is_first_promoted(checked: Project, tmp_path: Path) -> None:
    (checked.root / "dvc.yaml").unlink()
    DvcVersionStore(checked.root).commit("people", _content(tmp_path / "v"))
    assert list(yaml.safe_load((checked.root / "dvc.yaml").read_text())["stages"]) == ["people"]


def _killed(*_: object) -> None:
    assert os.getpid()
    raise KeyboardInterrupt
