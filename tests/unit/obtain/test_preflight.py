"""What can be said of a contract from registered names, types, units and accounts, before anything is paid."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from synth_assets.contract import DatasetContract
from synth_assets.errors import UsageError
from synth_assets.ledger import Account, Source, open_ledger
from synth_assets.ledger.sql import SqlLedger
from synth_assets.obtain.preflight import preflight, remarks_on_account, remarks_on_source
from synth_assets.obtain.remark import Remark
from synth_assets.privacy import Cap, PrivacyUnit

PERSON = PrivacyUnit(column="person", max_rows=2)
NUMBER = {"type": "integer", "min": 0, "max": 9, "domain_source": "made up"}
REGION = {"type": "categorical", "categories": ["north", "south"], "domain_source": "made up"}


def contract(**changes: Any) -> DatasetContract:
    privacy = {"unit": "rows", "spend": {"epsilon": 1.0, "delta": 1e-6}}
    value = {"name": "d", "purpose": "p", "source": "s", "privacy": privacy, "columns": {"x": NUMBER}}
    return DatasetContract.model_validate({**value, **changes})


TOWN = Account(name="town", source="s", population="nobody", unit=PrivacyUnit())


def source(*columns: tuple[str, str], kind: Any = "parquet", unit: PrivacyUnit | None = None) -> Source:
    return Source(
        name="s",
        kind=kind,
        location="/nowhere",
        columns=columns or (("x", "int64"),),
        unit=unit or PrivacyUnit(),
        account="town",
        version="1",
    )


def with_unit(column: str, max_rows: int) -> DatasetContract:
    unit = {"column": column, "max_rows": max_rows}
    return contract(privacy={"unit": unit, "spend": {"epsilon": 1.0, "delta": 1e-6}})


def ledger_of(folder: Path, registered: Source, *, window: str | None = None, epsilon: float = 3.0) -> SqlLedger:
    ledger = open_ledger(f"sqlite:///{folder / 'ledger.db'}")
    account = Account(name="town", source="s", population="nobody", unit=registered.unit, window=window)
    ledger.open_account(account, Cap(epsilon=epsilon, delta=1e-5), by="officer")
    ledger.add_source(registered, by="officer")
    return ledger


def test_a_contract_that_fits_gets_no_remark() -> None:
    assert list(remarks_on_source(source(), contract())) == []
    preflight(source(), contract(), account=TOWN)


def test_a_column_that_is_not_there_is_refused_with_the_nearest_name() -> None:
    for written, meant in (("region_name", "region"), ("REGION", "region")):
        with pytest.raises(UsageError, match=rf"columns\.{written}: source 's' has no such column") as error:
            preflight(source(("region", "text"), ("age", "int64")), contract(columns={written: REGION}), account=TOWN)
        assert f"did you mean {meant!r}? it has: region, age" in error.value.hint
        assert error.value.where == ("columns", written)


def test_many_columns_are_not_all_listed() -> None:
    columns = tuple((f"column_{number}", "text") for number in range(40))
    with pytest.raises(UsageError) as error:
        preflight(source(*columns), contract(), account=TOWN)
    assert "column_11 and 28 more" in error.value.hint


def test_a_type_that_cannot_be_meant_is_refused_and_says_what_every_row_would_become() -> None:
    for changes, becomes in (
        ({}, "'north'"),
        ({"nullable": True}, "null"),
        ({"categories": ["north", "rest"], "other": "rest"}, "'rest'"),
    ):
        with pytest.raises(UsageError, match=f"every row would silently become {becomes}") as error:
            preflight(source(("x", "int64")), contract(columns={"x": {**REGION, **changes}}), account=TOWN)
        assert "`integer`" in error.value.hint
    for column, becomes in ((NUMBER, "the smallest value"), ({"type": "boolean", "domain_source": "x"}, "false")):
        with pytest.raises(UsageError, match=f"become {becomes}"):
            preflight(source(("x", "date32[day]")), contract(columns={"x": column}), account=TOWN)


def test_an_odd_type_is_a_warning_and_is_not_refused() -> None:
    odd = contract(columns={"x": {**REGION, "categories": ["1", "2"]}})
    (remark,) = remarks_on_source(source(("x", "int64")), odd)
    assert not remark.refused
    assert remark.hint.endswith("if it is meant, leave it")
    preflight(source(("x", "int64")), odd, account=TOWN)


def test_text_of_a_csv_file_may_be_anything() -> None:
    assert list(remarks_on_source(source(("x", "text"), kind="csv"), contract())) == []
    assert [remark.refused for remark in remarks_on_source(source(("x", "text")), contract())] == [False]


def test_another_unit_is_refused_at_the_key_that_differs() -> None:
    registered = source(("x", "int64"), ("person", "text"), unit=PERSON)
    for wrong, where in (
        (contract(), ("privacy", "unit")),
        (with_unit("household", 2), ("privacy", "unit")),
        (with_unit("person", 3), ("privacy", "unit", "max_rows")),
    ):
        with pytest.raises(UsageError, match="all rows of one person") as error:
            preflight(registered, wrong, account=TOWN)
        assert error.value.where == where
        assert "{column: person, max_rows: 2}" in error.value.hint
    with pytest.raises(UsageError) as error:
        preflight(source(), with_unit("person", 2), account=TOWN)
    assert "`unit: rows`" in error.value.hint


@pytest.mark.parametrize(
    ("registered", "refused"),
    [
        ("text", None),
        ("int64", None),
        ("double", False),
        ("date32[day]", False),
        ("bool", True),
        ("list<a: int8>", True),
    ],
)
def test_a_unit_column_must_tell_units_apart(registered: str, *, refused: bool | None) -> None:
    columns = source(("x", "int64"), ("person", registered), unit=PERSON)
    remarks = list(remarks_on_source(columns, with_unit("person", 2)))
    assert [remark.refused for remark in remarks] == ([] if refused is None else [refused])


def test_rules_that_no_row_can_keep_are_refused_before_anything_is_reserved() -> None:
    with pytest.raises(UsageError, match=r"contract 'd', rules\.r: no row can keep `x > 9`") as error:
        preflight(source(), contract(rules={"r": "x > 9"}), account=TOWN)
    assert error.value.where == ("rules", "r")
    preflight(source(), contract(rules={"r": "x >= 9"}, derived={"d": "x / 2"}), account=TOWN)  # odd is not refused


def test_all_faults_are_listed_at_once() -> None:
    wrong = contract(columns={"x": REGION, "y": NUMBER}, rules={"r": "x = 'west'"})
    with pytest.raises(UsageError, match="in 3 places") as error:
        preflight(source(("x", "int64")), wrong, account=TOWN)
    for prefix in ("columns.x: ", "columns.y: ", "rules.r: "):
        assert f"\n  {prefix}" in error.value.message


def remarks_of_account(ledger: SqlLedger, asked: DatasetContract) -> list[Remark]:
    return list(remarks_on_account(ledger, ledger.source("s"), asked))


def test_an_account_that_covers_a_release_gets_no_remark(tmp_path: Path) -> None:
    assert remarks_of_account(ledger_of(tmp_path, source()), contract()) == []


def test_a_cap_that_is_too_small_now_is_refused_and_so_are_frozen_and_closed_accounts(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, source(), epsilon=0.5)
    (remark,) = remarks_of_account(ledger, contract())
    assert remark.where == ("privacy", "spend")
    assert "is left" in remark.message
    ledger.close_account("town", by="officer")
    (remark,) = remarks_of_account(ledger, contract())
    assert "is closed" in remark.message


@pytest.mark.parametrize(
    ("registered", "window", "message"),
    [
        ("text", "seen=2026-01-01/2026-02-01", ""),
        ("date32[day]", "seen=2026-01-01/2026-02-01", ""),
        ("timestamp[us]", "seen=2026-01-01/2026-02-01", ""),
        ("timestamp[us, tz=UTC]", "seen=2026-01-01/2026-02-01", "no row would be read"),
        ("timestamp[us]", "seen=2026-01-01T00:00Z/2026-02-01T00:00Z", "no row would be read"),
        ("timestamp[us, tz=UTC]", "seen=2026-01-01T00:00Z/2026-02-01T00:00Z", ""),
        ("bool", "seen=2026-01-01/2026-02-01", "never a date or a time"),
    ],
)
def test_a_window_that_lets_no_row_through_is_refused(
    tmp_path: Path, registered: str, window: str, message: str
) -> None:
    ledger = ledger_of(tmp_path, source(("x", "int64"), ("seen", registered)), window=window)
    remarks = remarks_of_account(ledger, contract())
    assert [message in remark.message and remark.refused for remark in remarks] == ([True] if message else [])
    with pytest.raises(UsageError, match=message) if message else nullcontext():
        preflight(ledger.source("s"), contract(), account=ledger.account("town"))


def test_a_window_whose_column_was_never_registered_is_refused(tmp_path: Path) -> None:
    registered = source(("x", "int64"), ("seen", "text"))
    ledger = ledger_of(tmp_path, registered, window="seen=2026-01-01/2026-02-01")
    without = replace(registered, columns=(("x", "int64"),))
    (remark,) = remarks_on_account(ledger, without, contract())
    assert "has no such column" in remark.message


@pytest.mark.parametrize(
    ("split", "asked", "refused", "message"),
    [
        (None, 0.1, True, "account 'town' is not split, so nobody is held out"),
        (0.2, 0.1, True, "holds out 0.2 of its units, for good, and not 0.1"),
        (0.1, 0.0, False, "this contract reads all: both parts are charged"),
        (0.1, 0.1, False, ""),
    ],
)
def test_a_contract_and_its_account_hold_out_the_same_people(
    tmp_path: Path, split: float | None, asked: float, message: str, *, refused: bool
) -> None:
    registered = source(("person", "int64"), ("x", "int64"), unit=PERSON)
    ledger = ledger_of(tmp_path, registered)
    if split is not None:
        ledger.split_account("town", share=split, by="officer")
    unit = {"column": "person", "max_rows": 2}
    asking = contract(privacy={"unit": unit, "spend": {"epsilon": 1.0, "delta": 1e-6}, "holdout": asked})
    remarks = [remark for remark in remarks_on_account(ledger, registered, asking) if "holdout" in remark.where]
    assert [(remark.refused, message in remark.message) for remark in remarks] == ([(refused, True)] if message else [])
    expectation = pytest.raises(UsageError, match=message) if refused else nullcontext()
    with expectation:
        preflight(registered, asking, account=ledger.account("town"), split=ledger.split("town"))


@pytest.mark.parametrize(
    ("registered", "declared", "written"),
    [
        ("decimal128(10, 2)", {}, "decimals: 2"),
        ("decimal128(10, -2)", {}, "decimals: 0"),
        ("int32", {}, "decimals: 0"),
        ("double", {}, None),
        ("decimal128(10, 2)", {"decimals": 1}, None),
        ("decimal128(10, 2)", {"step": 0.05}, None),
    ],
)
def test_the_digits_of_a_registered_type_are_proposed(
    registered: str, declared: dict[str, Any], written: str | None
) -> None:
    columns = {"x": {"type": "float", "min": 0, "max": 1000, "domain_source": "made up", **declared}}
    remarks = list(remarks_on_source(source(("x", registered)), contract(columns=columns)))
    assert [remark.refused for remark in remarks] == [False] * (written is not None)
    assert all(f"`{written}`" in remark.hint for remark in remarks)
