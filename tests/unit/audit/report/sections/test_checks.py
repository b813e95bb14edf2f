"""Checks stand in the suite's order, failed ones first."""

from dataclasses import replace

from kit.project import Project
from report_pages import facts_of, text_of

from synth_assets.audit.report import report_page
from synth_assets.audit.report.sections.checks import CHECKS, FIRST_CHECKS


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
    assert "6 of 7" in report_page(facts_of(checked, changed))


def test_a_gate_that_nobody_was_asked_for_is_neither_passed_nor_failed(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    unasked = replace(facts.results[0], kind="MEASURED", passed=False, observed={"asked": False})
    warned = replace(facts.results[1], passed=False, severity="warning")
    text = text_of(CHECKS, replace(facts, results=(unasked, warned, *facts.results[2:])))
    assert "who were not asked about this table yet" in text
    assert text.index("✗ failed row count PUBLIC, warns") < text.index("○ not asked schema MEASURED, blocks")
    assert text.index("○ not asked") < text.index("✓ passed")


def test_checking_is_free_where_nobody_was_asked_and_not_said_to_be_elsewhere(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    assert "so checking cost no privacy" in text_of(FIRST_CHECKS, facts)
    text = text_of(CHECKS, facts)
    assert "so they cost no privacy. This version has no others." in text
    measured = replace(facts.results[0], kind="MEASURED")
    text = text_of(CHECKS, replace(facts, results=(measured, *facts.results[1:])))
    assert "which were paid for" in text
    assert "no others" not in text
    assert text.count("PUBLIC") == len(facts.results)  # the sentence, and all lines but one
