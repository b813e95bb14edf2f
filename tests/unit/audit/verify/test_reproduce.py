"""Rows come out again from weights and seed; other rows and other weights are noticed, and what is missing is named."""

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from resealed import edit_json, reseal
from safetensors.numpy import load, save

from synth_assets.audit import Claim, Status, verify_bundle
from synth_assets.audit.verify.reproduce import VERIFIERS
from synth_assets.files import sha256_file
from synth_assets.promotion import Promotion


@pytest.fixture
def version(promoted: Promotion, tmp_path: Path) -> Path:
    return Path(shutil.copytree(promoted.folder, tmp_path / "copy", copy_function=shutil.copyfile))


def _claim(bundle: Path, name: str, **options: Any) -> Claim:
    return next(claim for claim in verify_bundle(bundle, **options) if claim.name == name)


def test_rows_come_out_again_byte_for_byte(version: Path) -> None:
    claim = _claim(version / "bundle", "sampled rows", reproduce=True)
    assert (claim.status, "1 shards come out again" in claim.detail) == (Status.VERIFIED, True)


def test_weights_come_out_again_byte_for_byte(version: Path) -> None:
    assert _claim(version / "bundle", "fitted weights", refit=True).status is Status.VERIFIED


def test_without_being_asked_nothing_is_sampled_or_fitted(version: Path) -> None:
    assert [name for name, _ in VERIFIERS] == ["sampled rows", "fitted weights", "measured questions"]
    assert _claim(version / "bundle", "sampled rows").status is Status.NOT_CHECKABLE
    assert _claim(version / "bundle", "fitted weights").status is Status.ATTESTED


def _exchange(version: Path, table: pa.Table) -> Path:
    shard = version / "data" / "part-00000.parquet"
    pq.write_table(table, shard)
    edit_json(
        version / "bundle" / "candidate.json",
        lambda candidate: candidate["shards"][0].update(digest=sha256_file(shard)),
    )
    return reseal(version)


def test_rows_in_another_order_are_other_rows(version: Path) -> None:
    table = pq.read_table(version / "data" / "part-00000.parquet")
    bundle = _exchange(version, table.take(pa.array(range(table.num_rows))[::-1]))
    claim = _claim(bundle, "sampled rows", reproduce=True)
    assert claim.detail == "part-00000.parquet holds other rows than the generator gives with seed 0"
    assert claim.status is Status.FAILED


def test_other_numbers_of_rows_that_rules_changed_are_noticed(version: Path) -> None:
    path = version / "bundle" / "candidate.json"
    edit_json(path, lambda candidate: candidate["as_drawn"].update(changed=candidate["as_drawn"]["changed"] + 1))
    claim = _claim(reseal(version), "sampled rows", reproduce=True)
    assert claim.detail == "rules changed other numbers of rows than the candidate's manifest says"
    assert claim.status is Status.FAILED


def test_another_seed_is_noticed(version: Path) -> None:
    edit_json(version / "bundle" / "candidate.json", lambda candidate: candidate.update(seed=1))
    assert _claim(reseal(version), "sampled rows", reproduce=True).status is Status.FAILED


def test_other_library_versions_make_a_difference_that_proves_nothing(version: Path) -> None:
    def change(candidate: dict[str, Any]) -> None:
        candidate["seed"], candidate["libraries"]["numpy"] = 1, "1"

    edit_json(version / "bundle" / "candidate.json", change)
    claim = _claim(reseal(version), "sampled rows", reproduce=True)
    assert (claim.status, "numpy 1 there" in claim.detail) == (Status.NOT_CHECKABLE, True)


def test_libraries_that_are_not_named_are_not_an_excuse(version: Path) -> None:
    edit_json(
        version / "bundle" / "candidate.json", lambda candidate: candidate.update(seed=1, libraries={"other": "1"})
    )
    assert _claim(reseal(version), "sampled rows", reproduce=True).status is Status.FAILED


def test_a_candidate_that_claims_more_rows_than_there_are_is_not_sampled(version: Path) -> None:
    edit_json(version / "bundle" / "candidate.json", lambda candidate: candidate.update(rows=10**15))
    assert _claim(reseal(version), "sampled rows", reproduce=True).status is Status.FAILED


def test_altered_weights_are_refused_unless_every_digest_fits_and_then_give_other_rows(version: Path) -> None:
    path = version / "bundle" / "generator" / "mixture.safetensors"
    state = load(path.read_bytes())
    state["weights"] = state["weights"][::-1].copy()
    path.write_bytes(save(state))
    claim = _claim(reseal(version), "sampled rows", reproduce=True)
    assert (claim.status, claim.detail) == (Status.FAILED, "mixture.safetensors of the generator was altered")
    edit_json(
        version / "bundle" / "generator.json",
        lambda generator: generator["files"].update({path.name: sha256_file(path)}),
    )
    bundle = reseal(version, generator=sha256_file(version / "bundle" / "generator.json"))
    assert "holds other rows" in _claim(bundle, "sampled rows", reproduce=True).detail
    assert _claim(bundle, "fitted weights", refit=True).status is Status.NOT_CHECKABLE


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"device": "cuda"}, "fitted on cuda"),
        ({"method": 0}, "method 0 of mixture fitted it, and this version of synth-assets has method 5"),
        ({"libraries": {"torch": "0"}}, "torch 0 there"),
        ({"kind": "simulator", "options": {"simulator": "clinic"}}, "simulator clinic has other code here"),
        ({"kind": "simulator", "options": {"simulator": "clinic"}, "code": ["x"]}, "has other code here"),
        ({"kind": "simulator", "options": {"simulator": "gone"}}, "simulator kind 'gone' is not known"),
        (
            {"kind": "ensemble", "options": {"members": ["mixture", {"kind": "simulator"}]}},
            "none that its kind has here",
        ),
    ],
)
def test_a_fit_of_other_versions_cannot_be_repeated(version: Path, change: dict[str, Any], why: str) -> None:
    edit_json(version / "bundle" / "generator.json", lambda generator: generator.update(change))
    claim = _claim(reseal(version), "fitted weights", refit=True)
    assert (claim.status, why in claim.detail) == (Status.NOT_CHECKABLE, True)


def test_what_is_missing_is_named(version: Path, tmp_path: Path) -> None:
    shutil.copytree(version / "bundle", tmp_path / "alone" / "bundle")
    assert "--data" in _claim(tmp_path / "alone" / "bundle", "sampled rows", reproduce=True).detail
    shutil.rmtree(version / "bundle" / "generator")
    claim = _claim(reseal(version), "sampled rows", reproduce=True)
    assert (claim.status, "an older version made it" in claim.detail) == (Status.NOT_CHECKABLE, True)


def test_a_candidate_under_a_condition_is_not_sampled_again(version: Path) -> None:
    edit_json(version / "bundle" / "candidate.json", lambda candidate: candidate.update(where="age = 3"))
    assert json.loads((version / "bundle" / "candidate.json").read_text())["where"]
    assert _claim(reseal(version), "sampled rows", reproduce=True).status is Status.NOT_CHECKABLE
