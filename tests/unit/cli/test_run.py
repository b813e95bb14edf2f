"""``run``: the summary for people and for programs; a second run spends nothing."""

import json
import os
import pty
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from kit.project import Project, command

from synth_assets.errors import NotReady, SynthAssetsError, UsageError

pytestmark = pytest.mark.integration


@pytest.mark.slow
def test_a_second_run_spends_nothing_and_shows_where_everything_is(
    finished: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    command("budget", "show", "--json")
    before = json.loads(capsys.readouterr().out)
    command("run", "defs/people")
    output = capsys.readouterr().out
    command("run", "defs/people", "--json")
    summary = json.loads(capsys.readouterr().out)
    command("budget", "show", "--json")

    assert json.loads(capsys.readouterr().out) == before
    assert "nothing in this run" in output
    assert "people is promoted · 400 synthetic rows" in output
    assert summary["privacy"]["reused"]
    for name in ("data", "bundle", "report"):
        assert summary["places"][name] in output
        assert (finished.root / summary["places"][name]).exists()


@pytest.mark.slow
def test_a_suite_behind_its_contract_is_reported_once_by_a_run_that_costs_nothing(
    finished: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    path = finished.suite
    suite = json.loads(path.read_text())
    suite["expectations"][0]["description"] = "edited"
    path.write_text(json.dumps(suite))
    capsys.readouterr()
    command("run", "defs/people")
    assert capsys.readouterr().err.count("expectations/people.json is behind its contract: check 'schema'") == 1


def test_a_rule_that_nobody_can_keep_is_named_by_a_run_that_costs_nothing(
    finished: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    definition = yaml.safe_load(finished.definition.read_text())
    definition["attributes"]["rules"] = {"never": "member AND NOT member"}
    finished.definition.write_text(yaml.safe_dump(definition))
    capsys.readouterr()
    assert command("run", "defs/people", "--dry-run") == 0
    shown = capsys.readouterr().out
    assert "warning  rules.never: no row can keep `member AND NOT member`" in shown
    assert "would cost nothing" in shown


def test_lost_artefacts_come_back_for_nothing(finished: Project, capsys: pytest.CaptureFixture[str]) -> None:
    command("budget", "show", "--json")
    before = json.loads(capsys.readouterr().out)
    for name in ("releases", "generators", "candidates"):
        shutil.rmtree(finished.root / "data" / name)
    command("run", "defs/people", "--json")
    assert json.loads(capsys.readouterr().out)["privacy"]["reused"]
    command("budget", "show", "--json")
    assert json.loads(capsys.readouterr().out) == before


@pytest.mark.parametrize(
    ("old", "new", "position", "reason"),
    [
        ("source: census", "source: sensus", "7:11: source", "census"),
        ("unit: rows", "unit: {column: person, max_rows: 2}", "9:5: privacy.unit", "one row"),
        ("epsilon: 2.0", "epsilon: 60.0", "10:5: privacy.spend", "town"),
        (
            "    city:",
            "    town: {type: boolean, domain_source: x}\n    city:",
            "13:5: columns.town",
            "has no such column",
        ),
    ],
    ids=["unknown source", "another unit", "cap too small", "unknown column"],
)
def test_a_refusal_names_contract_position_rule_and_remedy_before_anything_is_opened(
    project: Project, old: str, new: str, position: str, reason: str
) -> None:
    file = project.definition
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(SynthAssetsError) as refused:
        command("run", "defs/people")

    message = str(refused.value)
    assert f"defs/people/defs.yaml:{position}: " in message
    assert reason in message
    assert "hint: " in message
    command("budget", "show", "town", "--json")


@contextmanager
def answering(answer: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Be a person at a terminal who types one answer."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs) as terminal:
        os.write(ours, f"{answer}\n".encode())
        monkeypatch.setattr("sys.stdin", terminal)
        yield
    os.close(ours)


@pytest.fixture
def without_dvc(project: Project) -> Project:
    """A project in a git repository, in which nobody has run `dvc init`."""
    shutil.rmtree(project.root / ".dvc")
    subprocess.run(["git", "init", "-q"], check=True, cwd=project.root)
    (project.root / ".gitignore").write_text(".synth-assets/\n")
    project.suite.unlink()  # so that the run ends before it spends, whatever is answered
    return project


def test_a_person_is_asked_before_a_dvc_repository_is_made(
    without_dvc: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering("n", monkeypatch), pytest.raises(NotReady, match="no DVC repository"):
        command("run", "defs/people")
    assert not (without_dvc.root / ".dvc").exists()
    with answering("y", monkeypatch), pytest.raises(NotReady) as refused:
        command("run", "defs/people")
    assert (without_dvc.root / ".dvc" / "config").is_file()
    assert "DVC" not in str(refused.value)


def test_nobody_is_asked_where_nobody_can_answer(
    without_dvc: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with (without_dvc.root / "source" / "people.csv").open() as no_terminal:
        monkeypatch.setattr("sys.stdin", no_terminal)
        with pytest.raises(NotReady, match="run `dvc init` in the project's folder"):
            command("run", "defs/people")
    assert "now?" not in capsys.readouterr().err


def test_a_dry_run_shows_what_is_there_and_what_it_would_cost(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert command("run", "defs/people", "--dry-run") == 0
    output = capsys.readouterr().out
    assert "good     DVC: " in output
    assert "a run would cost account town, once, rho " in output
    assert "which is epsilon 2 at the contract's delta 1e-06" in output
    assert not (project.root / "data").exists()

    file = project.definition
    file.write_text(file.read_text().replace("epsilon: 2.0", "epsilon: 60.0").replace("city:", "ciyt:"))
    assert command("run", "defs/people", "--dry-run") == 1
    output = capsys.readouterr().out
    assert "fault    columns.ciyt: " in output
    assert "fault    privacy.spend: " in output
    assert "would be refused, and cost nothing" in output


def test_a_dry_run_of_what_was_paid_costs_nothing_and_warns_of_another_label(
    finished: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    command("source", "set-version", "census", "2026-12")
    capsys.readouterr()
    assert command("run", "defs/people", "--dry-run", "--json") == 0
    dry_run = json.loads(capsys.readouterr().out)
    assert (dry_run["ready"], dry_run["pays"]) == (True, False)
    assert [finding["what"] for finding in dry_run["findings"] if finding["state"] == "warning"] == ["refresh.release"]
    command("run", "defs/people", "--dry-run")
    assert "would cost nothing" in capsys.readouterr().out


def test_what_is_paid_runs_on_although_dvc_is_gone_and_promotion_reports_that_itself(finished: Project) -> None:
    shutil.rmtree(finished.root / ".dvc")
    with pytest.raises(SynthAssetsError, match="no DVC repository") as refused:
        command("run", "defs/people", "--seed", "1")
    assert not isinstance(refused.value, NotReady)
    command("synthesize", "defs/people", "--out", "out")


def test_a_folder_without_a_ledger_gets_none(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_ROOT", str(tmp_path / "elsewhere"))
    for arguments in (["run"], ["synthesize", "--out", str(tmp_path / "out")]):
        with pytest.raises(UsageError, match="there is no ledger in"):
            command(*arguments, str(project.root / "defs" / "people"))
    assert not (tmp_path / "elsewhere").exists()
