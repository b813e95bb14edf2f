"""What officers declare: accounts, families of accounts, and caps."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from synth_assets.errors import BudgetRefused, UsageError
from synth_assets.ledger import Account, ReservationRequest, Source
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import Cap, PrivacyUnit

Make = Callable[..., ReservationRequest]
CAP = Cap(epsilon=1.0, delta=1e-7)


def test_an_account_is_read_back_as_it_was_opened(ledger: SqlLedger, account: Account) -> None:
    assert ledger.account("survey") == account
    assert ledger.accounts() == (account,)


def test_an_account_is_opened_once(ledger: SqlLedger, account: Account) -> None:
    with pytest.raises(UsageError, match="account 'survey' is open already"):
        ledger.open_account(account, CAP, by="officer")


@pytest.mark.parametrize("name", ["", "Survey", "a/b", "../x", "a b", "-a"])
def test_a_name_that_could_not_be_a_file_name_is_refused(empty: SqlLedger, account: Account, name: str) -> None:
    with pytest.raises(UsageError, match=r"account .* must be 1 to 100 of"):
        empty.open_account(replace(account, name=name), CAP, by="officer")


def test_a_cap_too_large_for_the_books_is_refused(empty: SqlLedger, account: Account) -> None:
    with pytest.raises(UsageError, match="too large to mean anything"):
        empty.open_account(account, Cap(epsilon=1e12, delta=1e-7), by="officer")


def test_a_cap_is_replaced_and_the_book_says_by_whom(ledger: SqlLedger) -> None:
    ledger.set_cap("survey", replace(CAP, threshold_delta=1e-9), by="second officer", reason="the board said so")
    assert ledger.balance("survey").epsilon_cap == 1.0
    assert ledger.balance("survey").threshold_delta == 1e-9
    last = list(ledger.entries("survey"))[-1]
    assert (last.kind, last.by, last.payload["cap"]["epsilon"]) == ("CAP_SET", "second officer", 1.0)
    assert last.payload["reason"] == "the board said so"
    with pytest.raises(UsageError, match="must be one line"):
        ledger.close_account("survey", by="officer", reason="two\nlines")
    ledger.close_account("survey", by="officer", reason="the study is over")
    assert list(ledger.entries("survey"))[-1].payload == {"reason": "the study is over"}


def add_child(ledger: SqlLedger, source: Source, account: Account, cap: Cap = CAP) -> None:
    """Open a child account and bind a source of the same name to it."""
    ledger.open_account(account, cap, by="officer")
    columns = (*source.columns, ("seen_at", "date"))
    bound = replace(source, name=account.name, account=account.name, columns=columns)
    ledger.add_source(bound, by="officer")


def test_a_parent_is_charged_with_its_children_and_refuses_for_them(
    ledger: SqlLedger, account: Account, source: Source, request_for: Make
) -> None:
    large = Cap(epsilon=3.0, delta=1e-7)
    for name in ("north", "south"):
        add_child(ledger, source, replace(account, name=name, parent="survey"), large)
    ledger.reserve(request_for(source="north", nano_rho=100_000_000))
    assert ledger.balance("survey").reserved.nano_rho == 100_000_000
    assert ledger.balance("south").remaining.nano_rho == 57_265_387
    with pytest.raises(BudgetRefused):
        ledger.reserve(request_for("g", source="south", nano_rho=57_265_388))
    assert ledger.balance("south").reserved.nano_rho == 0
    ledger.reserve(request_for("g", source="south", nano_rho=57_265_387))
    assert ledger.balance("survey").remaining.nano_rho == 0


def test_a_partitioned_parent_is_charged_its_largest_part(
    ledger: SqlLedger, account: Account, source: Source, request_for: Make
) -> None:
    large = Cap(epsilon=3.0, delta=1e-7)
    parent = replace(account, name="all", partitioned_by="last digit of person is even or odd")
    ledger.open_account(parent, large, by="officer")
    for part in ("even", "odd"):
        add_child(ledger, source, replace(account, name=part, parent="all", partition=part), large)
    ledger.reserve(request_for(source="even", nano_rho=100_000_000))
    ledger.reserve(request_for(source="odd", nano_rho=150_000_000))
    assert ledger.balance("all").reserved.nano_rho == 150_000_000
    assert ledger.balance("even").remaining.nano_rho == 57_265_387


def test_without_a_declared_partition_there_is_no_parallel_composition(ledger: SqlLedger, account: Account) -> None:
    parent = replace(account, name="all", partitioned_by="last digit of person")
    ledger.open_account(parent, CAP, by="officer")
    with pytest.raises(UsageError, match="needs a partition: 'all' is partitioned"):
        ledger.open_account(replace(account, name="part", parent="all"), CAP, by="officer")
    with pytest.raises(UsageError, match="needs a parent"):
        ledger.open_account(replace(account, name="part", partition="even"), CAP, by="officer")


def test_windows_of_one_parent_are_equal_or_apart(ledger: SqlLedger, account: Account) -> None:
    ledger.open_account(replace(account, name="all", partitioned_by="window"), CAP, by="officer")
    november = replace(account, name="november", parent="all", window="seen_at=2026-11-01/2026-12-01")
    ledger.open_account(november, CAP, by="officer")
    ledger.open_account(replace(november, name="november-again"), CAP, by="officer")
    refused = {
        "seen_at=2026-11-30/2026-12-31": "overlaps",
        "written_at=2027-01-01/2027-02-01": "over different columns",
        "seen_at=2027-01-01T00:00Z/2027-02-01T00:00Z": "has a time zone and window",
    }
    for window, message in refused.items():
        with pytest.raises(UsageError, match=message):
            ledger.open_account(replace(november, name="late", window=window), CAP, by="officer")
    with pytest.raises(UsageError, match="are two parts"):
        ledger.open_account(replace(november, name="both", partition="x"), CAP, by="officer")


def test_an_account_below_a_window_account_has_a_window_inside_it(ledger: SqlLedger, account: Account) -> None:
    window = "seen_at=2026-11-01T00:00:00/2026-12-01T00:00:00"
    november = replace(account, name="november", window=window)
    ledger.open_account(november, CAP, by="officer")
    ledger.open_account(replace(account, name="ward", parent="november"), CAP, by="officer")
    assert ledger.account("ward").window == window
    week = replace(account, name="week", parent="ward", window="seen_at=2026-11-01/2026-11-08")
    ledger.open_account(week, CAP, by="officer")
    assert ledger.account("week").window == "seen_at=2026-11-01T00:00:00/2026-11-08T00:00:00"
    for outside in ("seen_at=2026-11-30/2026-12-02", "seen_at=2027-01-01/2027-02-01"):
        with pytest.raises(UsageError, match="is not inside"):
            ledger.open_account(replace(week, name="late", window=outside), CAP, by="officer")


def test_a_parent_must_be_there_and_over_the_same_units(ledger: SqlLedger, account: Account) -> None:
    with pytest.raises(UsageError, match="no account 'nobody'"):
        ledger.open_account(replace(account, name="c", parent="nobody"), CAP, by="officer")
    with pytest.raises(UsageError, match="its parent all rows of one person"):
        ledger.open_account(replace(account, name="c", parent="survey", unit=PrivacyUnit()), CAP, by="officer")
