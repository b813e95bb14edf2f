"""``status``: what is promoted, and whether DVC and the alias agree."""

import json

import pytest
from kit.project import Project, command

pytestmark = pytest.mark.integration


def test_nothing_promoted_is_in_order(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert command("status", "--json") == 0
    assert json.loads(capsys.readouterr().out)["people"]["version"] is None


def test_a_lost_version_is_reported_and_brought_back(finished: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("status") == 0
    (version,) = (finished.promoted / "versions").iterdir()
    shard = next(version.rglob("part-*.parquet"))
    shard.unlink()

    assert command("status", "defs/people") == 3
    output = capsys.readouterr().out
    assert "needs repair" in output
    assert "missing or altered" in output
    assert "hint: `synth-assets status --repair`" in output
    assert command("status", "defs/people", "--repair") == 0
    assert "people: data was repaired" in capsys.readouterr().out
    assert shard.is_file()


def test_a_contract_that_moved_on_is_reported_and_is_not_an_alarm(
    finished: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    file = finished.definition
    file.write_text(file.read_text().replace("Tests on made-up rows.", "Another purpose."))
    assert command("status", "--json") == 0
    state = json.loads(capsys.readouterr().out)["people"]
    assert (state["state"], state["needs_repair"]) == ("changed since promotion", False)
    assert [difference["part"] for difference in state["differences"]] == ["contract"]


def test_one_broken_contract_does_not_hide_the_others(finished: Project, capsys: pytest.CaptureFixture[str]) -> None:
    broken = finished.definition.parent.parent / "zoo" / "defs.yaml"
    broken.parent.mkdir()
    broken.write_text(finished.definition.read_text().replace("columns:", "columnz:"))
    capsys.readouterr()
    assert command("status") == 2
    shown = capsys.readouterr()
    assert "people" in shown.out
    assert "contract cannot be read" in shown.out
    assert "defs.yaml: the contract has 2 faults" in shown.err
    assert command("status", "--json") == 2
    states = json.loads(capsys.readouterr().out)
    assert states["people"]["version"]
    assert [state["version"] for name, state in states.items() if name.endswith("zoo/defs.yaml")] == [None]
