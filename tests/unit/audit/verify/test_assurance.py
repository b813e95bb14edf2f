"""What the software's own tests found travels with a version: attested when good, and failed when altered or bad."""

import json
import shutil
from pathlib import Path

import pytest
from kit.project import Project
from kit.stores import stores_in
from made_up_records import BAD, GOOD, keep
from resealed import edit_json, reseal

from synth_assets.audit import Claim, Status, exit_code, verify_bundle
from synth_assets.audit.assurance import LEAK_TEST, MECHANISMS, parse_record
from synth_assets.errors import CheckRefused, IntegrityError

NAMES = {MECHANISMS: "mechanism audit", LEAK_TEST: "leak test"}


@pytest.fixture
def version(checked: Project, tmp_path: Path) -> Path:
    """A promoted version that carries both records."""
    keep(checked.workspace, *GOOD.values())
    promoted = checked.promote(checked.evidence(0), **stores_in(tmp_path))
    return Path(shutil.copytree(promoted.folder, tmp_path / "copy", copy_function=shutil.copyfile))


def claims(version: Path) -> dict[str, Claim]:
    return {claim.name: claim for claim in verify_bundle(version)}


def test_records_travel_and_are_attested_with_their_dates_and_versions(version: Path) -> None:
    for kind, name in NAMES.items():
        claim = claims(version)[name]
        assert claim.status is Status.ATTESTED
        assert "2026-11-28T11:02:33Z with version 0.1.0 is the operator's word" in claim.detail
        assert "1 of 1 tests passed" in claim.detail
        content = (version / "bundle" / "assurance" / f"{kind}.json").read_bytes()
        assert parse_record(content, kind=kind) == GOOD[kind]
    assert exit_code(claims(version).values()) == 0
    page = (version / "bundle" / "report.html").read_text()
    assert "The mechanisms were audited on 2026-11-28 with version 0.1.0: 1 of 1 tests passed" in page


def test_an_altered_record_fails_by_its_digest(version: Path) -> None:
    path = version / "bundle" / "assurance" / "mechanisms.json"
    edit_json(path, lambda record: record.update(date="2027-11-28T11:02:33Z"))
    after = claims(version)
    assert after["files"].status is Status.FAILED
    assert after["report"].status is Status.FAILED


def test_a_record_whose_verdict_does_not_follow_fails_though_its_digest_fits(version: Path) -> None:
    edit_json(version / "bundle" / "assurance" / "mechanisms.json", lambda record: record["tests"][0].update(value=0))
    reseal(version)
    after = claims(version)
    assert after["files"].status is Status.VERIFIED
    assert after["mechanism audit"].status is Status.FAILED
    assert "verdict" in after["mechanism audit"].detail


def test_a_record_that_says_that_tests_failed_fails(version: Path) -> None:
    (version / "bundle" / "assurance" / "mechanisms.json").write_text(json.dumps(BAD.as_json()))
    reseal(version)
    assert claims(version)["mechanism audit"].status is Status.FAILED


def test_a_leak_test_of_another_dataset_fails(version: Path) -> None:
    edit_json(
        version / "bundle" / "assurance" / "leak-test.json", lambda record: record["facts"].update(dataset="others")
    )
    reseal(version)
    assert claims(version)["leak test"].detail == "the record is of another dataset"


def test_a_record_of_no_known_kind_is_not_a_part_of_a_bundle(version: Path) -> None:
    shutil.copyfile(version / "bundle" / "decision.json", version / "bundle" / "assurance" / "more.json")
    reseal(version)
    assert "assurance/more.json is not a part of a bundle" in claims(version)["files"].detail


def test_a_version_is_not_promoted_while_the_last_record_says_failed(checked: Project, tmp_path: Path) -> None:
    keep(checked.workspace, BAD)
    with pytest.raises(CheckRefused, match="the last record of the software's own tests, mechanisms"):
        checked.promote(checked.evidence(0), **stores_in(tmp_path))


def test_a_file_that_is_not_a_record_is_named_at_promotion(checked: Project, tmp_path: Path) -> None:
    keep(checked.workspace, GOOD[MECHANISMS])
    (checked.workspace.assurance / "mechanisms.json").write_text("{}")
    with pytest.raises(IntegrityError, match="is not a record of tests"):
        checked.promote(checked.evidence(0), **stores_in(tmp_path))
