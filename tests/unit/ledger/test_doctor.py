"""The doctor finds what a promise rests on, and names what is not set up."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import update

from synth_assets.ledger import ReservationRequest, schema
from synth_assets.ledger.anchor import FileAnchor
from synth_assets.ledger.doctor import Finding, examine
from synth_assets.ledger.engine import connect
from synth_assets.ledger.keys import create_key, load_signer
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.sql import SqlLedger
from synth_assets.ledger.trust import Trust


def found(ledger: SqlLedger) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(ledger)}


def test_a_new_ledger_is_healthy_and_its_missing_guards_are_named(ledger: SqlLedger) -> None:
    findings = found(ledger)
    assert {what for what, finding in findings.items() if finding.state == "fault"} == set()
    assert {what for what, finding in findings.items() if finding.state == "warning"} == {
        "signing key",
        "anchor",
        "officers' keys",
    }


def test_guards_that_are_set_up_are_good(tmp_path: Path) -> None:
    public = create_key(tmp_path / "k.key")
    trust = Trust(signer=load_signer(tmp_path / "k.key"), anchor=FileAnchor(tmp_path / "a"), officers=(public,))
    assert {finding.state for finding in examine(open_ledger(root=tmp_path, trust=trust))} == {"good"}


def test_a_file_that_others_can_read_is_a_fault(ledger: SqlLedger, tmp_path: Path) -> None:
    (tmp_path / ".synth-assets" / "ledger.db").chmod(0o644)
    assert found(ledger)["permissions"].hint.startswith("chmod 600")


def test_a_clock_that_went_back_is_a_fault(ledger: SqlLedger) -> None:
    with connect(ledger.engine, write=True) as connection:
        connection.execute(update(schema.head).values(time="2999-01-01T00:00:00.000Z"))
    assert found(ledger)["clock"].state == "fault"


def test_tables_of_another_step_are_a_fault(ledger: SqlLedger) -> None:
    with connect(ledger.engine, write=True) as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    assert found(ledger)["tables"].hint == "synth-assets ledger migrate"


def test_a_damaged_file_is_a_fault(ledger: SqlLedger, tmp_path: Path) -> None:
    file = tmp_path / ".synth-assets" / "ledger.db"
    with file.open("r+b") as stream:
        stream.seek(36)  # the header's count of free pages
        stream.write(b"\x00\x00\x00\x09")
    assert found(ledger)["file"].state == "fault"


def test_what_is_unfinished_is_counted(ledger: SqlLedger, request_for: Callable[..., ReservationRequest]) -> None:
    assert found(ledger)["reservations"].detail == "all are settled or cancelled"
    ledger.reserve(request_for("a"))
    ledger.begin(ledger.reserve(request_for("b")).id)
    assert found(ledger)["reservations"].detail.startswith("1 OPENED, 1 RESERVED")
