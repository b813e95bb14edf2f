"""Distances are computed once for all sections; what is published costs the release and the figures of people."""

from dataclasses import replace

from kit.project import Project
from report_pages import facts_of
from said_of_people import with_answers

from synth_assets.checks.fidelity import compare
from synth_assets.privacy import HELD_OUT, MEASURED, PrivacyLoss


def test_distances_are_those_of_the_gate_and_computed_once(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    assert facts.distances == compare(checked.release, facts.tables)
    assert facts.distances is facts.distances


def test_all_that_is_published_costs_the_larger_of_what_its_two_parts_paid(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    released = PrivacyLoss(**facts.statement["composition"]["charged"])
    assert facts.published == released
    asked = with_answers(facts)
    assert asked.published == released + asked.contract.evaluation_loss(MEASURED)
    charged = {**facts.statement["composition"], "charged": {"nano_rho": 5, "atto_delta": 7}}
    little = replace(asked, statement={**facts.statement, "composition": charged})
    held_out = asked.contract.evaluation_loss(HELD_OUT).nano_rho
    assert little.published == PrivacyLoss(nano_rho=held_out, atto_delta=7)


def test_people_of_an_account_without_a_split_pay_for_both(checked: Project) -> None:
    asked = with_answers(facts_of(checked, checked.evidence(0)))
    assert asked.evaluation is not None
    whole = replace(asked.evaluation, answers={None: next(iter(asked.evaluation.answers.values()))})
    released = PrivacyLoss(**asked.statement["composition"]["charged"])
    assert replace(asked, evaluation=whole).published == released + asked.contract.evaluation_loss(None)
