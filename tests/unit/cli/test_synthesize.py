"""``synthesize``: the same release and sampling without Dagster."""

import json

import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from kit.project import Project, command

from synth_assets.errors import UsageError

pytestmark = pytest.mark.integration


def test_it_reuses_the_release_of_a_dagster_run(finished: Project, capsys: pytest.CaptureFixture[str]) -> None:
    command("synthesize", "defs/people", "--out", "out", "--rows", "50", "--seed", "3", "--json")

    summary = json.loads(capsys.readouterr().out)
    assert summary["reused"]
    assert pq.read_table(next((finished.root / "out").glob("part-*.parquet"))).num_rows == 50
    assert len(pd.read_parquet("out")) == len(pl.read_parquet("out/*.parquet")) == 50  # the folder, as it is
    assert json.loads((finished.root / "out" / "_manifest.json").read_text())["rows"] == 50


def test_a_folder_with_something_in_it_is_not_touched(finished: Project) -> None:
    (finished.root / "out").mkdir()
    (finished.root / "out" / "mine.txt").write_text("keep")
    with pytest.raises(UsageError, match="not empty"):
        command("synthesize", "defs/people", "--out", "out")
    assert [path.name for path in (finished.root / "out").iterdir()] == ["mine.txt"]
