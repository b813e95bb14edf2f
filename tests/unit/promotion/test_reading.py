"""Consumers get the version that is promoted, with its bytes compared, and note which it was."""

from pathlib import Path

import dagster as dg
import pandas as pd
import pytest
from kit.people import make_contract
from kit.project import Project

import synth_assets
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.promotion import Promotion, load_promoted
from synth_assets.workspace import Workspace


def test_a_table_is_the_same_in_arrow_pandas_and_polars(promoted: Promotion) -> None:
    table = synth_assets.load_promoted("people")
    assert (table.version, table.paths) == (promoted.version, promoted.data)
    arrow = table.to_arrow()
    assert arrow.num_rows == promoted.rows
    assert arrow.column_names == make_contract().table_schema().names
    assert table.to_polars().to_arrow().to_pydict() == arrow.to_pydict()
    assert list(table.to_pandas(["city", "age"]).columns) == ["city", "age"]
    assert table.report.is_file()


def test_a_downstream_asset_reads_it_from_any_folder(
    promoted: Promotion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Workspace.current().root
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SYNTH_ASSETS_ROOT")

    @dg.asset(deps=[dg.AssetKey(["people", "promoted"])])
    def people_by_city(context: dg.AssetExecutionContext) -> pd.Series:
        people = load_promoted("people", root=root)
        context.add_output_metadata({"people": people.version})
        return people.to_pandas().groupby("city").size()

    done = dg.materialize([people_by_city], resources={"io_manager": dg.mem_io_manager})
    (event,) = done.asset_materializations_for_node("people_by_city")
    people = load_promoted("people", root=root)
    assert done.output_for_node("people_by_city").sum() == people.to_arrow().num_rows
    assert event.metadata["people"].value == people.version


def test_an_altered_file_is_refused_unless_nobody_compares(promoted: Promotion) -> None:
    (path, *_) = load_promoted("people").paths
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)
    with pytest.raises(IntegrityError, match=r"part-00000\.parquet of version .* was altered"):
        load_promoted("people")
    assert load_promoted("people", compare=False).paths == (path,)


def test_what_was_not_promoted_is_said_with_what_to_do(checked: Project) -> None:
    with pytest.raises(UsageError, match="no version of 'people' was promoted below") as refused:
        load_promoted("people")
    assert "SYNTH_ASSETS_ROOT" in str(refused.value.hint)


def test_a_scenario_that_the_version_lacks_is_refused(promoted: Promotion) -> None:
    with pytest.raises(UsageError, match="has no scenario 'flu'"):
        load_promoted("people", scenario="flu")
