"""``ledger``: set up, looked over, proved."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from kit.project import Project, command

from synth_assets.errors import LedgerUnavailable, UsageError


def test_a_good_ledger_has_no_fault(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    command("ledger", "migrate")
    assert "the newest" in capsys.readouterr().out
    assert command("ledger", "doctor") == 0
    assert command("ledger", "verify") == 0
    assert "0 faults" in capsys.readouterr().out


def test_an_anchor_is_made_once_by_its_command(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match="SYNTH_ASSETS_ANCHOR is not set"):
        command("ledger", "anchor", "init")
    monkeypatch.setenv("SYNTH_ASSETS_ANCHOR", f"file:{project.root / 'elsewhere' / 'heads.jsonl'}")
    with pytest.raises(LedgerUnavailable, match="ledger anchor init"):
        command("budget", "close", "town")
    capsys.readouterr()
    command("ledger", "anchor", "init")

    assert "older copies are refused from now on" in capsys.readouterr().out
    assert command("ledger", "doctor") == 0
    command("budget", "close", "town", "--reason", "the study is over")
    assert command("ledger", "verify", "--anchor", f"file:{project.root / 'elsewhere' / 'heads.jsonl'}") == 0
    with pytest.raises(UsageError, match="holds heads of this ledger already"):
        command("ledger", "anchor", "init")


@pytest.mark.parametrize(
    ("variable", "subject"),
    [("SYNTH_ASSETS_LEDGER_KEY", "signing key"), ("SYNTH_ASSETS_OFFICER_KEYS", "officers' keys")],
)
def test_a_key_that_no_command_could_read_is_found_by_the_doctor(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, subject: str
) -> None:
    monkeypatch.setenv(variable, str(project.root / "lost.key"))
    with pytest.raises(UsageError) as refused:
        command("budget", "show")
    capsys.readouterr()

    assert command("ledger", "doctor", "--json") == 3
    (fault,) = [finding for finding in json.loads(capsys.readouterr().out) if finding["state"] == "fault"]
    assert (fault["what"], fault["detail"], fault["hint"]) == (subject, refused.value.message, refused.value.hint)


def test_an_edited_book_is_found(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(project.root / ".synth-assets" / "ledger.db") as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("UPDATE entries SET by = 'somebody else' WHERE seq = 1")
    database.close()
    capsys.readouterr()

    assert command("ledger", "verify", "--json") == 1
    assert not json.loads(capsys.readouterr().out)["good"]


def test_migrating_an_old_ledger_reports_what_it_charged(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    file = project.root / ".synth-assets" / "ledger.db"
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((Path(__file__).parents[2] / "data" / "ledger_format_1.sql").read_text())
    command("ledger", "migrate")
    output = capsys.readouterr().out
    assert "account clinic was charged too little by an older version: rho 0.015 and" in output
    assert "it is frozen, with all accounts below it, until its cap is raised" in output
    assert "account other-month is closed" in output
    command("ledger", "migrate")
    assert "clinic" not in capsys.readouterr().out
    assert command("ledger", "verify") == 0


def test_a_file_that_is_gone_is_found_and_nothing_says_where_it_was(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    source = project.root / "source" / "others.csv"
    source.write_text("a\n1\n")
    command("budget", "open", "rows", "--epsilon", "1", "--delta", "1e-6", "--population", "made up")
    add = ("source", "add", "others", "--kind", "csv", "--account", "rows", "--version", "1", "--location")
    command(*add, str(source))
    capsys.readouterr()
    assert command("ledger", "doctor") == 0
    assert "locations: none of 2 sources is seen to be gone" in capsys.readouterr().out
    source.unlink()
    assert command("ledger", "doctor") == 3
    shown = capsys.readouterr().out
    assert "source 'others' is not where it was registered, or may not be read by this user" in shown
    assert "synth-assets source set-location others" in shown
    assert "'census'" not in shown
    assert "others.csv" not in shown
