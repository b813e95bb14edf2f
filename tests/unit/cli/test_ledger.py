"""``ledger``: set up, looked over, proved."""

import json
import sqlite3
from contextlib import closing
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


def test_migrating_an_old_ledger_says_what_it_charged(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = project / ".synth-assets" / "ledger.db"
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((Path(__file__).parents[2] / "data" / "ledger_format_1.sql").read_text())
    command("ledger", "migrate")
    said = capsys.readouterr().out
    assert "account clinic was charged too little by an older version: 15000000 nano-rho" in said
    assert "it is frozen until its cap is raised" in said
    assert command("ledger", "verify") == 0
