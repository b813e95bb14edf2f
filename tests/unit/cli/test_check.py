"""``check``: the public checks on a candidate, without Dagster."""

import json

import pytest
from kit.project import Project, command

from synth_assets.cli.contracts import from_here
from synth_assets.errors import UsageError

pytestmark = pytest.mark.integration


def test_the_newest_candidate_passes_and_a_new_rule_is_checked_at_once(
    finished: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    (finished.root / "data" / "candidates" / "people" / ".half.tmp").mkdir()  # as a kill leaves it
    assert command("check", "defs/people") == 0
    output = capsys.readouterr()
    (page,) = finished.workspace.page("people", "x").parent.iterdir()
    assert output.out.splitlines()[-1] == f"page: {from_here(page)}"
    assert "✓ Passed" in page.read_text()
    file = finished.definition
    file.write_text(file.read_text().replace("age_is_known_or_not: age IS NULL OR age >= 0", "all_old: age > 90"))
    capsys.readouterr()

    assert command("check", "defs/people", "--json", "--workers", "2") == 1
    output = capsys.readouterr()
    failed = [result["name"] for result in json.loads(output.out) if not result["passed"]]
    assert failed == ["rule_all_old", "realism"]
    assert output.err.splitlines()[-1] == f"page: {from_here(page)}"
    assert "✗ Refused:</b> the blocking check rule all old failed." in page.read_text()


def test_without_a_candidate_the_hint_is_how_to_make_one(project: Project) -> None:
    with pytest.raises(UsageError, match="no candidate"):
        command("check", "defs/people")


def test_checks_that_the_contract_asks_for_compare_with_what_is_promoted(
    finished: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    file = finished.definition
    file.write_text(f"{file.read_text()}  checks: {{drift: {{max: 0.1}}, relationships: {{city: towns.name}}}}\n")
    assert command("check", "defs/people", "--json") == 1
    results = {result["name"]: result for result in json.loads(capsys.readouterr().out)}
    assert results["drift_version"]["description"] == "there is no version before this one"
    assert results["relationships"]["description"] == "city: no promoted version has towns.name"
