"""A ledger of format 1, as an older version wrote it, is brought to this format: nothing is lost, charges only rise."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from asked import a_request

from synth_assets.errors import BudgetRefused, LedgerUnavailable, UsageError
from synth_assets.ledger import ReservationRequest
from synth_assets.ledger.engine import make_engine
from synth_assets.ledger.follow import verify_ledger, verify_lines
from synth_assets.ledger.keys import create_key, load_signer
from synth_assets.ledger.migrate import migrate
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import PrivacyLoss, PrivacyUnit, old_threshold_excess

DUMP = Path(__file__).parents[2] / "data" / "ledger_format_1.sql"
"""Three children of ``clinic`` have one window in three spellings; ``ward`` and ``other-month`` lie below the first."""
NOVEMBER = "seen=2026-11-01T00:00:00/2026-12-01T00:00:00"
UNIT = PrivacyUnit(column="person", max_rows=3)


@pytest.fixture
def old(tmp_path: Path) -> str:
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text())
    return f"sqlite:///{path}"


@pytest.fixture
def ledger(old: str) -> SqlLedger:
    migrate(make_engine(old, busy_seconds=30))
    return open_ledger(old)


def asking(source: str, *, nano_rho: int, fingerprint: str = "new") -> ReservationRequest:
    return a_request(source, fingerprint=fingerprint, unit=UNIT, loss=PrivacyLoss(nano_rho=nano_rho))


def test_an_old_ledger_is_neither_read_nor_written_before_it_is_migrated(old: str) -> None:
    ledger = open_ledger(old)
    for act in (ledger.accounts, ledger.recover, lambda: ledger.balance("clinic"), lambda: verify_ledger(ledger)):
        with pytest.raises(LedgerUnavailable, match="has format 1, this version works on format 3") as caught:
            act()
        assert caught.value.hint == "synth-assets ledger migrate"


def test_the_migrated_ledger_verifies_and_old_entries_keep_their_hashes(old: str, ledger: SqlLedger) -> None:
    verdict = verify_ledger(ledger)
    assert verdict.faults == ()
    with closing(sqlite3.connect(old.removeprefix("sqlite:///"))) as connection:
        old_entries = connection.execute("SELECT seq, hash FROM entries WHERE format = 1 ORDER BY seq").fetchall()
    text = DUMP.read_text()
    assert len(old_entries) == text.count('INSERT INTO "entries"')
    assert all(hash_ in text for _, hash_ in old_entries)


def test_migrating_again_changes_nothing(old: str, ledger: SqlLedger) -> None:
    before = [entry.hash for entry in ledger.entries()]
    migrate(make_engine(old, busy_seconds=30))
    assert [entry.hash for entry in ledger.entries()] == before


def test_one_window_spelled_three_ways_is_one_part_afterwards(ledger: SqlLedger) -> None:
    spelled = [ledger.account(name).window for name in ("november", "november-again", "november-thrice", "ward")]
    assert spelled == [NOVEMBER] * 4


def test_rows_of_other_windows_are_charged_to_the_account_that_was_declared_one_part(ledger: SqlLedger) -> None:
    # november 30, november-again 20, ward 10 and other-month 5 are one part now; the last two read across parts.
    assert ledger.balance("clinic").spent.nano_rho == 30_000_000 + 20_000_000 + 2 * 10_000_000 + 2 * 5_000_000
    corrected = [entry for entry in ledger.entries("clinic") if entry.kind == "CORRECTED"]
    assert [entry.payload["nano_rho"] for entry in corrected] == [10_000_000, 5_000_000]
    assert ledger.balance("november").spent.nano_rho == 45_000_000


def test_an_account_above_its_cap_is_frozen_until_the_officer_decides(ledger: SqlLedger) -> None:
    assert ledger.balance("clinic").frozen
    with pytest.raises(BudgetRefused, match="frozen"):
        ledger.reserve(asking("november", nano_rho=1))
    waiting = [reservation for reservation in ledger.reservations("november") if reservation.state == "RESERVED"]
    with pytest.raises(BudgetRefused, match="frozen"):
        ledger.begin(waiting[0].id)


def test_a_window_that_is_not_inside_its_parents_is_closed(ledger: SqlLedger) -> None:
    assert ledger.balance("other-month").closed
    assert not ledger.balance("ward").closed


def test_thresholds_are_charged_what_they_cost(ledger: SqlLedger) -> None:
    excess = old_threshold_excess(nano_rho=50_000_000, atto_delta=2_000_000_000, max_rows=3)
    assert excess > 0
    assert ledger.balance("survey").spent == PrivacyLoss(nano_rho=50_000_000, atto_delta=2_000_000_000 + excess)
    assert ledger.balance("survey").frozen


def test_a_narrowed_account_asks_for_the_column_of_its_window(old: str) -> None:
    with closing(sqlite3.connect(old.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("UPDATE sources SET columns = '[[\"person\",\"int64\"]]' WHERE name = 'ward'")
    migrate(make_engine(old, busy_seconds=30))
    with pytest.raises(UsageError, match="has no column 'seen'"):
        open_ledger(old).reserve(asking("ward", nano_rho=1))


def test_an_exporter_cannot_seal_an_old_line_of_the_bundles_account(ledger: SqlLedger) -> None:
    lines = list(ledger.export_entries("november"))
    good, book = verify_lines(lines, ledger_id=ledger.ledger_id())
    assert good.faults == ()
    assert book.accounts["november"].migrated
    charge = next(index for index, line in enumerate(lines) if line.get("kind") == "OPENED")
    words = ("seq", "body_digest", "previous", "hash", "key_id", "signature")
    lines[charge] = {**{word: lines[charge][word] for word in words}, "sealed": True}
    bad, _ = verify_lines(lines, ledger_id=ledger.ledger_id())
    assert any("older lines are of account 'november': others are here" in fault for fault in bad.faults)


def test_what_a_migration_writes_is_signed_by_who_has_a_key(old: str, tmp_path: Path) -> None:
    public = create_key(tmp_path / "owner.key")
    migrate(make_engine(old, busy_seconds=30), signer=load_signer(tmp_path / "owner.key"))
    verdict = verify_ledger(open_ledger(old), keys=[public])
    assert verdict.faults == ()
    assert verdict.signed == verdict.entries


def test_a_ledger_of_format_2_keeps_every_entry_and_can_be_split_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.with_name("ledger_format_2.sql").read_text())
    address = f"sqlite:///{path}"
    with pytest.raises(LedgerUnavailable, match="has format 2, this version works on format 3"):
        open_ledger(address).accounts()
    migrate(make_engine(address, busy_seconds=30))
    ledger = open_ledger(address)
    assert [entry.kind for entry in ledger.entries()][-2:] == ["RESERVED", "CANCELLED"], "nothing was added"
    assert (ledger.balance("survey").spent, ledger.balance("survey").parts) == (PrivacyLoss(nano_rho=40_000_000), {})
    split = ledger.split_account("survey", share=0.1, by="officer")
    loss = PrivacyLoss(nano_rho=20_000_000)
    asked = a_request("survey", fingerprint="new", unit=UNIT, loss=loss, part="held_out", split=split.digest)
    assert ledger.reserve(asked).part == "held_out"
    assert verify_ledger(ledger).faults == ()
