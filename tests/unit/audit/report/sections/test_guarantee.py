"""The guarantee names the bound, the loss at several deltas and what the account came to."""

from dataclasses import replace
from typing import Any

from kit.project import Project
from report_pages import facts_of, text_of
from said_of_people import with_answers

from synth_assets.audit.privacy_statement import identification_bound
from synth_assets.audit.report.sections.guarantee import FIRST_GUARANTEE, GUARANTEE, SECOND_GUARANTEE


def test_epsilon_is_stated_at_every_delta(checked: Project) -> None:
    text = text_of(GUARANTEE, facts_of(checked, checked.evidence(0)))
    assert "10⁻⁵" in text
    assert "10⁻⁹" in text
    assert "10⁻⁶2" in text.replace(" ", "")


def test_corrections_of_the_account_are_shown(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    assert "corrected later" not in text_of(GUARANTEE, facts)
    correction = {"nano_rho": 5, "atto_delta": 0, "reason": "x", "reservation": "r"}
    statement = {**facts.statement, "account": {**facts.statement["account"], "corrections": [correction]}}
    text = text_of(GUARANTEE, replace(facts, statement=statement))
    assert "1 charges of this account that an older version" in text


def test_with_answers_of_people_the_promise_bounds_all_that_is_published(checked: Project) -> None:
    facts = with_answers(facts_of(checked, checked.evidence(0)))
    text = text_of(GUARANTEE, facts)
    alone, all_of_it = facts.statement["composition"]["identified_at_5_in_100"], identification_bound(facts.published)
    assert all_of_it > alone
    assert f"identifies at most {100 * all_of_it:.1f} in 100" in text
    assert f"with all that is published here, at most{100 * all_of_it:.1f} in 100" in text
    assert f"identifies at most {100 * alone:.1f} in 100" in text_of(FIRST_GUARANTEE, facts)


def test_what_asking_people_cost_is_shown_by_part(checked: Project) -> None:
    facts = with_answers(facts_of(checked, checked.evidence(0)))
    losses = {"measured": {"nano_rho": 3 * 10**6, "atto_delta": 0}, "held_out": {"nano_rho": 10**6, "atto_delta": 0}}
    account: dict[str, Any] = {**facts.statement["account"], "split": {"spent": losses}}
    text = text_of(GUARANTEE, replace(facts, statement={**facts.statement, "account": account}))
    for part, words in (("measured", "measured"), ("held_out", "held-out")):
        cost = facts.contract.evaluation_loss(part).rho
        assert f"charged for asking {words} people rho {cost:.3g}" in text
        assert f"charged for asking {words} people rho {cost:.6f}" in text_of(SECOND_GUARANTEE, facts)
    assert "measured people rho 0.003; held-out people rho 0.001; nobody is in both" in text
    assert "nobody is in both" not in text_of(GUARANTEE, facts)  # that account is not split


def test_a_version_of_an_account_that_curators_read_says_so_at_once(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    assert "CONDITIONAL" not in text_of(GUARANTEE, facts)
    read = replace(facts, statement={**facts.statement, "conditional": [{}, {}]})
    assert "CONDITIONAL: curators read exact figures of this account 2 times" in text_of(GUARANTEE, read)
    assert "CONDITIONAL" not in text_of(FIRST_GUARANTEE, read)
