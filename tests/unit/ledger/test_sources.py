"""What officers declare about private tables, and that a place is given only where it is the registered one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from synth_assets.errors import IntegrityError, UsageError
from synth_assets.ledger import Account, ReservationRequest, Source, schema
from synth_assets.ledger.engine import connect
from synth_assets.ledger.sources import place_digest
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import Cap, PrivacyUnit

Make = Callable[..., ReservationRequest]
CAP = Cap(epsilon=1.0, delta=1e-7)


def kinds(ledger: SqlLedger) -> list[str]:
    return [entry.kind for entry in ledger.entries()]


def test_a_source_needs_an_account_with_the_same_unit(ledger: SqlLedger, source: Source) -> None:
    with pytest.raises(UsageError, match="no account 'nowhere'"):
        ledger.add_source(replace(source, name="s", account="nowhere"), by="officer")
    with pytest.raises(UsageError, match="source 's' has unit one row"):
        ledger.add_source(replace(source, name="s", unit=PrivacyUnit()), by="officer")


def test_a_source_is_read_back_as_it_was_added(ledger: SqlLedger, source: Source) -> None:
    assert ledger.source("survey") == source
    assert ledger.sources() == (source,)


def test_the_same_source_again_changes_nothing(ledger: SqlLedger, source: Source) -> None:
    before = kinds(ledger)
    ledger.add_source(source, by="officer")
    assert kinds(ledger) == before


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"location": "/elsewhere.csv"}, "source set-location"),
        ({"options": {"separator": ","}}, "source set-location"),
        ({"kind": "parquet", "attested_by": "somebody"}, "source set-location"),
        ({"version": "2026-12"}, "source set-version"),
        ({"columns": (("person", "integer"),)}, "under another name"),
        ({"account": "other"}, "under another name"),
        ({"location": "/elsewhere.csv", "version": "2026-12"}, "under another name"),
    ],
)
def test_a_used_name_is_never_given_to_something_else(
    ledger: SqlLedger, source: Source, account: Account, change: dict[str, Any], hint: str
) -> None:
    ledger.open_account(replace(account, name="other"), CAP, by="officer")
    before = kinds(ledger)
    with pytest.raises(UsageError, match=f"is registered already with another .*{next(iter(change))}") as caught:
        ledger.add_source(replace(source, **change), by="officer")
    assert hint in caught.value.hint
    assert "elsewhere" not in str(caught.value)
    assert ledger.source("survey") == source
    assert kinds(ledger) == before


def test_a_source_moves_with_a_reason_and_keeps_what_was_paid(
    ledger: SqlLedger, source: Source, request_for: Make
) -> None:
    reserved = ledger.reserve(request_for())
    moved = replace(source, location="/elsewhere.parquet", kind="parquet", options={}, attested_by="officer")
    ledger.move_source(moved, by="officer", reason="a new disk")
    assert ledger.source("survey") == moved
    assert ledger.reserve(request_for()) == reserved
    last = list(ledger.entries())[-1]
    assert (last.kind, last.account, last.by) == ("SOURCE_MOVED", "survey", "officer")
    assert {key: value for key, value in last.payload.items() if key != "place_digest"} == {
        "source": "survey",
        "kind": "parquet",
        "attested_by": "officer",
        "reason": "a new disk",
    }
    with pytest.raises(UsageError, match="reason="):
        ledger.move_source(moved, by="officer", reason="")


def test_a_move_changes_neither_unit_nor_account_nor_version(ledger: SqlLedger, source: Source) -> None:
    changed = replace(source, unit=PrivacyUnit(), account="rich", version="2027-01")
    ledger.move_source(changed, by="officer", reason="a try")
    assert ledger.source("survey") == source


@pytest.mark.parametrize(
    ("columns", "says"),
    [((("person", "integer"),), "no column 'age'"), ((("person", "integer"), ("age", "text")), "'age' as text")],
)
def test_a_new_place_has_the_registered_columns(
    ledger: SqlLedger, source: Source, columns: tuple[tuple[str, str], ...], says: str
) -> None:
    with pytest.raises(UsageError, match=f"has column 'age' as integer, the new location has {says}"):
        ledger.move_source(replace(source, columns=columns), by="officer", reason="a new disk")
    more = replace(source, columns=(("more", "text"), *source.columns))
    ledger.move_source(more, by="officer", reason="a new disk")
    assert ledger.source("survey").columns == source.columns


def test_an_unknown_source_does_not_move(ledger: SqlLedger, source: Source) -> None:
    with pytest.raises(UsageError, match="no source 'nothing'"):
        ledger.move_source(replace(source, name="nothing"), by="officer", reason="a try")


def test_the_book_notes_that_a_place_changed_without_naming_it(ledger: SqlLedger, source: Source) -> None:
    ledger.move_source(replace(source, location="/elsewhere.csv"), by="officer", reason="a new disk")
    digests = [entry.payload["place_digest"] for entry in ledger.entries() if "place_digest" in entry.payload]
    assert len(set(digests)) == 2
    assert "location" not in str(list(ledger.export_entries()))


def test_setting_the_same_label_again_writes_nothing(ledger: SqlLedger) -> None:
    ledger.set_version("survey", "2026-12", by="custodian", reason="the December delivery")
    ledger.set_version("survey", "2026-12", by="custodian")
    assert kinds(ledger).count("VERSION_SET") == 1
    assert ledger.source("survey").version == "2026-12"
    assert list(ledger.entries())[-1].payload["reason"] == "the December delivery"


def test_a_window_account_needs_a_source_with_its_column(ledger: SqlLedger, account: Account, source: Source) -> None:
    november = replace(account, name="november", window="seen_at=2026-11-01/2026-12-01")
    ledger.open_account(november, CAP, by="officer")
    with pytest.raises(UsageError, match="has no column 'seen_at'"):
        ledger.add_source(replace(source, name="n", account="november"), by="officer")


def put(ledger: SqlLedger, **values: str) -> None:
    """Do as somebody would who can write the database."""
    with connect(ledger.engine, write=True) as connection:
        connection.execute(update(schema.places).values(values))


def test_a_place_that_is_not_the_registered_one_is_not_given(
    ledger: SqlLedger, source: Source, request_for: Make
) -> None:
    permit = ledger.begin(ledger.reserve(request_for()).id)
    waiting = ledger.reserve(request_for("waiting"))
    put(ledger, location="/mine.csv")
    more = request_for("more")
    for refused in (lambda: ledger.redeem(permit), lambda: ledger.begin(waiting.id), lambda: ledger.reserve(more)):
        with pytest.raises(IntegrityError, match="source 'survey' is not where it was registered") as caught:
            refused()
        assert "set-location" in caught.value.hint
        assert "mine" not in str(caught.value)
    ledger.move_source(source, by="officer", reason="put right")
    assert ledger.redeem(permit) == source
    assert ledger.balance("survey").spent == ledger.reservation(permit.reservation_id).loss


def test_the_digest_of_a_place_depends_on_all_of_it() -> None:
    same = place_digest("/a", {"b": 1}, salt="c")
    assert same == place_digest("/a", {"b": 1}, salt="c")
    others = [
        place_digest("/b", {"b": 1}, salt="c"),
        place_digest("/a", {}, salt="c"),
        place_digest("/a", {"b": 1}, salt="d"),
    ]
    assert len({same, *others}) == 4
