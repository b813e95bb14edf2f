"""What is not covered is that of the statement; a statement without a list still says something."""

from dataclasses import replace

from kit.project import Project
from report_pages import facts_of, text_of

from synth_assets.audit.report.sections.limits import LIMITS


def test_what_the_statement_leaves_open_is_listed(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    text = text_of(LIMITS, facts)
    for quantity in facts.statement["unprotected_quantities"]:
        assert quantity in text


def test_the_command_that_verifies_names_the_digest_to_expect(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    assert f"synth-assets audit verify path/to/version --expect {facts.contents}" in text_of(LIMITS, facts)


def test_without_a_list_running_time_is_named(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    assert "running time and memory" in text_of(LIMITS, replace(facts, statement={}))
