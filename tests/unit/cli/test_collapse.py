"""``collapse``: one line per generation, and exit code 1 where the last one is surely too far."""

import json

import pytest
from kit.project import Project, command
from toy_generator import toy, toy_package

from synth_assets.checks.collapse import Generation

__all__ = ["toy", "toy_package"]

pytestmark = pytest.mark.integration


def test_it_prints_a_line_per_generation_and_says_what_they_were_fitted_to(
    finished: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("collapse", "defs/people", "--generations", "1", "--max", "0.9") == 0
    shown = capsys.readouterr()
    assert "generation 1 of 1" in shown.err
    assert "fitted to the exact tables of the one before" in shown.out


def test_another_kind_is_fitted_to_the_same_release_and_kept_apart(
    finished: Project, toy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(path.name for path in finished.workspace.generators("people").iterdir())
    assert command("collapse", "defs/people", "--kind", toy, "--generations", "2", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["kind"], len(printed["generations"])) == (toy, 2)
    assert (finished.workspace.comparisons("people") / "generators" / printed["generator"]).is_dir()
    assert sorted(path.name for path in finished.workspace.generators("people").iterdir()) == before


@pytest.mark.parametrize(("most", "code"), [("0.1", 1), ("0.3", 0)])
def test_a_generator_that_is_surely_too_far_fails(
    finished: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, most: str, code: int
) -> None:
    far = Generation(number=1, distance=0.3, by_sampling=0.02, excess=0.25, sure_excess=0.2)
    monkeypatch.setattr("synth_assets.checks.collapse.generations", lambda *_, **__: iter([far]))
    assert command("collapse", "defs/people", "--noise", "--max", most, "--json") == code
    printed = json.loads(capsys.readouterr().out)
    assert (printed["noise"], printed["generations"]) == (True, [far.as_json()])
