"""The laws of version stores and model registries, on the stores of this test suite and on the real ones."""

from collections.abc import Callable
from pathlib import Path

import pytest
from kit.project import Project
from kit.stores import FileRegistry, FolderStore

from synth_assets.audit.metrics import metrics_of
from synth_assets.errors import IntegrityError
from synth_assets.integrations.dvc import DvcVersionStore
from synth_assets.promotion import VersionFacts, VersionStore


def _folder_store(project: Project) -> VersionStore:
    return FolderStore(project.root / "store")


def _dvc_store(project: Project) -> VersionStore:
    return DvcVersionStore(project.root)


@pytest.fixture(params=[_folder_store, _dvc_store], ids=["folder", "dvc"])
def store(request: pytest.FixtureRequest, checked: Project) -> VersionStore:
    make: Callable[[Project], VersionStore] = request.param
    return make(checked)


def _content(root: Path, text: str) -> Path:
    (root / "bundle").mkdir(parents=True)
    (root / "part-00000.parquet").write_text(text)
    (root / "bundle" / "manifest.json").write_text("{}")
    return root


def test_after_a_commit_the_newest_content_is_that_of_the_folder(store: VersionStore, tmp_path: Path) -> None:
    assert store.committed("people") is None
    for text in ("one", "two", "one"):
        folder = _content(tmp_path / f"{text}{len(list(tmp_path.iterdir()))}", text)
        assert store.commit("people", folder) == store.committed("people") == store.address(folder)
        assert (folder / "part-00000.parquet").read_text() == text
        assert not store.inputs_changed("people")


def test_any_content_that_was_committed_comes_back(store: VersionStore, tmp_path: Path) -> None:
    first = store.commit("people", _content(tmp_path / "first", "one"))
    store.commit("people", _content(tmp_path / "second", "two"))
    store.restore(first, tmp_path / "back")
    assert (tmp_path / "back" / "part-00000.parquet").read_text() == "one"
    assert store.address(tmp_path / "back") == first


def test_content_that_was_never_committed_is_not_made_up(store: VersionStore, tmp_path: Path) -> None:
    with pytest.raises(IntegrityError):
        store.restore("0" * 32 + ".dir", tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_recording_twice_gives_the_same_model_version_and_moves_no_alias(checked: Project, tmp_path: Path) -> None:
    registry, evidence = FileRegistry(tmp_path / "registry.json"), checked.evidence(0)
    facts = VersionFacts(
        version="v",
        contract=evidence.contract,
        fingerprint=evidence.release.fingerprint,
        candidate=evidence.candidate.digest,
        release=evidence.release.digest,
        source="data/promoted/people/versions/v",
        rows=1,
        metrics=metrics_of(evidence),
        generator=evidence.generator.folder,
        bundle=tmp_path,
    )
    assert registry.record(facts) == registry.record(facts)
    assert registry.promoted("people") is None
