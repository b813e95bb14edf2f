"""``curate`` says where exact figures are and not what they are."""

from pathlib import Path
from typing import Any

import pytest
from click import MissingParameter
from kit.project import Project, command

from synth_assets.errors import UsageError


def test_it_needs_a_reason(checked: Project) -> None:
    with pytest.raises(MissingParameter, match="reason"):
        command("curate", "defs/people")


def test_an_account_that_is_not_marked_is_refused_with_the_officers_command(checked: Project) -> None:
    with pytest.raises(UsageError, match="not open to curators") as caught:
        command("curate", "defs/people", "--reason", "a complaint")
    assert "synth-assets budget curate town" in str(caught.value.hint)


def test_it_prints_the_path_and_hands_on_who_and_why(
    checked: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: dict[str, Any] = {}

    def computed(*_: object, **facts: Any) -> Path:
        asked.update(facts)
        return Path("/curators/file.json")

    monkeypatch.setattr("synth_assets.evaluation.curate.curate", computed)
    command("curate", "defs/people", "--reason", "a complaint")
    assert "are in /curators/file.json" in capsys.readouterr().out
    assert asked["reason"] == "a complaint"
    assert asked["by"]


def test_the_officer_marks_an_account_and_the_history_says_why(
    checked: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    command("budget", "curate", "town", "--reason", "a complaint")
    command("budget", "history", "town")
    shown = capsys.readouterr().out
    assert "account town is open to curators" in shown
    assert "opened to curators, for good" in shown
    assert "a complaint" in shown
    assert checked.ledger.curated("town")
