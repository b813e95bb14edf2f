"""DVC as the version store: committed by name, readable by DVC itself, and dvc.yaml follows from contracts."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml
from dvc.repo import Repo
from made_up_project import Project

from synth_assets.contract.yaml_file import read_contract
from synth_assets.errors import Fault, IntegrityError, UsageError
from synth_assets.integrations.dvc import (
    DvcVersionStore,
    directory_md5,
    dvc_yaml,
    dvc_yaml_drift,
    write_dvc_yaml,
)


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
    return str(yaml.safe_load((root / "dvc.lock").read_text())["stages"]["visits"]["outs"][0]["md5"])


def test_our_name_of_a_folder_is_dvcs_own(project: Project, tmp_path: Path) -> None:
    address = DvcVersionStore(project.root).commit("visits", _content(tmp_path / "v"))
    assert address == directory_md5(tmp_path / "v") == _locked(project.root)


def test_after_a_commit_dvc_finds_nothing_to_do(project: Project, tmp_path: Path) -> None:
    DvcVersionStore(project.root).commit("visits", _content(tmp_path / "v"))
    assert _status(project.root) == {}


def test_a_changed_contract_or_suite_is_an_input_that_changed_and_the_same_version(
    project: Project, tmp_path: Path
) -> None:
    store, folder = DvcVersionStore(project.root), _content(tmp_path / "v")
    assert not store.inputs_changed("visits")
    address = store.commit("visits", folder)
    assert not store.inputs_changed("visits")
    project.suite.write_text(project.suite.read_text() + "\n")
    assert (store.committed("visits"), store.inputs_changed("visits")) == (address, True)
    assert store.commit("visits", folder) == address
    assert not store.inputs_changed("visits")
    assert _status(project.root) == {}


def test_the_folder_that_is_committed_keeps_its_bytes_and_its_place(project: Project, tmp_path: Path) -> None:
    folder = _content(tmp_path / "v")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    store = DvcVersionStore(project.root)
    store.commit("visits", folder)
    store.commit("visits", _content(tmp_path / "w", "other rows"))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_commit_that_was_cut_short_is_not_called_committed(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = DvcVersionStore(project.root)
    first = store.commit("visits", _content(tmp_path / "v"))
    with monkeypatch.context() as patch:
        patch.setattr(DvcVersionStore, "_commit", _killed)
        with pytest.raises(KeyboardInterrupt):
            store.commit("visits", _content(tmp_path / "w", "other rows"))
    assert _locked(project.root) == first
    assert store.committed("visits") is None


def test_an_altered_cache_is_not_restored(project: Project, tmp_path: Path) -> None:
    store = DvcVersionStore(project.root)
    address = store.commit("visits", _content(tmp_path / "v"))
    for path in (project.root / ".dvc" / "cache" / "files").rglob("*"):
        if path.is_file() and path.suffix != ".dir":
            path.chmod(0o644)
            path.write_text("altered")
    with pytest.raises(IntegrityError, match="altered"):
        store.restore(address, tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_inside_dvc_repro_the_lock_file_is_left_to_dvc(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DVC_STAGE", "visits")
    DvcVersionStore(project.root).commit("visits", _content(tmp_path / "v"))
    assert not (project.root / "dvc.lock").exists()
    assert (project.root / "data/promoted/visits/version/part-00000.parquet").read_text() == "rows"


def test_dvc_repro_runs_the_stage_once_and_keeps_its_output(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project.root
    monkeypatch.chdir(root)
    stages = yaml.safe_load((root / "dvc.yaml").read_text())
    stages["stages"]["visits"]["cmd"] = "echo ran >> ran.txt"
    (root / "dvc.yaml").write_text(yaml.safe_dump(stages))
    DvcVersionStore(root).commit("visits", _content(tmp_path / "v"))
    with Repo(str(root), config={"core": {"no_scm": True}}) as repo:
        assert repo.reproduce() == []
        (root / "expectations/visits.json").write_text("{}")
        assert len(repo.reproduce()) == 1
        assert repo.reproduce() == []
    assert (root / "ran.txt").read_text() == "ran\n"
    assert (root / "data/promoted/visits/version/part-00000.parquet").read_text() == "rows"


def test_a_clone_without_a_git_identity_commits_and_stays_clean(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    root = project.root
    (root / ".gitignore").write_text("data/\n.synth-assets/\n")
    (root / ".dvc" / ".gitignore").write_text("/config.local\n/tmp\n/cache\n")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    DvcVersionStore(root).commit("visits", _content(tmp_path / "v"))
    tracked = ["git", "-C", str(root), "status", "--short", "--untracked-files=all", "--", "data", ".dvc", "dvc.lock"]
    listed = subprocess.run(tracked, check=True, capture_output=True, text=True).stdout.split()
    assert sorted(name for name in listed if name != "??") == [".dvc/.gitignore", ".dvc/config", "dvc.lock"]


def test_a_project_without_dvc_or_stage_is_told_what_to_do(project: Project, tmp_path: Path) -> None:
    folder = _content(tmp_path / "v")
    with pytest.raises(UsageError, match="no stage 'other'"):
        DvcVersionStore(project.root).commit("other", folder)
    with pytest.raises(UsageError, match="no DVC repository"):
        DvcVersionStore(tmp_path).commit("visits", folder)


def test_what_dvc_refuses_is_a_clear_fault(project: Project, tmp_path: Path) -> None:
    project.suite.unlink()
    with pytest.raises(Fault, match="DVC did not take the new version of 'visits'"):
        DvcVersionStore(project.root).commit("visits", _content(tmp_path / "v"))
    assert DvcVersionStore(project.root).committed("visits") is None


def test_dvc_yaml_has_one_stage_a_dataset_with_contract_and_suite(project: Project) -> None:
    defs = project.root / "dagster_project/defs/visits/defs.yaml"
    stage = yaml.safe_load(dvc_yaml(project.root, [(defs, project.contract)]))["stages"]["visits"]
    assert stage["cmd"].endswith("dagster_project/defs/visits/defs.yaml")
    assert stage["deps"] == ["dagster_project/defs/visits/defs.yaml", "expectations/visits.json"]
    assert stage["outs"] == [{"data/promoted/visits/version": {"persist": True}}]


def test_drift_of_dvc_yaml_is_listed(project: Project) -> None:
    defs = project.root / "dagster_project/defs/visits/defs.yaml"
    contracts = [(defs, read_contract(defs))]
    assert dvc_yaml_drift(project.root, contracts) == []
    told = yaml.safe_load((project.root / "dvc.yaml").read_text())
    told["stages"]["visits"]["cmd"] = "rm -r ."
    told["stages"]["gone"] = {"cmd": "true"}
    (project.root / "dvc.yaml").write_text(yaml.safe_dump(told))
    assert dvc_yaml_drift(project.root, contracts) == [
        "stage 'gone' of dvc.yaml has no contract",
        "stage 'visits' of dvc.yaml differs from its contract",
    ]
    write_dvc_yaml(project.root, contracts)
    assert dvc_yaml_drift(project.root, contracts) == []


def test_a_dataset_gets_its_stage_when_it_is_first_promoted(project: Project, tmp_path: Path) -> None:
    (project.root / "dvc.yaml").unlink()
    assert dvc_yaml_drift(project.root, []) == []
    DvcVersionStore(project.root).commit("visits", _content(tmp_path / "v"))
    assert list(yaml.safe_load((project.root / "dvc.yaml").read_text())["stages"]) == ["visits"]


def _killed(*_: object) -> None:
    assert os.getpid()
    raise KeyboardInterrupt
