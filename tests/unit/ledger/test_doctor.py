"""The doctor finds what a promise rests on, and names what is not set up."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, update

from synth_assets.errors import SynthAssetsError, UsageError
from synth_assets.ledger import ReservationRequest, Source, schema
from synth_assets.ledger.anchor import FileAnchor
from synth_assets.ledger.doctor import Finding, examine
from synth_assets.ledger.engine import connect, make_engine
from synth_assets.ledger.keys import create_key, load_signer
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.sql import SqlLedger
from synth_assets.ledger.trust import KEY, Trust
from synth_assets.privacy import Cap

Make = Callable[..., ReservationRequest]


def findings_of(ledger: SqlLedger) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(ledger)}


def test_a_new_ledger_is_healthy_and_its_missing_guards_are_named(ledger: SqlLedger) -> None:
    findings = findings_of(ledger)
    assert {subject for subject, finding in findings.items() if finding.state == "fault"} == set()
    assert {subject for subject, finding in findings.items() if finding.state == "warning"} == {
        "signing key",
        "anchor",
        "officers' keys",
    }


def test_guards_that_are_set_up_are_good(tmp_path: Path) -> None:
    public = create_key(tmp_path / "k.key")
    trust = Trust(signer=load_signer(tmp_path / "k.key"), anchor=FileAnchor(tmp_path / "a"), officers=(public,))
    ledger = open_ledger(root=tmp_path, trust=trust)
    ledger.init_anchor()
    assert {finding.state for finding in examine(ledger)} == {"good"}


def test_a_file_that_others_can_read_is_a_fault(ledger: SqlLedger, tmp_path: Path) -> None:
    (tmp_path / ".synth-assets" / "ledger.db").chmod(0o644)
    assert findings_of(ledger)["permissions"].hint.startswith("chmod 600")


def test_a_clock_that_went_back_is_a_fault(ledger: SqlLedger) -> None:
    with connect(ledger.engine, write=True) as connection:
        connection.execute(update(schema.head).values(time="2999-01-01T00:00:00.000Z"))
    assert findings_of(ledger)["clock"].state == "fault"


def test_tables_of_another_step_are_a_fault(ledger: SqlLedger) -> None:
    with connect(ledger.engine, write=True) as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    assert findings_of(ledger)["tables"].hint == "synth-assets ledger migrate"


def test_a_damaged_file_is_a_fault(ledger: SqlLedger, tmp_path: Path) -> None:
    file = tmp_path / ".synth-assets" / "ledger.db"
    with file.open("r+b") as stream:
        stream.seek(36)  # the header's count of free pages
        stream.write(b"\x00\x00\x00\x09")
    assert findings_of(ledger)["file"].state == "fault"


def refused(act: Callable[[], object]) -> tuple[str, str]:
    """Return the message and the hint of a refusal."""
    with pytest.raises(SynthAssetsError) as caught:
        act()
    return without_now(caught.value.message), caught.value.hint


def faults(ledger: SqlLedger) -> list[tuple[str, str]]:
    return [(without_now(finding.detail), finding.hint) for finding in examine(ledger) if finding.state == "fault"]


def without_now(text: str) -> str:
    return re.sub(r"clock says \S+", "clock says now", text)


def alter(ledger: SqlLedger, statement: str) -> None:
    with connect(ledger.engine, write=True) as connection:
        connection.exec_driver_sql(statement)


@pytest.fixture
def guarded(ledger: SqlLedger, tmp_path: Path, source: Source) -> SqlLedger:
    """The ledger with an anchor and officers' keys, everything declared again under the officer's key."""
    public = create_key(tmp_path / "o.key")
    trust = Trust(
        signer=load_signer(tmp_path / "o.key"), anchor=FileAnchor(tmp_path / "away" / "heads"), officers=(public,)
    )
    guarded = open_ledger(f"sqlite:///{tmp_path / 'guarded.db'}", trust=trust)
    guarded.init_anchor()
    guarded.open_account(ledger.account("survey"), Cap(epsilon=3.0, delta=1e-7), by="officer")
    guarded.add_source(source, by="officer")
    return guarded


def remove_anchor(_: SqlLedger, folder: Path) -> None:
    (folder / "away" / "heads").unlink()


def forget_the_ledger(_: SqlLedger, folder: Path) -> None:
    (folder / "away" / "heads").write_text("")


def put_back_a_backup(ledger: SqlLedger, folder: Path) -> None:
    shutil.copy(folder / "guarded.db", folder / "backup.db")
    ledger.set_version("survey", "2027-01", by="officer")
    ledger.set_version("survey", "2026-11", by="officer")
    shutil.copy(folder / "backup.db", folder / "guarded.db")


def remove_an_entry(ledger: SqlLedger, _: Path) -> None:
    with connect(ledger.engine, write=True) as connection:
        laws = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'entries'"
        for name in connection.exec_driver_sql(laws).scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("DELETE FROM entries WHERE seq = 1")


@pytest.mark.parametrize(
    "spoil",
    [
        remove_anchor,
        forget_the_ledger,
        put_back_a_backup,
        lambda ledger, _: alter(ledger, "UPDATE accounts SET cap_nano_rho = cap_nano_rho + 1"),
        lambda ledger, _: alter(ledger, "UPDATE sources SET attested_by = 'nobody'"),
        lambda ledger, _: alter(ledger, "UPDATE places SET location = '/mine.csv'"),
        remove_an_entry,
        lambda ledger, _: alter(ledger, "UPDATE ledger SET format = 99"),
        lambda ledger, _: alter(ledger, "UPDATE ledger SET time = '2999-01-01T00:00:00.000Z'"),
    ],
    ids=["anchor missing", "anchor empty", "behind", "cap", "source", "place", "entry", "format", "clock"],
)
def test_what_a_run_would_be_refused_for_is_found_in_the_same_words(
    guarded: SqlLedger, tmp_path: Path, request_for: Make, spoil: Callable[[SqlLedger, Path], None]
) -> None:
    assert faults(guarded) == []
    spoil(guarded, tmp_path)
    assert faults(guarded) == [refused(lambda: guarded.reserve(request_for()))]


def test_a_cap_that_nobody_signed_is_a_fault(guarded: SqlLedger, tmp_path: Path, request_for: Make) -> None:
    engineer = open_ledger(guarded.engine.url.render_as_string(), trust=replace(guarded.trust, signer=None))
    engineer.set_cap("survey", Cap(epsilon=9.0, delta=1e-7), by="engineer")
    assert faults(engineer) == [refused(lambda: engineer.reserve(request_for()))]


def test_a_clock_that_was_set_back_a_little_stops_nobody_and_is_not_a_fault(
    ledger: SqlLedger, request_for: Make
) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=20)
    alter(ledger, f"UPDATE ledger SET time = '{soon:%Y-%m-%dT%H:%M:%S}.000Z'")  # noqa: S608 -- a time
    assert findings_of(ledger)["clock"].state == "good"
    ledger.reserve(request_for())


def test_a_file_that_cannot_be_written_is_a_fault_and_looking_writes_nothing(
    ledger: SqlLedger, tmp_path: Path, request_for: Make
) -> None:
    file = tmp_path / ".synth-assets" / "ledger.db"
    before = file.read_bytes()
    assert findings_of(ledger)["writing"].state == "good"
    assert file.read_bytes() == before
    engine = make_engine(ledger.engine.url, busy_seconds=1)
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA query_only = ON"))
    reader = SqlLedger(engine)
    assert faults(reader) == [refused(lambda: reader.reserve(request_for()))]


def test_a_key_that_cannot_be_read_is_a_fault(ledger: SqlLedger) -> None:
    gone = UsageError("the key cannot be read", hint="look")
    findings = {finding.what: finding for finding in examine(ledger, unread={KEY: gone})}
    assert (findings["signing key"].state, findings["signing key"].hint) == ("fault", "look")
    assert findings["anchor"].state == "warning"


def test_an_empty_table_of_heads_is_a_fault(ledger: SqlLedger) -> None:
    alter(ledger, "DELETE FROM ledger")
    assert findings_of(ledger)["format"].detail == "the database holds no ledger"


def test_what_is_unfinished_is_counted(ledger: SqlLedger, request_for: Callable[..., ReservationRequest]) -> None:
    assert findings_of(ledger)["reservations"].detail == "all are settled or cancelled"
    ledger.reserve(request_for("a"))
    ledger.begin(ledger.reserve(request_for("b")).id)
    assert findings_of(ledger)["reservations"].detail.startswith("1 OPENED, 1 RESERVED")
