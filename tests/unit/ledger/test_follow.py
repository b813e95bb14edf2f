"""Every rewritten ledger log is detected, and an unchanged one is verified as good."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from synth_assets.errors import LedgerUnavailable
from synth_assets.files import canonical_json
from synth_assets.ledger import Account, Entry, ReservationRequest, Source
from synth_assets.ledger.anchor import FileAnchor, Head
from synth_assets.ledger.chain import hash_of
from synth_assets.ledger.follow import verify_ledger, verify_lines
from synth_assets.ledger.keys import create_key, load_signer
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.sql import SqlLedger
from synth_assets.ledger.trust import Trust
from synth_assets.privacy import Cap

Make = Callable[..., ReservationRequest]


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    public = create_key(tmp_path / "officer.key")
    anchor = FileAnchor(tmp_path / "elsewhere" / "anchors")
    return Trust(signer=load_signer(tmp_path / "officer.key"), anchor=anchor, officers=(public,))


@pytest.fixture
def book(tmp_path: Path, trust: Trust, account: Account, source: Source, request_for: Make) -> SqlLedger:
    """A signed and anchored book in which everything happened once."""
    ledger = open_ledger(root=tmp_path, trust=trust)
    ledger.init_anchor()
    ledger.open_account(account, Cap(epsilon=4.0, delta=1e-7), by="officer")
    child = replace(account, name="child", parent="survey")
    ledger.open_account(child, Cap(epsilon=1.0, delta=1e-7), by="officer")
    ledger.add_source(source, by="officer")
    ledger.set_cap("survey", Cap(epsilon=3.0, delta=1e-7), by="officer")
    done, dead, given_back = (ledger.reserve(request_for(name)) for name in ("done", "dead", "back"))
    permit = ledger.begin(done.id)
    permit = ledger.begin(done.id)
    ledger.redeem(permit)
    ledger.record_intent(permit, 0, "i")
    ledger.record_answer(permit, 0, "a")
    ledger.settle(done.id, release_digest="r")
    ledger.begin(dead.id)
    ledger.settle(dead.id, release_digest=None)
    ledger.cancel(given_back.id)
    ledger.reserve(request_for("waiting", nano_rho=1))
    ledger.set_version("survey", "2026-12", by="officer")
    ledger.close_account("child", by="officer")
    return ledger


def file_of(ledger: SqlLedger) -> Path:
    return Path(ledger.engine.url.database or "")


def tamper(ledger: SqlLedger, *statements: str) -> None:
    """Do as the owner of the file can: drop the laws, then write."""
    with closing(sqlite3.connect(file_of(ledger))) as connection, connection:
        laws = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for statement in (*(f"DROP TRIGGER {law}" for law in laws), *statements):
            connection.execute(statement)


def faults(ledger: SqlLedger, trust: Trust | None = None) -> str:
    """Verify with everything that ``trust`` has, or with the book alone."""
    if trust is None:
        return "\n".join(verify_ledger(ledger).faults)
    return "\n".join(verify_ledger(ledger, anchor=trust.anchor, officers=trust.officers).faults)


def test_a_good_book_is_good_and_what_was_not_checked_is_named(book: SqlLedger, trust: Trust) -> None:
    verdict = verify_ledger(book, anchor=trust.anchor, officers=trust.officers)
    assert verdict.good
    assert verdict.notes == ()
    assert verdict.entries == 19
    alone = verify_ledger(book)
    assert alone.good
    assert len(alone.notes) == 2


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE entries SET by = 'somebody else' WHERE seq = 5", "entry 5 was edited"),
        ("UPDATE entries SET time = '2020-01-01T00:00:00.000Z' WHERE seq = 5", "entry 5 was edited"),
        ("UPDATE entries SET payload = '{}' WHERE seq = 1", "entry 1 was edited"),
        ("UPDATE entries SET kind = 'GIFT' WHERE seq = 5", "which means nothing"),
        ("UPDATE entries SET hash = 'x' WHERE seq = 5", "entry 6 does not follow entry 5"),
        ("DELETE FROM entries WHERE seq = 5", "entry 5 is missing"),
        ("DELETE FROM entries WHERE seq > 17", "the head says entry 19, the newest entry is 17"),
        ("UPDATE ledger SET seq = 99", "the head says entry 99"),
        ("UPDATE accounts SET spent_nano_rho = 0", "account 'survey': table and ledger log disagree"),
        ("UPDATE accounts SET cap_nano_rho = 1", "account 'survey': table and ledger log disagree"),
        ("UPDATE accounts SET closed = 0 WHERE name = 'child'", "account 'child': table and ledger log disagree"),
        ("UPDATE accounts SET parent = NULL WHERE name = 'child'", "account 'child': table and ledger log disagree"),
        ("UPDATE reservations SET nano_rho = 1 WHERE attempt = 1", "reservation '"),
        ("UPDATE reservations SET state = 'CANCELLED'", "reservation '"),
        ("UPDATE reservations SET release_digest = 'x'", "reservation '"),
        ("DELETE FROM draws", "draws of reservation '"),
        ("UPDATE draws SET answer_digest = 'x'", "draws of reservation '"),
        ("UPDATE sources SET version = 'x'", "source 'survey': table and ledger log disagree"),
        ("UPDATE places SET location = '/another'", "source 'survey' is not where it was registered"),
        ("UPDATE places SET options = '[['", "source 'survey' is not where it was registered"),
        ("DELETE FROM places", "source 'survey' is not where it was registered"),
    ],
)
def test_an_edit_is_found_without_any_key_or_anchor(book: SqlLedger, statement: str, fault: str) -> None:
    tamper(book, statement)
    assert fault in faults(book)


def write_anew(ledger: SqlLedger, *, leave_out: str) -> None:
    """Write the whole book again without the entries of one kind, with hashes that fit."""
    entries = [entry for entry in ledger.entries() if entry.kind != leave_out]
    previous, rows = ledger.ledger_id(), []
    for seq, entry in enumerate(entries, start=1):
        anew = replace(entry, seq=seq, previous=previous)
        digest, hash_ = hash_of(anew)
        anew = replace(anew, body_digest=digest, hash=hash_)
        rows.append({**asdict(anew), "payload": canonical_json(entry.payload).decode()})
        previous = hash_
    tamper(ledger, "DELETE FROM entries")
    with closing(sqlite3.connect(file_of(ledger))) as connection, connection:
        connection.execute("UPDATE ledger SET seq = ?, hash = ?", (len(rows), previous))
        names = list(rows[0])
        placeholders = ", ".join(f":{name}" for name in names)
        columns = ", ".join(f'"{name}"' for name in names)
        connection.executemany(f"INSERT INTO entries ({columns}) VALUES ({placeholders})", rows)  # noqa: S608 -- names of columns


def test_a_book_written_anew_fits_together_and_is_found_by_key_and_by_anchor(book: SqlLedger, trust: Trust) -> None:
    write_anew(book, leave_out="REDEEMED")
    assert verify_ledger(book).good
    assert "was anchored with another hash" in "\n".join(verify_ledger(book, anchor=trust.anchor).faults)
    assert "the signature of entry 18 is wrong" in "\n".join(verify_ledger(book, keys=trust.officers).faults)


def test_signatures_that_were_taken_away_are_missed(book: SqlLedger, trust: Trust) -> None:
    tamper(book, "UPDATE entries SET key_id = NULL, signature = NULL")
    assert "no entry is signed" in "\n".join(verify_ledger(book, keys=trust.officers).faults)
    assert "(CAP_SET) was not signed by an officer" in faults(book, trust)


def test_an_old_backup_put_back_is_found_by_the_anchor(
    book: SqlLedger, trust: Trust, tmp_path: Path, request_for: Make
) -> None:
    shutil.copy(file_of(book), tmp_path / "backup.db")
    book.begin(book.reserve(request_for("more", nano_rho=1, version="2026-12")).id)
    shutil.copy(tmp_path / "backup.db", file_of(book))
    assert verify_ledger(book).good
    assert "entry 21 was anchored and is missing" in faults(book, trust)


def test_a_source_that_an_officer_moved_is_where_it_was_registered(
    book: SqlLedger, trust: Trust, source: Source
) -> None:
    moved = replace(source, location="/new.parquet", kind="parquet", attested_by="officer")
    book.move_source(moved, by="officer", reason="a new disk")
    assert faults(book, trust) == ""
    open_ledger(f"sqlite:///{file_of(book)}").move_source(source, by="somebody", reason="another disk")
    assert "(SOURCE_MOVED) was not signed by an officer" in faults(book, trust)


def test_an_anchor_that_knows_no_head_of_the_ledger_proves_nothing(book: SqlLedger, tmp_path: Path) -> None:
    unrelated = FileAnchor(tmp_path / "other")
    unrelated.init(Head(ledger_id="another", seq=1, hash="h"))
    assert "holds no head of this ledger" in "\n".join(verify_ledger(book, anchor=unrelated).faults)
    lines = list(book.export_entries("survey"))
    assert not verify_lines(lines, ledger_id=book.ledger_id(), anchor=unrelated)[0].good
    with pytest.raises(LedgerUnavailable, match="holds no head of this ledger"):
        verify_ledger(book, anchor=FileAnchor(tmp_path / "nothing"))


def test_another_key_than_the_given_one_is_not_trusted(book: SqlLedger, tmp_path: Path) -> None:
    stranger = create_key(tmp_path / "stranger.key")
    assert "no entry is signed by a given key" in "\n".join(verify_ledger(book, keys=[stranger]).faults)


def test_entries_after_the_newest_signature_are_mentioned(book: SqlLedger, trust: Trust, tmp_path: Path) -> None:
    open_ledger(root=tmp_path).recover()
    unsigned = open_ledger(root=tmp_path)
    unsigned.set_version("survey", "2027-01", by="custodian")
    verdict = verify_ledger(book, keys=trust.officers)
    assert verdict.notes[0] == "the newest 1 entries are not signed by a given key"
    assert verdict.good  # it settles no release
    assert (verdict.signed, verdict.anchored) == (19, 0)


def test_the_lines_of_a_bundle_are_verified_offline(book: SqlLedger, trust: Trust) -> None:
    lines = [json.loads(json.dumps(line)) for line in book.export_entries("survey")]
    verdict, replayed = verify_lines(lines, ledger_id=book.ledger_id(), anchor=trust.anchor, keys=trust.officers)
    assert verdict.good
    assert replayed.accounts["survey"].spent.nano_rho == book.balance("survey").spent.nano_rho
    assert "child" not in replayed.accounts


@pytest.mark.parametrize(
    "change",
    [{"by": "x"}, {"hash": "x"}, {"payload": {}}, {"seq": 7}, {"sealed": True}, {"extra": 1}],
    ids=lambda change: next(iter(change)),
)
def test_an_altered_line_of_a_bundle_is_found(book: SqlLedger, change: dict[str, object]) -> None:
    lines = list(book.export_entries("survey"))
    lines[5] = {**lines[5], **change}
    verdict, _ = verify_lines(lines, ledger_id=book.ledger_id())
    assert not verdict.good


def test_a_line_that_is_missing_in_a_bundle_is_found(book: SqlLedger) -> None:
    lines = list(book.export_entries("survey"))
    verdict, _ = verify_lines(lines[:4] + lines[5:], ledger_id=book.ledger_id())
    assert any("is missing" in fault for fault in verdict.faults)


def test_what_is_written_while_the_book_is_read_is_not_a_fault(book: SqlLedger, tmp_path: Path, trust: Trust) -> None:
    class Disturbed(SqlLedger):
        """Somebody writes just after the last page was read."""

        def entries(self, account: str | None = None) -> Iterator[Entry]:
            yield from super().entries(account)
            book.set_version("survey", "2027-01", by="custodian")

    verdict = verify_ledger(Disturbed(book.engine), anchor=trust.anchor, officers=trust.officers)
    assert verdict.good
    assert verdict.entries == 20
