"""Checks stand in the suite's order, failed ones first."""

from dataclasses import replace

from kit.project import Project
from report_pages import facts_of, text_of

from synth_assets.audit.report import report_page
from synth_assets.audit.report.sections.checks import CHECKS


def test_results_stand_in_the_order_of_the_suite(checked: Project) -> None:
    text = text_of(CHECKS, facts_of(checked, checked.evidence(0)))
    positions = [text.index(f"✓ passed {name}") for name in ("schema", "row count", "domain", "nulls", "fidelity")]
    assert positions == sorted(positions)


def test_a_failed_warning_stands_first_and_is_described_in_words(checked: Project) -> None:
    evidence = checked.evidence(0)
    warned = replace(evidence.results[3], passed=False, severity="warning")
    changed = replace(evidence, results=(*evidence.results[:3], warned, *evidence.results[4:]))
    text = text_of(CHECKS, facts_of(checked, changed))
    assert text.index("failed") < text.index("✓ passed")
    assert "5 of 6" in report_page(facts_of(checked, changed))
