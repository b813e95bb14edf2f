"""The bundle holds everything an auditor needs and nothing that changes by itself."""

import json
from pathlib import Path

from kit.project import Project

from synth_assets.audit import write_bundle
from synth_assets.promotion import Promotion


def _write(project: Project, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    write_bundle(folder, project.evidence(0), data={})
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_evidence_writes_the_same_bytes(checked: Project, tmp_path: Path) -> None:
    assert _write(checked, tmp_path / "one") == _write(checked, tmp_path / "two")


def test_the_bundle_holds_the_parts_that_are_documented(promoted: Promotion) -> None:
    names = {path.relative_to(promoted.bundle).as_posix() for path in promoted.bundle.rglob("*") if path.is_file()}
    release = {f"release/{promoted.release}/{name}" for name in ("answers.parquet", "measurement.json", "release.json")}
    checks = {
        f"checks/{name}.json"
        for name in ("schema", "row_count", "domain", "nulls", "rule_age_is_known_or_not", "fidelity", "realism")
    }
    generator = {"generator/mixture.json", "generator/mixture.safetensors"}
    assert names == {
        *("manifest.json", "contract.json", "privacy.json", "candidate.json", "generator.json", "ledger.jsonl"),
        *("expectations.json", "decision.json", "prov.json", "report.html"),
        *release,
        *generator,
        *checks,
    }


def test_the_contract_keeps_the_order_of_its_columns(checked: Project, promoted: Promotion) -> None:
    contract = json.loads((promoted.bundle / "contract.json").read_text())
    assert list(contract["columns"]) == list(checked.contract.columns)


def test_the_release_in_the_bundle_is_the_one_that_was_published(checked: Project, promoted: Promotion) -> None:
    for path in (checked.workspace.releases / checked.release.digest).iterdir():
        assert (promoted.bundle / "release" / checked.release.digest / path.name).read_bytes() == path.read_bytes()


def test_the_weights_in_the_bundle_are_those_of_the_generator(checked: Project, promoted: Promotion) -> None:
    for path in (promoted.bundle / "generator").iterdir():
        assert path.read_bytes() == (checked.generator.folder / path.name).read_bytes()


def test_no_path_of_this_machine_is_in_the_bundle(checked: Project, promoted: Promotion) -> None:
    for path in promoted.bundle.rglob("*"):
        assert path.is_dir() or str(checked.root).encode() not in path.read_bytes()
