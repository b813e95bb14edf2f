"""A scenario in a version is what the contract says, of the same generator, and whatever is not is noticed."""

import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from resealed import edit_json, reseal

from synth_assets.audit import Claim, Status, verify_bundle
from synth_assets.audit.verify.scenarios import VERIFIERS
from synth_assets.files import sha256_file
from synth_assets.promotion import Promotion

pytestmark = pytest.mark.integration


@pytest.fixture
def version(promoted_scenarios: Promotion, tmp_path: Path) -> Path:
    return Path(shutil.copytree(promoted_scenarios.folder, tmp_path / "copy", copy_function=shutil.copyfile))


def _claims(folder: Path, **options: Any) -> dict[str, Claim]:
    return {claim.name: claim for claim in verify_bundle(folder, **options)}


def _exchange(version: Path, name: str, table: pa.Table) -> None:
    shard = version / "scenarios" / name / "part-00000.parquet"
    pq.write_table(table, shard)
    _edit(version, name, lambda facts: facts["shards"][0].update(digest=sha256_file(shard)))


def _edit(version: Path, name: str, change: Any) -> None:
    """Change a scenario's manifest, and the digest that its results name."""
    folder = version / "bundle" / "scenarios" / name
    edit_json(folder / "candidate.json", change)
    digest = sha256_file(folder / "candidate.json")
    for path in (folder / "checks").iterdir():
        edit_json(path, lambda result: result.update(candidate=digest))


def test_scenarios_are_verified_and_come_out_again(version: Path) -> None:
    assert [name for name, _ in VERIFIERS] == ["scenarios", "sampled scenarios"]
    claims = _claims(version, reproduce=True)
    assert claims["scenarios"].status is claims["sampled scenarios"].status is Status.VERIFIED
    assert claims["scenarios"].detail.startswith("old_north, even: of this release and generator")
    assert not any(claim.status is Status.FAILED for claim in claims.values())
    assert _claims(version)["sampled scenarios"].status is Status.NOT_CHECKABLE


def test_a_bundle_alone_says_what_is_missing(version: Path, tmp_path: Path) -> None:
    shutil.copytree(version / "bundle", tmp_path / "alone" / "bundle")
    claim = _claims(tmp_path / "alone" / "bundle")["scenarios"]
    assert (claim.status, claim.missed) == (Status.NOT_CHECKABLE, True)


def test_rows_that_miss_the_condition_fail_though_every_digest_fits(version: Path) -> None:
    table = pq.read_table(version / "data" / "part-00000.parquet")
    _exchange(version, "old_north", table.slice(0, 300))
    claim = _claims(reseal(version))["scenarios"]
    assert claim.status is Status.FAILED
    assert "old_north: the result of 'condition' is not what is counted here" in claim.detail


def test_other_rows_that_pass_every_check_are_noticed_by_sampling_again(version: Path) -> None:
    table = pq.read_table(version / "scenarios" / "old_north" / "part-00000.parquet")
    _exchange(version, "old_north", table.take(pa.array(range(table.num_rows))[::-1]))
    claims = _claims(reseal(version), reproduce=True)
    assert claims["scenarios"].status is Status.VERIFIED
    assert claims["sampled scenarios"].status is Status.FAILED
    assert claims["sampled scenarios"].detail.startswith("old_north: part-00000.parquet holds other rows")


@pytest.mark.parametrize(
    "change",
    [{"seed": 4}, {"scenario": "even"}, {"dataset": "other"}, {"rows": 299}],
    ids=lambda change: next(iter(change)),
)
def test_a_scenario_that_says_something_else_of_itself_fails(version: Path, change: dict[str, Any]) -> None:
    _edit(version, "old_north", lambda facts: facts.update(change))
    assert _claims(reseal(version))["scenarios"].status is Status.FAILED


def test_a_scenario_of_another_generator_fails(version: Path) -> None:
    _edit(version, "even", lambda facts: facts["parents"].update(generator="0" * 64))
    claim = _claims(reseal(version))["scenarios"]
    assert (claim.status, "even: generator is not what it must be" in claim.detail) == (Status.FAILED, True)


def test_a_missing_scenario_and_a_file_too_many_fail(version: Path) -> None:
    (version / "scenarios" / "even" / "more.parquet").write_bytes(b"")
    assert "more.parquet is not in the manifest" in _claims(version)["scenarios"].detail
    shutil.rmtree(version / "scenarios" / "even")
    shutil.rmtree(version / "bundle" / "scenarios" / "even")
    assert "the version lacks scenario 'even'" in _claims(reseal(version))["scenarios"].detail


def test_a_link_in_place_of_a_scenario_is_not_followed(version: Path, tmp_path: Path) -> None:
    shutil.move(version / "scenarios" / "even", tmp_path / "elsewhere")
    (version / "scenarios" / "even").symlink_to(tmp_path / "elsewhere")
    claim = _claims(version, reproduce=True)["scenarios"]
    assert (claim.status, "even is a link" in claim.detail) == (Status.FAILED, True)


def test_a_blocking_result_that_is_gone_fails(version: Path) -> None:
    (version / "bundle" / "scenarios" / "even" / "checks" / "shares.json").unlink()
    claim = _claims(reseal(version))["scenarios"]
    assert (claim.status, "'shares' has no result" in claim.detail) == (Status.FAILED, True)


def test_a_scenario_in_the_place_of_the_whole_table_fails(version: Path) -> None:
    source = version / "bundle" / "scenarios" / "even" / "candidate.json"
    (version / "bundle" / "candidate.json").unlink()
    shutil.copyfile(source, version / "bundle" / "candidate.json")
    assert _claims(reseal(version))["identity"].status is Status.FAILED


def test_a_version_without_scenarios_is_verified_as_before(promoted: Promotion) -> None:
    claims = _claims(promoted.folder)
    assert (claims["scenarios"].status, claims["scenarios"].detail) == (Status.VERIFIED, "the contract has none")
    assert claims["sampled scenarios"].status is Status.VERIFIED
