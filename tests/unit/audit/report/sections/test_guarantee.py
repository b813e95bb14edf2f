"""The guarantee names the bound, the loss at several deltas and what the account came to."""

from dataclasses import replace

from kit.project import Project
from report_pages import facts_of, text_of

from synth_assets.audit.report.sections.guarantee import GUARANTEE


def test_epsilon_is_stated_at_every_delta(checked: Project) -> None:
    text = text_of(GUARANTEE, facts_of(checked, checked.evidence(0)))
    assert "10⁻⁵" in text
    assert "10⁻⁹" in text
    assert "10⁻⁶2.000" in text.replace(" ", "")


def test_corrections_of_the_account_are_shown(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    assert "corrected later" not in text_of(GUARANTEE, facts)
    correction = {"nano_rho": 5, "atto_delta": 0, "reason": "x", "reservation": "r"}
    statement = {**facts.statement, "account": {**facts.statement["account"], "corrections": [correction]}}
    text = text_of(GUARANTEE, replace(facts, statement=statement))
    assert "1 charges of this account that an older version" in text
