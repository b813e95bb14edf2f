"""What moved since before: one card per comparison, with the columns that moved most."""

from dataclasses import replace
from typing import Any

from kit.project import Project
from report_pages import facts_of, text_of

from synth_assets.audit.report import ReportFacts
from synth_assets.audit.report.sections.drift import DRIFT
from synth_assets.checks import CheckResult
from synth_assets.checks.kinds.drift import DRIFT as KIND


def _drift(previous: str, observed: dict[str, Any], *, passed: bool = True) -> CheckResult:
    return CheckResult(
        name=f"drift_{previous}",
        severity="critical",
        passed=passed,
        candidate="c" * 64,
        expectation=KIND.type,
        kwargs={"previous": previous, "max_distance": 0.1},
        observed=observed,
        description="too far: surely 0.312 away",
    )


def _with(facts: ReportFacts, *results: CheckResult) -> ReportFacts:
    return replace(facts, results=(*facts.results, *results))


def test_columns_that_moved_most_come_first(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    assert not DRIFT.shown(facts)
    moved = [[f"column_{index}", index / 100, index / 200 if index > 3 else 0.0] for index in range(15)]
    observed = {"compared_with": "d" * 64, "by_column": moved, "not_compared": ["day"]}
    shown = _with(facts, _drift("version", observed, passed=False), _drift("release", {"compared_with": None}))
    assert DRIFT.shown(shown)
    text = text_of(DRIFT, shown)
    assert "Since the version before ✗ Too far: surely 0.312 away." in text
    assert text.index("column_14 0.070") < text.index("column_3 nothing: chance alone")
    assert "column_2 " not in text
    assert "And 3 columns that moved less." in text
    assert "not compared: day." in text
    assert "Since the release before ✓" in text
