"""Each planted leak is found, and by what was planted alone."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synth_assets.assurance.canaries import Canaries
from synth_assets.assurance.planted import PLANTED, plant
from synth_assets.assurance.search import search


@pytest.fixture
def stores(tmp_path: Path) -> Path:
    """One public file of each sort."""
    version = tmp_path / "project" / "data" / "promoted" / "people" / "versions" / "v"
    for folder in (version / "data", version / "bundle", tmp_path / "project" / ".synth-assets", tmp_path / "outputs"):
        folder.mkdir(parents=True)
    pq.write_table(pa.table({"a": [1, 2, 3]}), version / "data" / "part-00000.parquet")
    (version / "bundle" / "candidate.json").write_text('{"a": 1}')
    (tmp_path / "outputs" / "0.out").write_text("done")
    (tmp_path / "project" / "dvc.yaml").write_text("stages: {}\n")
    with closing(sqlite3.connect(tmp_path / "project" / ".synth-assets" / "ledger.db")) as database, database:
        database.execute("CREATE TABLE entries (body)")
    return tmp_path


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_leak_is_found_and_a_missed_one_would_be_noticed(name: str, stores: Path) -> None:
    canaries, others = Canaries.fresh(), Canaries.fresh()
    assert plant(name, folder=stores, into=stores / "planted", canaries=canaries)
    assert search(stores / "planted", canaries.needles()).hits
    assert not search(stores / "planted", others.needles()).hits
    assert not search(stores / "project", canaries.needles()).hits


@pytest.mark.parametrize("name", PLANTED)
def test_without_a_public_file_nothing_is_planted(name: str, tmp_path: Path) -> None:
    assert not plant(name, folder=tmp_path, into=tmp_path / "planted", canaries=Canaries.fresh())
