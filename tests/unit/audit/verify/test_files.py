"""Claims about bytes: the parts of a version belong together."""

import shutil
from pathlib import Path

import pytest
from resealed import edit_json, reseal

from synth_assets.audit import Claim, Status, exit_code, verify_bundle
from synth_assets.audit.manifest import contents_of, read_manifest
from synth_assets.errors import UsageError
from synth_assets.promotion import Promotion
from synth_assets.reading import digest_file


@pytest.fixture
def version(promoted: Promotion, tmp_path: Path) -> Path:
    return Path(shutil.copytree(promoted.folder, tmp_path / "copy", copy_function=shutil.copyfile))


def _failed(bundle: Path) -> set[str]:
    return {claim.name for claim in verify_bundle(bundle) if claim.status is Status.FAILED}


def test_a_folder_named_after_another_version_fails(promoted: Promotion) -> None:
    renamed = promoted.folder.rename(promoted.folder.with_name("0" * 64))
    assert "manifest" in _failed(renamed / "bundle")


@pytest.mark.parametrize("what", ["version", "contents"])
@pytest.mark.parametrize("digits", [12, 64])
def test_a_version_is_expected_by_its_own_digest_or_by_that_of_its_contents(
    version: Path, what: str, digits: int
) -> None:
    manifest = read_manifest(version / "bundle")
    known = {"version": digest_file(version / "bundle" / "manifest.json"), "contents": contents_of(manifest)}
    assert known["contents"] in (version / "bundle" / "report.html").read_text()
    claims = {claim.name: claim for claim in verify_bundle(version, expect=known[what][:digits])}
    assert claims["expected version"].status is Status.VERIFIED
    assert claims["expected version"].detail.startswith(f"{what} {known[what]}")
    other = {claim.name: claim.status for claim in verify_bundle(version, expect="0" * digits)}
    assert other["expected version"] is Status.FAILED


def test_a_report_that_names_other_contents_fails(version: Path) -> None:
    report = version / "bundle" / "report.html"
    page = report.read_text().replace(contents_of(read_manifest(version / "bundle")), "0" * 64)
    report.write_text(page)
    assert _failed(reseal(version)) == {"report"}


def test_a_day_of_the_decision_that_is_not_one_fails(version: Path) -> None:
    edit_json(version / "bundle" / "decision.json", lambda decision: decision.update(day="soon"))
    assert {"identity", "blocking checks"} <= _failed(reseal(version))


def test_the_shards_of_another_candidate_fail(version: Path) -> None:
    shard = version / "data" / "part-00000.parquet"
    shard.write_bytes(shard.read_bytes() + b" ")
    assert "identity" in _failed(reseal(version))


@pytest.mark.parametrize("part", ["contract", "release", "generator", "fingerprint"])
def test_a_candidate_of_other_parents_fails(version: Path, part: str) -> None:
    edit_json(version / "bundle" / "candidate.json", lambda candidate: candidate["parents"].update({part: "0" * 64}))
    assert "identity" in _failed(reseal(version))


def test_another_lineage_fails(version: Path) -> None:
    edit_json(version / "bundle" / "prov.json", lambda lineage: lineage["agent"].clear())
    assert "lineage" in _failed(reseal(version))


def _status(claims: list[Claim], name: str) -> Status:
    return next(claim.status for claim in claims if claim.name == name)


def test_a_part_that_no_bundle_has_fails_also_when_the_manifest_lists_it(version: Path) -> None:
    (version / "bundle" / "rows.csv").write_text("name\nspy\n")
    assert _failed(reseal(version)) == {"files"}


def test_a_result_under_the_name_of_another_check_fails(version: Path) -> None:
    checks = version / "bundle" / "checks"
    (checks / "nulls.json").rename(checks / "other.json")
    assert "blocking checks" in _failed(reseal(version))


def test_a_candidate_of_another_dataset_fails(version: Path) -> None:
    edit_json(version / "bundle" / "candidate.json", lambda candidate: candidate.update(dataset="other"))
    assert "identity" in _failed(reseal(version))


def test_a_report_by_a_template_that_is_not_here_leaves_the_verification_incomplete(
    version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synth_assets.audit.manifest.REPORT_TEMPLATE", 99)  # as a later version writes it
    claims = verify_bundle(reseal(version))
    assert _status(claims, "report") is Status.NOT_CHECKABLE
    assert exit_code(claims) == 4


def test_the_expected_version_is_compared_and_a_digest_is_asked_for(promoted: Promotion) -> None:
    digest = promoted.version
    assert _status(verify_bundle(promoted.bundle), "expected version") is Status.NOT_CHECKABLE
    assert _status(verify_bundle(promoted.bundle, expect=digest), "expected version") is Status.VERIFIED
    assert _status(verify_bundle(promoted.bundle, expect="0" * 12), "expected version") is Status.FAILED
    with pytest.raises(UsageError, match="12 to 64"):
        verify_bundle(promoted.bundle, expect=digest[:11])


def test_a_version_is_known_by_its_folder_or_by_the_data_beside_the_bundle(version: Path, tmp_path: Path) -> None:
    for folder in (version, version / "bundle"):
        assert _status(verify_bundle(folder), "version folder") is Status.VERIFIED
    alone = Path(shutil.copytree(version / "bundle", tmp_path / "alone"))
    assert _status(verify_bundle(alone), "version folder") is Status.NOT_CHECKABLE
