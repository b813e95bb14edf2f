"""Accounts on the command line."""

import getpass
import json
import re
from pathlib import Path

import pytest
from kit.people import holding_contract
from kit.project import Project, command, make_project
from pydantic import BaseModel

from synth_assets.contract.privacy import Spend, UnitSpec
from synth_assets.errors import UsageError
from synth_assets.privacy import LARGEST_DELTA, MOST_ROWS

OPEN = ("--epsilon", "1", "--delta", "1e-6", "--population", "nobody")
OPEN_CITY = "discover, other: elsewhere, domain_source: discovered"


def test_an_account_is_opened_shown_and_closed(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    command("budget", "open", "second", *OPEN)
    command("budget", "close", "second")
    command("budget", "show")

    output = capsys.readouterr().out
    assert "account second: at most epsilon 1 at delta 1e-06" in output
    assert "second closed" in output


def test_opening_twice_is_refused_unless_it_is_allowed(project: Project) -> None:
    with pytest.raises(UsageError, match="town"):
        command("budget", "open", "town", *OPEN)
    command("budget", "open", "town", *OPEN, "--if-missing")


def test_json_shows_integers_of_what_is_spent_and_left(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    command("budget", "show", "town", "--json")

    (account,) = json.loads(capsys.readouterr().out)
    assert account["spent"] == {"epsilon": 0.0, "nano_rho": 0, "atto_delta": 0}
    assert account["remaining"]["nano_rho"] == account["cap"]["nano_rho"] > 0
    assert account["charges"] == []


def test_an_unknown_account_names_the_known_ones(project: Project) -> None:
    with pytest.raises(UsageError, match="town"):
        command("budget", "show", "twon")


def test_a_plan_shows_how_many_releases_are_left_from_public_facts_alone(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    (project.root / "source" / "people.csv").unlink()
    capsys.readouterr()
    command("budget", "plan", "defs/people", "--json")
    plan = json.loads(capsys.readouterr().out)
    command("budget", "plan", "defs/people")

    assert plan["account"] == "town"
    assert plan["releases_left"] > 1
    assert plan["epsilon_after"] == plan["epsilon_asked"]
    assert f"{plan['releases_left']} releases of this size are left" in capsys.readouterr().out


def test_the_history_shows_who_did_what_in_three_forms(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    command("budget", "history", "--json")
    events = json.loads(capsys.readouterr().out)
    command("budget", "history", "--csv")
    lines = capsys.readouterr().out.splitlines()
    command("budget", "set-cap", "town", "--epsilon", "5", "--delta", "1e-5", "--reason", "the board said so")
    command("budget", "history", "town")

    assert len(lines) == len(events) + 1
    output = capsys.readouterr().out
    assert "account opened with epsilon 6 at delta 1e-05" in output
    assert "the board said so" in output
    assert {event["login"] for event in events} == {getpass.getuser()}
    assert "login" in output.splitlines()[1]


def test_a_cap_below_what_is_spent_freezes_the_account(finished: Project, capsys: pytest.CaptureFixture[str]) -> None:
    command("budget", "set-cap", "town", "--epsilon", "0.1", "--delta", "1e-5")

    assert "frozen" in capsys.readouterr().out


def test_the_sum_over_windows_in_a_row_is_shown(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    command("budget", "open", "clinic", *OPEN, "--partitioned-by", "window")
    for month in (10, 11):
        window = f"visited=2026-{month}-01/2026-{month + 1}-01"
        command("budget", "open", f"clinic-{month}", *OPEN, "--parent", "clinic", "--window", window)
    capsys.readouterr()
    command("budget", "windows", "clinic", "--count", "2")

    assert "clinic, 2 windows in a row: at most epsilon 0.0000 at delta 1e-06" in capsys.readouterr().out


def test_an_account_without_windows_is_not_said_to_lose_nothing(project: Project) -> None:
    with pytest.raises(UsageError, match="account 'town' has no accounts of windows below it"):
        command("budget", "windows", "town")
    with pytest.raises(UsageError, match="there is no account 'twon'"):
        command("budget", "windows", "twon")


def test_what_is_left_is_shown_as_epsilon_beside_whose_it_is(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    command("budget", "open", "second", *OPEN)
    capsys.readouterr()
    command("budget", "show", "second")
    shown = capsys.readouterr().out
    assert "  nobody: one row, added or removed\n" in shown
    assert re.search(r"left rho 0\.0\d+: one release may ask for epsilon (0\.9999|1) at delta 1e-06\n", shown), shown
    command("budget", "show", "second", "--json")
    (account,) = json.loads(capsys.readouterr().out)
    assert (account["population"], account["unit"]["max_rows"]) == ("nobody", 1)
    assert account["remaining"]["epsilon"] == pytest.approx(1, abs=1e-6)
    project.reserve()
    command("budget", "show", "town", "--json")
    (town,) = json.loads(capsys.readouterr().out)
    assert 0 < town["remaining"]["epsilon"] < town["cap"]["epsilon"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (["--delta", "0.5"], "delta=0.5 must be below 0.01, and well below one over the number of units"),
        (["--delta", "0.01"], "delta=0.01 must be below 0.01"),
        (["--population", ""], "population='' must be one line that is not empty"),
        (["--population", " "], "population=' ' must be one line"),
        (["--unit-column", ""], "unit_column='' must be one line"),
        (["--unit-column", "person", "--max-rows", "5000"], "max_rows=5000 must be at most 1000, as in a contract"),
    ],
)
def test_an_account_that_no_contract_could_use_is_not_opened(
    changes: list[str], message: str, project: Project
) -> None:
    with pytest.raises(UsageError, match=message):
        command("budget", "open", "second", *OPEN, *changes)
    assert [account.name for account in project.ledger.accounts()] == ["town"]


def test_a_delta_that_promises_nothing_is_not_set_either(project: Project) -> None:
    with pytest.raises(UsageError, match=r"delta=0\.5 must be below 0\.01"):
        command("budget", "set-cap", "town", "--epsilon", "1", "--delta", "0.5")


def test_the_bounds_of_an_account_are_those_of_a_contract() -> None:
    def bound(model: type[BaseModel], field: str, what: str) -> object:
        return next(getattr(part, what) for part in model.model_fields[field].metadata if hasattr(part, what))

    assert (bound(UnitSpec, "max_rows", "le"), bound(Spend, "delta", "lt")) == (MOST_ROWS, LARGEST_DELTA)


def leave_cities_open(project: Project) -> None:
    """Change the contract so that its cities are discovered."""
    text = project.definition.read_text().replace("[north, south, east], domain_source: made up", OPEN_CITY)
    project.definition.write_text(text.replace("delta: 1.0e-6", "delta: 1.0e-6, threshold_delta: 1.0e-9"))


def test_a_plan_shows_how_many_rows_a_category_needs(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    leave_cities_open(project)
    (project.root / "source" / "people.csv").unlink()
    command("budget", "set-cap", "town", "--epsilon", "6", "--delta", "1e-5", "--threshold-delta", "3e-9")
    capsys.readouterr()
    command("budget", "plan", "defs/people", "--json")
    plan = json.loads(capsys.readouterr().out)
    command("budget", "plan", "defs/people")

    assert plan["releases_left"] == 3
    assert 20 < plan["threshold"] < 100
    output = capsys.readouterr().out
    assert f"a category of city is found above {plan['threshold']} rows" in output
    assert "thresholds have delta 3e-09 left and use 1e-09" in output


def test_discovered_columns_leave_less_for_tables(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    command("budget", "plan", "defs/people", "--json")
    plain = json.loads(capsys.readouterr().out)["noise"]
    leave_cities_open(project)
    command("budget", "plan", "defs/people", "--json")

    # Nine tenths of rho, and a little less for the part of delta that thresholds have.
    assert json.loads(capsys.readouterr().out)["noise"] == pytest.approx(plain / 0.9**0.5, rel=1e-3)
    assert project.contract.discovered_columns == ()


def test_the_deltas_of_thresholds_are_shown(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    command("budget", "open", "clinic", *OPEN, "--threshold-delta", "3e-9")
    capsys.readouterr()
    command("budget", "show", "clinic")

    assert "thresholds spent delta 0 of 3e-09" in capsys.readouterr().out


def test_an_account_is_split_once_and_shows_what_each_part_was_charged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = make_project(tmp_path, contract=holding_contract())
    monkeypatch.chdir(tmp_path)
    project.reserve()
    capsys.readouterr()
    command("budget", "split", "town", "--holdout", "0.3")
    command("budget", "show", "town")
    shown = capsys.readouterr().out
    assert "0.3 of its units are held out; write `holdout: 0.3` in its contracts" in shown
    assert "0.3 of the units are held out; the account pays the larger of the two" in shown
    assert "measured spent rho 0 and" in shown
    command("budget", "show", "town", "--json")
    (account,) = json.loads(capsys.readouterr().out)
    held = account["split"]["parts"]
    assert (held["measured"]["reserved"]["nano_rho"] > 0, held["held_out"]["reserved"]["nano_rho"]) == (True, 0)
    assert account["charges"][0]["part"] == "measured"
    command("budget", "history", "town")
    history = capsys.readouterr().out
    assert "300000 of a million units are held out from here on, for good" in history
    assert "(measured units)" in history
    with pytest.raises(UsageError, match=r"holds out 0.3 of its units, for good"):
        command("budget", "split", "town", "--holdout", "0.1")


def test_an_account_of_rows_cannot_be_split(project: Project) -> None:
    with pytest.raises(UsageError, match="each row is a unit of account 'second'"):
        command("budget", "open", "second", *OPEN, "--holdout", "0.1")
    assert [account.name for account in project.ledger.accounts()] == ["town"], "it was not opened either"
    command("budget", "open", "third", *OPEN, "--unit-column", "person", "--holdout", "0.1")
    assert project.ledger.split("third") is not None
