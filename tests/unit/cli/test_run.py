"""``run``: the summary for people and for programs; a second run spends nothing."""

import json
from pathlib import Path

import pytest
from project import command

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
