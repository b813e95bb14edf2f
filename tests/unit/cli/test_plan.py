"""``budget plan``: refuses what cannot be, says how far off columns would be, and what another epsilon would buy."""

import json
import re
from typing import Any

import pytest
from kit.project import Project, command

from synth_assets.errors import BudgetRefused, ContractError, UsageError

SPEND = "epsilon: 2.0"


def change(project: Project, old: str, new: str) -> None:
    text = project.definition.read_text()
    assert old in text
    project.definition.write_text(text.replace(old, new))


def planned(capsys: pytest.CaptureFixture[str], *options: str) -> Any:
    capsys.readouterr()
    assert command("budget", "plan", "defs/people", "--json", *options) == 0
    return json.loads(capsys.readouterr().out)


def test_each_column_has_its_noise_and_its_error_if_the_number_of_rows_is_public(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    (project.root / "source" / "people.csv").unlink()
    without, given = planned(capsys), planned(capsys, "--rows", "600")
    change(project, "  rows: 400\n", "  rows: 400\n  evaluation: {population: 600}\n")
    assert planned(capsys) == given
    assert [column["name"] for column in given["columns"]] == ["age", "city", "member"]
    assert [column["error"] for column in without["columns"]] == [None] * 3
    assert all(0 < column["error"] < 1 for column in given["columns"])


def test_half_and_double_epsilon_are_compared_and_plotted(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    others = planned(capsys, "--rows", "600")["alternatives"]
    assert [other["epsilon"] for other in others] == [0.5, 1.0, 2.0, 4.0, 8.0]
    assert [other["fits"] for other in others] == [True, True, True, True, False]
    first = [other["columns"][0]["noise"] for other in others]
    assert first == sorted(first, reverse=True)
    assert others[2]["columns"] == planned(capsys, "--rows", "600")["columns"]

    command("budget", "plan", "defs/people", "--rows", "600")
    lines = capsys.readouterr().out.splitlines()
    bars = {line.split()[0]: line.count("█") for line in lines if "█" in line}
    assert list(bars) == ["age", "city", "member", "0.5", "1", "2", "4", "8"]
    assert [bars[epsilon] for epsilon in ("0.5", "1", "2")] == sorted(
        (bars[epsilon] for epsilon in ("0.5", "1", "2")), reverse=True
    )
    assert any(line.startswith("2 (contract)") and "fits" in line for line in lines)
    assert any(line.startswith("8 ") and "does not fit" in line for line in lines)


def test_more_than_is_left_is_refused_with_what_would_fit(project: Project) -> None:
    change(project, SPEND, "epsilon: 50.0")
    with pytest.raises(BudgetRefused, match=r"defs.yaml:10:5: privacy.spend: .*this release does not fit") as refused:
        command("budget", "plan", "defs/people")
    (fits,) = re.findall(r"epsilon ([0-9.]+) would fit", refused.value.hint)
    change(project, "epsilon: 50.0", f"epsilon: {fits}")
    assert command("budget", "plan", "defs/people") == 0
    change(project, f"epsilon: {fits}", SPEND)
    command("budget", "close", "town")
    with pytest.raises(BudgetRefused, match="account 'town' is closed"):
        command("budget", "plan", "defs/people")


def test_what_does_not_fit_the_source_is_refused_with_all_of_its_faults(project: Project) -> None:
    change(project, "unit: rows", "unit: {column: person, max_rows: 2}")
    change(project, "city:", "town:")
    with pytest.raises(UsageError, match="source 'census' has one row") as refused:
        command("budget", "plan", "defs/people")
    assert "also columns.town: source 'census' has no such column" in str(refused.value)
    assert refused.value.exit_code == 2


def test_an_unknown_source_and_no_columns_are_refused(project: Project) -> None:
    change(project, "source: census", "source: sensus")
    with pytest.raises(UsageError, match="did you mean 'census'"):
        command("budget", "plan", "defs/people")
    text = project.definition.read_text()
    project.definition.write_text(f"{text[: text.index('  columns:')]}  columns: {{}}\n")
    with pytest.raises(ContractError, match="columns"):
        command("budget", "plan", "defs/people")


def test_a_release_that_is_paid_is_not_refused(checked: Project, capsys: pytest.CaptureFixture[str]) -> None:
    command("budget", "set-cap", "town", "--epsilon", "2.0", "--delta", "1e-5")
    capsys.readouterr()
    assert command("budget", "plan", "defs/people") == 0
    assert "its release is paid already, and a run costs nothing" in capsys.readouterr().out
