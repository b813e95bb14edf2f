"""A verification notices whatever was altered, and says what it cannot know."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synth_assets.audit import Status, exit_code, verify_bundle
from synth_assets.audit.verify.case import Case
from synth_assets.audit.verify.claims import Claim
from synth_assets.audit.verify.judge import _judge
from synth_assets.promotion import Promotion


def _statuses(version: Path) -> dict[str, Status]:
    return {claim.name: claim.status for claim in verify_bundle(version / "bundle")}


def _files(version: Path) -> list[Path]:
    return sorted(path for path in version.rglob("*") if path.is_file())


def test_an_untouched_version_has_no_failed_claim(promoted: Promotion) -> None:
    claims = verify_bundle(promoted.bundle)
    assert exit_code(claims) == 0, [str(claim) for claim in claims if claim.status is Status.FAILED]
    assert sum(claim.status is Status.VERIFIED for claim in claims) == 48
    assert len({claim.name for claim in claims}) == len(claims)


def test_what_no_file_can_show_is_attested_or_not_checkable(promoted: Promotion) -> None:
    statuses = _statuses(promoted.folder)
    assert {name for name, status in statuses.items() if status is Status.ATTESTED} == {
        "unit",
        "source",
        "row-wise source",
        "mechanism ran",
        "fitted weights",
        "rollback",
    }
    assert {name for name, status in statuses.items() if status is Status.NOT_CHECKABLE} == {
        "signature",
        "anchor",
        "sampled rows",
        "expected version",
        "mechanism audit",
        "leak test",
    }


def test_a_copy_elsewhere_verifies_as_well(promoted: Promotion, tmp_path: Path) -> None:
    shutil.copytree(promoted.folder, tmp_path / "copy")
    assert exit_code(verify_bundle(tmp_path / "copy" / "bundle")) == 0


def test_a_bundle_without_its_data_says_so_and_passes_the_rest(promoted: Promotion, tmp_path: Path) -> None:
    shutil.copytree(promoted.bundle, tmp_path / "alone" / "bundle")
    statuses = _statuses(tmp_path / "alone")
    assert Status.FAILED not in statuses.values()
    assert all(statuses[name] is Status.NOT_CHECKABLE for name in ("data", "schema", "nulls", "rules", "check results"))
    given_data = verify_bundle(tmp_path / "alone" / "bundle", data=promoted.data[0])
    expected = {**_statuses(promoted.folder), "version folder": Status.NOT_CHECKABLE}
    assert {claim.name: claim.status for claim in given_data} == expected


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_single_altered_byte_fails(promoted: Promotion, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(_files(promoted.folder)), label="file")
    content = path.read_bytes()
    index = data.draw(st.integers(0, len(content) - 1), label="place")
    change = data.draw(st.integers(1, 255), label="change")
    path.chmod(0o644)
    path.write_bytes(content[:index] + bytes([content[index] ^ change]) + content[index + 1 :])
    try:
        assert exit_code(verify_bundle(promoted.bundle)) == 1
    finally:
        path.write_bytes(content)


def test_every_file_that_goes_missing_fails(promoted: Promotion) -> None:
    for path in _files(promoted.folder):
        content = path.read_bytes()
        path.unlink()
        # without any Parquet file there is no data beside the bundle: it has to be asked for
        claims = verify_bundle(promoted.bundle, data=promoted.folder)
        path.write_bytes(content)
        assert exit_code(claims) == 1, path


@pytest.mark.parametrize("name", ["bundle/more.json", "data/part-00001.parquet"])
def test_a_file_too_many_fails(promoted: Promotion, name: str) -> None:
    (promoted.folder / name).write_bytes(b"{}")
    assert exit_code(verify_bundle(promoted.bundle)) == 1


def test_a_folder_that_is_not_a_bundle_fails_in_every_claim_it_could_have_made(tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    claims = verify_bundle(tmp_path / "bundle")
    assert exit_code(claims) == 1
    assert not [claim for claim in claims if claim.status is Status.VERIFIED]


@pytest.mark.parametrize(("package", "code"), [("a_package_that_is_not_installed", 4), ("json", 1)])
def test_a_package_that_is_missing_here_says_nothing_of_the_bundle(package: str, code: int, tmp_path: Path) -> None:
    def verifier(_: Case) -> Claim:
        raise ModuleNotFoundError(name=f"{package}.inner")

    claim = _judge("second accountant", verifier, Case(bundle=tmp_path, data=None))
    assert exit_code([claim]) == code
    assert code == 1 or claim.detail == f"takes {package}, which is not installed here"
