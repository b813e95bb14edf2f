"""The head of the page shows the name and five numbers."""

from dataclasses import replace

from kit.project import Project
from report_pages import facts_of, text_of
from said_of_people import with_answers

from synth_assets.audit.privacy_statement import identification_bound
from synth_assets.audit.report.sections.summary import FIRST_SUMMARY, SUMMARY


def test_rows_columns_epsilon_and_checks_are_shown_first(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    text = text_of(SUMMARY, facts)
    for words in ("people", "synthetic rows400", "columns4", "epsilon at delta 10⁻⁶2", "checks passed7 of 7"):
        assert words.replace(" ", "") in text.replace(" ", "")
    larger = replace(facts, candidate=replace(facts.candidate, rows=2000))
    assert "synthetic rows 2,000" in text_of(SUMMARY, larger)


def test_the_bound_is_on_all_that_is_published(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    assert text_of(SUMMARY, facts) == text_of(FIRST_SUMMARY, facts)
    asked = with_answers(facts)
    assert f"≤ {100 * identification_bound(asked.published):.1f}%" in text_of(SUMMARY, asked)
    assert text_of(SUMMARY, asked) != text_of(FIRST_SUMMARY, asked)
