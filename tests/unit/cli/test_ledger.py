"""``ledger``: set up, looked over, proved."""

import json
import sqlite3
from pathlib import Path

import pytest
from project import command


def test_a_good_ledger_has_no_fault(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command("ledger", "migrate")
    assert "the newest" in capsys.readouterr().out
    assert command("ledger", "doctor") == 0
    assert command("ledger", "verify") == 0
    assert "0 faults" in capsys.readouterr().out


def test_an_edited_book_is_found(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(project / ".synth-assets" / "ledger.db") as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("UPDATE entries SET by = 'somebody else' WHERE seq = 1")
    database.close()
    capsys.readouterr()

    assert command("ledger", "verify", "--json") == 1
    assert not json.loads(capsys.readouterr().out)["good"]
