"""Accounts on the command line."""

import getpass
import json
from pathlib import Path

import pytest
from project import command

from synth_assets.contract.yaml_file import read_contract
from synth_assets.errors import UsageError

OPEN = ("--epsilon", "1", "--delta", "1e-6", "--population", "nobody")
OPEN_CITY = "discover, other: elsewhere, domain_source: discovered"


def test_an_account_is_opened_shown_and_closed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command("budget", "open", "second", *OPEN)
    command("budget", "close", "second")
    command("budget", "show")

    said = capsys.readouterr().out
    assert "account second: at most epsilon 1 at delta 1e-06" in said
    assert "second closed" in said


def test_opening_twice_is_refused_unless_it_is_said_to_be_fine(project: Path) -> None:
    with pytest.raises(UsageError, match="town"):
        command("budget", "open", "town", *OPEN)
    command("budget", "open", "town", *OPEN, "--if-missing")


def test_json_shows_integers_of_what_is_spent_and_left(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    command("budget", "show", "town", "--json")

    (account,) = json.loads(capsys.readouterr().out)
    assert account["spent"] == {"epsilon": 0.0, "nano_rho": 0, "atto_delta": 0}
    assert account["remaining"]["nano_rho"] == account["cap"]["nano_rho"] > 0
    assert account["charges"] == []


def test_an_unknown_account_names_the_known_ones(project: Path) -> None:
    with pytest.raises(UsageError, match="town"):
        command("budget", "show", "twon")


def test_a_plan_says_how_many_releases_are_left_from_public_facts_alone(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "rows.csv").unlink()
    capsys.readouterr()
    command("budget", "plan", "defs/people", "--json")
    plan = json.loads(capsys.readouterr().out)
    command("budget", "plan", "defs/people")

    assert plan["account"] == "town"
    assert plan["releases_left"] > 1
    assert plan["epsilon_after"] == plan["epsilon_asked"]
    assert f"{plan['releases_left']} releases of this size are left" in capsys.readouterr().out


def test_the_history_says_who_did_what_in_three_forms(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    command("budget", "history", "--json")
    events = json.loads(capsys.readouterr().out)
    command("budget", "history", "--csv")
    lines = capsys.readouterr().out.splitlines()
    command("budget", "set-cap", "town", "--epsilon", "5", "--delta", "1e-5", "--reason", "the board said so")
    command("budget", "history", "town")

    assert len(lines) == len(events) + 1
    said = capsys.readouterr().out
    assert "account opened with epsilon 6 at delta 1e-05" in said
    assert "the board said so" in said
    assert {event["login"] for event in events} == {getpass.getuser()}
    assert "login" in said.splitlines()[1]


def test_a_cap_below_what_is_spent_freezes_the_account(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command("budget", "set-cap", "town", "--epsilon", "0.1", "--delta", "1e-5")

    assert "frozen" in capsys.readouterr().out


def test_the_sum_over_windows_in_a_row_is_shown(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command("budget", "open", "clinic", *OPEN, "--partitioned-by", "window")
    for month in (10, 11):
        window = f"visited=2026-{month}-01/2026-{month + 1}-01"
        command("budget", "open", f"clinic-{month}", *OPEN, "--parent", "clinic", "--window", window)
    capsys.readouterr()
    command("budget", "windows", "clinic", "--count", "2")

    assert "clinic, 2 windows in a row: at most epsilon 0.0000 at delta 1e-06" in capsys.readouterr().out


@pytest.fixture
def discovering(project: Path) -> Path:
    """The project with its cities left open."""
    file = project / "defs" / "people" / "defs.yaml"
    text = file.read_text().replace("[north, south, east], domain_source: made up", OPEN_CITY)
    file.write_text(text.replace("delta: 1.0e-6", "delta: 1.0e-6, threshold_delta: 1.0e-9"))
    return project


def test_a_plan_says_how_many_rows_a_category_needs(discovering: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (discovering / "rows.csv").unlink()
    command("budget", "set-cap", "town", "--epsilon", "6", "--delta", "1e-5", "--threshold-delta", "3e-9")
    capsys.readouterr()
    command("budget", "plan", "defs/people", "--json")
    plan = json.loads(capsys.readouterr().out)
    command("budget", "plan", "defs/people")

    assert plan["releases_left"] == 3
    assert 20 < plan["threshold"] < 100
    said = capsys.readouterr().out
    assert f"a category of city is found above {plan['threshold']} rows" in said
    assert "thresholds have delta 3e-09 left and use 1e-09" in said


def test_discovered_columns_leave_less_for_tables(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    contract = read_contract(project / "defs" / "people")
    capsys.readouterr()
    command("budget", "plan", "defs/people", "--json")
    plain = json.loads(capsys.readouterr().out)["noise"]
    file = project / "defs" / "people" / "defs.yaml"
    text = file.read_text().replace("[north, south, east], domain_source: made up", OPEN_CITY)
    file.write_text(text.replace("delta: 1.0e-6", "delta: 1.0e-6, threshold_delta: 1.0e-9"))
    command("budget", "plan", "defs/people", "--json")

    # Nine tenths of rho, and a little less for the part of delta that thresholds have.
    assert json.loads(capsys.readouterr().out)["noise"] == pytest.approx(plain / 0.9**0.5, rel=1e-3)
    assert contract.discovered_columns == ()


def test_the_deltas_of_thresholds_are_shown(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command("budget", "open", "clinic", *OPEN, "--threshold-delta", "3e-9")
    capsys.readouterr()
    command("budget", "show", "clinic")

    assert "thresholds spent delta 0 of 3e-09" in capsys.readouterr().out
