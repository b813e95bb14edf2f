"""The report says when and with what outcome the software was tested, or that it was not."""

from dataclasses import replace

from kit.project import Project
from made_up_records import GOOD
from report_pages import facts_of, text_of

from synth_assets.audit.assurance import MECHANISMS
from synth_assets.audit.report.sections.tested import TESTED


def test_each_record_has_a_line_and_without_one_that_is_said(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    assert "No record of such a test" in text_of(TESTED, facts)
    text = text_of(TESTED, replace(facts, assurance={MECHANISMS: GOOD[MECHANISMS]}))
    assert "mechanisms were audited on 2026-11-28 with version 0.1.0: 1 of 1 tests passed" in text
    assert "marked values" not in text
    assert "marked values" in text_of(TESTED, replace(facts, assurance=GOOD))


def test_pages_of_the_first_template_do_not_have_it() -> None:
    assert not TESTED.is_in(1)
    assert TESTED.is_in(2)
