"""What a reviewer sees on an asset's page."""

import dagster as dg
from kit.people import OPEN, make_contract
from kit.project import Project

from synth_assets.checks.policy import CheckResult
from synth_assets.contract import DatasetContract
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
    page = dg.MetadataValue.path("page.html")
    assert check_metadata(result, page=page)["page"] == page


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


def test_columns_show_their_ranges_and_categories() -> None:
    columns = {
        "weight": {"type": "float", "min": 0, "max": 9.5, "step": 0.5, "domain_source": "made up"},
        "born": {"type": "date", "min": "1990-01-01", "max": "1999-12-31", "domain_source": "made up"},
        "code": {"type": "categorical", "categories": [f"c{i}" for i in range(20)], "domain_source": "made up"},
        "member": {"type": "boolean", "domain_source": "made up"},
        "city": OPEN,
    }
    spend = {"epsilon": 2.0, "delta": 1e-6, "threshold_delta": 1e-9}
    contract = make_contract(columns=columns, privacy={"unit": "rows", "spend": spend})
    shown = {
        column.name: column.constraints.other for column in column_schema(contract.table_schema(), contract).columns
    }

    assert shown == {
        "weight": ["0.0 to 9.5", "multiples of 0.5"],
        "born": ["1990-01-01 to 1999-12-31"],
        "code": [f"one of {', '.join(f'c{i}' for i in range(12))} and 8 more"],
        "member": ["one of false, true"],
        "city": ["categories are discovered, or elsewhere"],
    }


def test_observed_and_limit_have_the_same_names_in_every_check(checked: Project) -> None:
    shown = {result.name: check_metadata(result) for result in checked.evidence(0).results}

    assert {name for name, metadata in shown.items() if "observed" not in metadata} == set()
    for metadata in shown.values():
        assert type(metadata["observed"]) is float
        assert type(metadata["limit"]) is float
    assert shown["fidelity"]["limit"] == checked.contract.checks.max_excess_distance
    assert shown["row_count"]["observed"] == shown["row_count"]["limit"] == 400
