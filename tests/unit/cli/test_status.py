"""``status``: what is promoted, and whether DVC and the alias agree."""

import json
from pathlib import Path

import pytest
from project import command

pytestmark = pytest.mark.integration


def test_nothing_promoted_is_in_order(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert command("status", "--json") == 0
    assert json.loads(capsys.readouterr().out)["people"]["version"] is None


def test_a_lost_version_is_told_and_brought_back(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("status") == 0
    (version,) = (finished / "data" / "promoted" / "people" / "versions").iterdir()
    shard = next(version.rglob("part-*.parquet"))
    shard.unlink()

    assert command("status", "defs/people") == 3
    assert "missing or altered" in capsys.readouterr().out
    assert command("status", "defs/people", "--repair") == 0
    assert shard.is_file()
