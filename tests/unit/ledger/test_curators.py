"""Curators read marked accounts alone, and the ledger says so before they learn where a source is."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from synth_assets.errors import IntegrityError, LedgerUnavailable, UsageError
from synth_assets.ledger import Account, CuratorRequest, Source
from synth_assets.ledger.anchor import FileAnchor
from synth_assets.ledger.budget import history
from synth_assets.ledger.follow import verify_ledger
from synth_assets.ledger.keys import create_key, load_signer
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.sql import SqlLedger
from synth_assets.ledger.trust import Trust
from synth_assets.privacy import Cap, PrivacyLoss

REQUEST = CuratorRequest(
    id="0123",
    source="survey",
    version="2026-11",
    part=None,
    dataset="survey",
    contract_digest="c",
    candidate="d" * 64,
    by="curator",
    reason="a complaint",
)


@pytest.fixture
def marked(ledger: SqlLedger) -> SqlLedger:
    ledger.mark_curated("survey", by="officer", reason="a complaint")
    return ledger


def kinds(ledger: SqlLedger) -> list[str]:
    return [entry.kind for entry in ledger.entries("survey")]


def test_an_account_that_no_officer_marked_is_refused(ledger: SqlLedger) -> None:
    before = kinds(ledger)
    assert not ledger.curated("survey")
    with pytest.raises(UsageError, match="not marked for curators"):
        ledger.open_to_curator(REQUEST)
    assert kinds(ledger) == before


def test_a_marked_account_is_read_without_a_charge_and_the_ledger_says_by_whom(marked: SqlLedger) -> None:
    assert marked.curated("survey")
    permit = marked.open_to_curator(REQUEST)
    assert (permit.source.location, permit.window, permit.split_key) == ("/private/survey.csv", None, None)
    assert "/private" not in repr(permit)
    assert kinds(marked)[-2:] == ["CURATED", "CURATOR_READ"]
    assert marked.balance("survey").spent == PrivacyLoss(nano_rho=0)
    assert verify_ledger(marked).good
    event = list(history(marked, "survey"))[-1]
    assert event.what == "exact figures of candidate dddddddddddd read, which no epsilon covers"
    assert (event.by, event.dataset, event.reason) == ("curator", "survey", "a complaint")


def test_marking_again_says_nothing_new(marked: SqlLedger) -> None:
    marked.mark_curated("survey", by="officer", reason="again")
    assert kinds(marked).count("CURATED") == 1


def test_a_closed_account_is_read_by_nobody(marked: SqlLedger) -> None:
    marked.close_account("survey", by="officer")
    assert not marked.curated("survey")
    with pytest.raises(UsageError, match="closed"):
        marked.open_to_curator(REQUEST)
    with pytest.raises(UsageError, match="closed"):
        marked.mark_curated("survey", by="officer", reason="again")


def test_the_mark_of_one_account_is_not_that_of_another(empty: SqlLedger, account: Account, source: Source) -> None:
    for name in ("survey", "other"):
        empty.open_account(dataclasses.replace(account, name=name), Cap(epsilon=1.0, delta=1e-7), by="officer")
    empty.add_source(source, by="officer")
    empty.mark_curated("other", by="officer", reason="a complaint")
    with pytest.raises(UsageError, match="not marked"):
        empty.open_to_curator(REQUEST)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": "2025-11"}, "at version"),
        ({"part": "measured"}, "no part"),
        ({"part": "third"}, "no part"),
        ({"reason": " "}, "reason"),
        ({"by": ""}, "by"),
        ({"source": "another"}, "another"),
        ({"tool": "hybrid@0123"}, "rows=None"),
        ({"rows": 5}, "rows=5"),
        ({"tool": "hybrid@0123", "rows": 0}, "rows=0"),
        ({"tool": "two\nlines", "rows": 5}, "tool"),
    ],
)
def test_what_does_not_fit_is_refused_and_not_recorded(marked: SqlLedger, change: dict[str, Any], message: str) -> None:
    before = kinds(marked)
    with pytest.raises(UsageError, match=message):
        marked.open_to_curator(dataclasses.replace(REQUEST, **change))
    assert kinds(marked) == before


def test_a_part_comes_with_the_key_that_decides_who_is_in_it(marked: SqlLedger) -> None:
    split = marked.split_account("survey", share=0.1, by="officer")
    permit = marked.open_to_curator(dataclasses.replace(REQUEST, part="held_out"))
    assert permit.split_key is not None
    assert permit.split_key.share_ppm == split.share_ppm
    assert permit.split_key.key.hex() not in repr(permit)
    event = list(history(marked, "survey"))[-1]
    assert event.what == "exact figures of candidate dddddddddddd read, which no epsilon covers (held-out units)"
    assert verify_ledger(marked).good


def test_rows_that_are_handed_to_a_tool_are_named_with_it(marked: SqlLedger) -> None:
    marked.open_to_curator(dataclasses.replace(REQUEST, tool="hybrid@0123456789ab", rows=2000))
    event = list(history(marked, "survey"))[-1]
    told = "figures by hybrid@0123456789ab of 2,000 rows and candidate dddddddddddd read, which no epsilon covers"
    assert event.what == told
    assert verify_ledger(marked).good


def test_a_place_that_was_changed_is_not_handed_out(marked: SqlLedger) -> None:
    with marked.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE places SET location = '/elsewhere.csv'")
    before = kinds(marked)
    with pytest.raises(IntegrityError, match="not where it was registered"):
        marked.open_to_curator(REQUEST)
    assert kinds(marked) == before


def test_where_officers_have_keys_one_of_them_signed_the_mark(
    address: str, account: Account, source: Source, tmp_path: Path
) -> None:
    create_key(tmp_path / "officer.key")
    officer = load_signer(tmp_path / "officer.key")
    signing = open_ledger(address, trust=Trust(signer=officer, officers=(officer.public,)))
    signing.open_account(account, Cap(epsilon=1.0, delta=1e-7), by="officer")
    signing.add_source(source, by="officer")
    reading = open_ledger(address, trust=Trust(officers=(officer.public,)))
    reading.mark_curated("survey", by="somebody", reason="curious")
    with pytest.raises(IntegrityError, match="the mark of account 'survey' was not signed by an officer"):
        reading.open_to_curator(REQUEST)


def test_without_its_anchor_nothing_is_handed_out(address: str, ledger: SqlLedger, tmp_path: Path) -> None:
    ledger.mark_curated("survey", by="officer", reason="a complaint")
    anchored = open_ledger(address, trust=Trust(anchor=FileAnchor(tmp_path / "missing.jsonl")))
    with pytest.raises(LedgerUnavailable):
        anchored.open_to_curator(REQUEST)
    assert "CURATOR_READ" not in kinds(ledger)


def test_the_database_itself_refuses_a_reading_of_an_account_that_is_not_marked(
    ledger: SqlLedger, request_for: Callable[..., object]
) -> None:
    from synth_assets.ledger.chain import open_book

    with (
        pytest.raises(DBAPIError, match="open to curators once it is marked"),
        ledger.engine.begin() as connection,
    ):
        open_book(connection).add("CURATOR_READ", by="x", account="survey", payload={})
