"""``budget curve``: errors at several epsilons, said to be simulated, and nothing is spent."""

import json

import pytest
from kit.project import Project, command

pytestmark = pytest.mark.integration


def test_it_prints_means_columns_and_pairs_and_that_it_is_a_simulation(
    finished: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    before = finished.charges
    command("budget", "curve", "defs/people", "--draws", "0")
    shown = capsys.readouterr().out
    assert "2 (contract)" in shown
    assert "age x city" in shown
    assert "Simulated from release" in shown
    assert "Nothing is spent" in shown
    assert finished.charges == before


def test_json_holds_every_table_at_each_epsilon(finished: Project, capsys: pytest.CaptureFixture[str]) -> None:
    command("budget", "curve", "defs/people", "--epsilon", "4", "--epsilon", "1", "--draws", "0", "--json")
    printed = json.loads(capsys.readouterr().out)
    assert [point["epsilon"] for point in printed["points"]] == [1.0, 4.0]
    assert printed["simulated"] is True
    first, last = ({tuple(t["attributes"]): t["released"] for t in point["tables"]} for point in printed["points"])
    assert all(last[pair] <= first[pair] for pair in first)


def test_with_fits_the_synthetic_table_has_figures_too(finished: Project, capsys: pytest.CaptureFixture[str]) -> None:
    command("budget", "curve", "defs/people", "--epsilon", "2", "--json")
    shown = capsys.readouterr()
    (point,) = json.loads(shown.out)["points"]
    assert 0 < point["mean"]["pairs"]["synthetic"] < 1
    assert "fit 1 of 1" in shown.err
