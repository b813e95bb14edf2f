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
from project import command

from synth_assets.errors import NotReady, SynthAssetsError, UsageError

pytestmark = pytest.mark.integration


def test_a_second_run_spends_nothing_and_says_where_everything_is(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command("budget", "show", "--json")
    before = json.loads(capsys.readouterr().out)
    command("run", "defs/people")
    said = capsys.readouterr().out
    command("run", "defs/people", "--json")
    summary = json.loads(capsys.readouterr().out)
    command("budget", "show", "--json")

    assert json.loads(capsys.readouterr().out) == before
    assert "nothing in this run" in said
    assert "people is promoted · 400 synthetic rows" in said
    assert summary["privacy"]["reused"]
    for name in ("data", "bundle", "report"):
        assert summary["places"][name] in said
        assert (finished / summary["places"][name]).exists()


def test_a_suite_behind_its_contract_is_said_once_by_a_run_that_costs_nothing(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = finished / "expectations" / "people.json"
    suite = json.loads(path.read_text())
    suite["expectations"][0]["description"] = "edited"
    path.write_text(json.dumps(suite))
    capsys.readouterr()
    command("run", "defs/people")
    assert capsys.readouterr().err.count("expectations/people.json is behind its contract: check 'schema'") == 1


def test_lost_artefacts_come_back_for_nothing(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command("budget", "show", "--json")
    before = json.loads(capsys.readouterr().out)
    for name in ("releases", "generators", "candidates"):
        shutil.rmtree(finished / "data" / name)
    command("run", "defs/people", "--json")
    assert json.loads(capsys.readouterr().out)["privacy"]["reused"]
    command("budget", "show", "--json")
    assert json.loads(capsys.readouterr().out) == before


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("source: census", "source: sensus", "5:11: source", "census"),
        ("unit: rows", "unit: {column: person, max_rows: 2}", "7:5: privacy.unit", "one row"),
        ("epsilon: 2.0", "epsilon: 60.0", "8:5: privacy.spend", "town"),
        (
            "    city:",
            "    town: {type: boolean, domain_source: x}\n    city:",
            "11:5: columns.town",
            "has no such column",
        ),
    ],
    ids=["unknown source", "another unit", "cap too small", "unknown column"],
)
def test_a_refusal_names_contract_position_rule_and_remedy_before_anything_is_opened(
    project: Path, old: str, new: str, place: str, words: str
) -> None:
    file = project / "defs" / "people" / "defs.yaml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(SynthAssetsError) as refused:
        command("run", "defs/people")

    said = str(refused.value)
    assert f"defs/people/defs.yaml:{place}: " in said
    assert words in said
    assert "hint: " in said
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
def without_dvc(project: Path) -> Path:
    """A project in a git repository, in which nobody has run `dvc init`."""
    shutil.rmtree(project / ".dvc")
    subprocess.run(["git", "init", "-q"], check=True, cwd=project)
    (project / ".gitignore").write_text(".synth-assets/\n")
    (project / "expectations" / "people.json").unlink()  # so that the run ends before it spends, whatever is answered
    return project


def test_a_person_is_asked_before_a_dvc_repository_is_made(without_dvc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering("n", monkeypatch), pytest.raises(NotReady, match="no DVC repository"):
        command("run", "defs/people")
    assert not (without_dvc / ".dvc").exists()
    with answering("y", monkeypatch), pytest.raises(NotReady) as refused:
        command("run", "defs/people")
    assert (without_dvc / ".dvc" / "config").is_file()
    assert "DVC" not in str(refused.value)


def test_nobody_is_asked_where_nobody_can_answer(
    without_dvc: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with (without_dvc / "rows.csv").open() as no_terminal:
        monkeypatch.setattr("sys.stdin", no_terminal)
        with pytest.raises(NotReady, match="run `dvc init` in the project's folder"):
            command("run", "defs/people")
    assert "now?" not in capsys.readouterr().err


def test_a_dry_run_says_what_is_there_and_what_it_would_cost(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert command("run", "defs/people", "--dry-run") == 0
    said = capsys.readouterr().out
    assert "good     DVC: " in said
    assert "would cost epsilon 2 at delta 1e-06 of account town, once" in said
    assert not (project / "data").exists()

    file = project / "defs" / "people" / "defs.yaml"
    file.write_text(file.read_text().replace("epsilon: 2.0", "epsilon: 60.0").replace("city:", "ciyt:"))
    assert command("run", "defs/people", "--dry-run") == 1
    said = capsys.readouterr().out
    assert "fault    columns.ciyt: " in said
    assert "fault    privacy.spend: " in said
    assert "would be refused, and cost nothing" in said


def test_a_dry_run_of_what_was_paid_costs_nothing_and_warns_of_another_label(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command("source", "set-version", "census", "2026-12")
    capsys.readouterr()
    assert command("run", "defs/people", "--dry-run", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ready"], told["pays"]) == (True, False)
    assert [one["what"] for one in told["findings"] if one["state"] == "warning"] == ["refresh.release"]
    command("run", "defs/people", "--dry-run")
    assert "would cost nothing" in capsys.readouterr().out


def test_what_is_paid_runs_on_although_dvc_is_gone_and_promotion_says_so_itself(finished: Path) -> None:
    shutil.rmtree(finished / ".dvc")
    with pytest.raises(SynthAssetsError, match="no DVC repository") as refused:
        command("run", "defs/people", "--seed", "1")
    assert not isinstance(refused.value, NotReady)
    command("synthesize", "defs/people", "--out", "out")


def test_a_folder_without_a_ledger_gets_none(project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_ROOT", str(tmp_path / "elsewhere"))
    for arguments in (["run"], ["synthesize", "--out", str(tmp_path / "out")]):
        with pytest.raises(UsageError, match="there is no ledger in"):
            command(*arguments, str(project / "defs" / "people"))
    assert not (tmp_path / "elsewhere").exists()
