"""``run``: the summary for people and for programs; a second run spends nothing."""

import json
import shutil
from pathlib import Path

import pytest
from project import command

from synth_assets.errors import SynthAssetsError

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
