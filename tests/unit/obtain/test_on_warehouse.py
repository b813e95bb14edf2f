"""What a warehouse cannot answer is said before anything is paid, with what to do instead."""

from dataclasses import replace

from kit.people import make_contract

from synth_assets.contract import DatasetContract
from synth_assets.evaluation.metrics.registry import METRICS
from synth_assets.ledger import Account, Source
from synth_assets.obtain.on_warehouse import COUNTED_GATES, remarks_on_warehouse, remarks_on_warehouse_window
from synth_assets.privacy import PrivacyUnit

SOURCE = Source(
    name="census",
    kind="sql",
    location="",
    columns=(("person", "text"), ("age", "int64"), ("city", "text"), ("member", "bool")),
    unit=PrivacyUnit(),
    account="town",
    version="2026-11",
)


def refused(contract: DatasetContract, source: Source = SOURCE) -> list[str]:
    remarks = list(remarks_on_warehouse(source, contract))
    assert all(remark.refused and "`sql_rows`" in remark.hint for remark in remarks)
    return [".".join(remark.where) for remark in remarks]


def test_a_contract_of_codes_is_answered() -> None:
    assert refused(make_contract()) == []


def test_numbers_that_are_texts_and_ids_that_are_reals_are_refused() -> None:
    columns = (("person", "double"), ("age", "text"), ("city", "double"), ("member", "bool"))
    contract = make_contract(unit={"column": "person", "max_rows": 2})
    assert refused(contract, replace(SOURCE, columns=columns)) == ["privacy.unit", "columns.age", "columns.city"]
    assert refused(contract, replace(SOURCE, columns=columns, kind="sql_rows")) == []


def test_a_category_that_sql_cannot_write_is_refused() -> None:
    city = {"type": "categorical", "categories": ["x", "a\0b"], "domain_source": "law"}
    assert refused(make_contract(columns={"city": city})) == ["columns.city"]


def test_a_holdout_is_refused() -> None:
    privacy = {"unit": {"column": "person", "max_rows": 2}, "spend": {"epsilon": 1.0, "delta": 1e-6}, "holdout": 0.1}
    assert refused(make_contract(privacy=privacy)) == ["privacy.holdout"]


def test_a_window_must_be_over_a_date_or_time() -> None:
    account = Account(
        name="town", source="census", population="x", unit=PrivacyUnit(), window="age=2026-01-01/2026-02-01"
    )
    assert len(list(remarks_on_warehouse_window(account, SOURCE))) == 1
    dated = replace(SOURCE, columns=(("age", "date32[day]"),))
    assert not list(remarks_on_warehouse_window(account, dated))


def test_gates_that_take_codes_alone_are_metrics_that_there_are() -> None:
    assert set(METRICS) > COUNTED_GATES
