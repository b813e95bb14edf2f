"""What a reviewer sees on an asset's page."""

from pathlib import Path

import dagster as dg
import pandas as pd

from synth_assets.checks.policy import CheckResult
from synth_assets.contract import DatasetContract
from synth_assets.integrations.dagster import metadata
from synth_assets.integrations.dagster.metadata import check_metadata, column_lineage, column_schema, source_metadata
from synth_assets.ledger import Source
from synth_assets.privacy import PrivacyUnit


def test_derived_columns_are_traced_to_the_columns_of_the_source(contract: DatasetContract) -> None:
    deps = column_lineage(contract, source=dg.AssetKey(["people", "source"])).deps_by_column

    assert deps["adult"] == [dg.TableColumnDep(asset_key=dg.AssetKey(["people", "source"]), column_name="age")]
    assert set(deps) == {"age", "city", "member", "adult"}


def test_columns_show_type_nullability_and_where_their_domain_comes_from(contract: DatasetContract) -> None:
    columns = {column.name: column for column in column_schema(contract.table_schema(), contract).columns}

    assert columns["age"].type == "int64"
    assert columns["age"].constraints.nullable
    assert not columns["city"].constraints.nullable
    assert "made up" in (columns["city"].description or "")
    assert "age >= 10" in (columns["adult"].description or "")


def test_numbers_of_a_check_can_be_plotted() -> None:
    result = CheckResult(
        name="fidelity",
        kind="PUBLIC",
        severity="critical",
        passed=True,
        candidate="c" * 64,
        expectation="expect",
        kwargs={},
        observed={"excess": 0.01, "worst": ["age"], "flag": True},
        description="near",
    )

    assert set(check_metadata(result)) == {"excess", "class", "result"}
    assert check_metadata(result)["class"] == "PUBLIC"
    assert check_metadata(result, page=Path("page.html"))["page"] == dg.MetadataValue.path("page.html")


def test_a_measured_figure_is_numbers_with_its_bounds_and_its_cost() -> None:
    figure = {"value": 0.92, "low": 0.9, "high": 0.94, "limit": 0.7, "charged_rho": 0.04, "margin": 0.02, "beta": 0.01}
    result = CheckResult(
        name="gate_tstr_auc",
        kind="MEASURED",
        severity="critical",
        passed=True,
        candidate="c" * 64,
        expectation="expect",
        kwargs={},
        observed={"class": "MEASURED", "read": "held out", **figure},
        description="tstr_auc is 0.92",
    )

    shown = check_metadata(result)
    assert {name: shown[name] for name in figure} == figure
    assert (shown["class"], shown["read"]) == ("MEASURED", "held out")


def test_the_place_of_a_source_is_not_shown() -> None:
    source = Source(
        name="census",
        kind="csv",
        location="/secret/place.csv",
        columns=(("age", "string"),),
        unit=PrivacyUnit(),
        account="town",
        version="2026-11",
    )

    assert "secret" not in str(source_metadata(source))


def test_a_category_is_neither_a_link_nor_a_picture_nor_a_cell_of_its_own() -> None:
    frame = pd.DataFrame({"a|b": ["![x](http://evil.example/x.png)", "c\u202e|d"], "n": [-1.5, 2.0]})
    assert metadata._markdown(frame).splitlines() == [
        r"| a\|b | n |",
        "|---|---|",
        r"| \!\[x\]\(http\://evil.example/x.png\) | -1.5 |",
        r"| c\\u202e\|d | 2.0 |",
    ]
