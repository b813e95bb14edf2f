"""Reading candidates back: whole and unaltered, or not at all."""

import json
from pathlib import Path

import pytest
from kit.releases import MadeUp, made_up

from synth_assets.candidate import Candidate, load_candidate
from synth_assets.errors import IntegrityError
from synth_assets.files import sha256_file


@pytest.fixture
def candidate(visits: MadeUp) -> Candidate:
    return visits.faithful(rows=300)


def test_what_is_loaded_is_what_was_written(candidate: Candidate) -> None:
    assert load_candidate(candidate.folder) == candidate


def test_the_folder_is_named_by_the_manifest(candidate: Candidate) -> None:
    assert candidate.folder.name == sha256_file(candidate.folder / "manifest.json") == candidate.digest


def test_the_manifest_names_all_parents(candidate: Candidate, visits: MadeUp) -> None:
    assert candidate.release == visits.release.digest
    assert candidate.contract == visits.contract.digest()
    assert candidate.fingerprint == visits.contract.fingerprint()
    assert candidate.generator == "g" * 64
    assert {"numpy", "polars", "pyarrow"} <= set(candidate.libraries)


def test_batches_give_the_rows_of_the_table_in_order(candidate: Candidate) -> None:
    batches = list(candidate.batches())
    assert [batch.num_rows for batch in batches] == [300]
    assert batches[0].equals(candidate.table())


def test_a_folder_that_looks_like_a_partition_adds_no_column(tmp_path: Path) -> None:
    candidate = made_up(tmp_path / "team=a").faithful(rows=10)
    assert "team" not in candidate.table().column_names


def test_batches_read_only_the_columns_that_are_asked_for(candidate: Candidate) -> None:
    assert next(candidate.batches(columns=["age", "old"])).column_names == ["age", "old"]


def test_an_altered_shard_is_refused(candidate: Candidate) -> None:
    path = candidate.paths[0]
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(IntegrityError, match=r"part-00000\.parquet of candidate .* is missing or altered"):
        load_candidate(candidate.folder)


def test_a_missing_shard_is_refused(candidate: Candidate) -> None:
    candidate.paths[0].unlink()
    with pytest.raises(IntegrityError, match="missing or altered"):
        load_candidate(candidate.folder)


def test_an_altered_manifest_is_refused(candidate: Candidate) -> None:
    path = candidate.folder / "manifest.json"
    path.write_text(path.read_text().replace('"seed": 0', '"seed": 1'))
    with pytest.raises(IntegrityError, match="missing or altered"):
        load_candidate(candidate.folder)


def test_a_newer_format_is_refused(candidate: Candidate, tmp_path: Path) -> None:
    manifest = json.loads((candidate.folder / "manifest.json").read_text()) | {"format_version": 7}
    staged = tmp_path / "staged"
    staged.mkdir()
    (staged / "manifest.json").write_text(json.dumps(manifest))
    folder = staged.rename(tmp_path / sha256_file(staged / "manifest.json"))
    with pytest.raises(IntegrityError, match="has format 7"):
        load_candidate(folder)
