"""What real people say is drawn from the answers, and is not there without them."""

from dataclasses import replace

import pytest
from kit.project import Project
from report_pages import facts_of, read_page, text_of
from said_of_people import GATES, with_answers

from synth_assets.audit.report import ReportFacts, report_page
from synth_assets.audit.report.sections.people import PEOPLE
from synth_assets.checks.kinds.gates import measured_facts
from synth_assets.evaluation.estimate.leakage import largest_advantage
from synth_assets.privacy import HELD_OUT


@pytest.fixture
def facts(checked: Project) -> ReportFacts:
    return facts_of(checked, checked.evidence(0))


def test_a_version_that_nobody_was_asked_about_has_no_such_section(facts: ReportFacts) -> None:
    assert "What real people say" not in report_page(facts)
    assert "What real people say" in report_page(with_answers(facts))
    assert "What real people say" not in report_page(with_answers(facts), template=1)


def test_every_gate_has_its_figure_limit_readers_cost_and_power(facts: ReportFacts) -> None:
    asked = with_answers(facts)
    text = text_of(PEOPLE, asked)
    for name, gate in GATES.items():
        assert name in text
        assert asked.evaluation is not None
        measured = measured_facts(name, asked.evaluation, asked.contract)
        assert f"wanted at {'least' if 'min' in gate else 'most'} {next(iter(gate.values())):g}" in text
        assert f"rho {measured['charged_rho']:.3g}; chance of error {measured['beta']:.2g}" in text
    assert "0.85 (0.8" in text  # 1,700 of 2,000 are right
    assert "power 0.02" in text
    assert text.count("✓ passed") == len(GATES)
    assert text.count("in sample and held out") == 1


def test_a_figure_beyond_its_limit_is_shown_as_failed(facts: ReportFacts) -> None:
    asked = with_answers(facts)
    gates = {**asked.contract.gates, "tstr_accuracy": asked.contract.gates["tstr_accuracy"].model_copy()}
    gates["tstr_accuracy"] = gates["tstr_accuracy"].model_copy(update={"min": 0.86})
    text = text_of(PEOPLE, replace(asked, contract=asked.contract.model_copy(update={"gates": gates})))
    assert text.count("✗ failed") == 1


def test_answers_are_drawn_with_bounds(facts: ReportFacts) -> None:
    html = str(PEOPLE.render(with_answers(facts)))
    # one per gate; calibration; leakage; decisions of all and by label; two columns
    assert html.count("<svg") == len(GATES) + 1 + 1 + 3 + 2
    assert "score 0.00 to 0.50: 0.1 (" in html
    assert "north: 0.4706 (" in html  # 400 of 850 decisions
    assert "0: synthetic 30.6%, real 30.9%" in html
    assert "north: synthetic" in html  # a group of the release has its name


def test_leakage_is_shown_beside_what_the_release_allows(facts: ReportFacts) -> None:
    rho = facts.statement["composition"]["charged"]["nano_rho"] / 1e9
    assert f"theory allows {largest_advantage(rho):.3g}: membership" in str(PEOPLE.render(with_answers(facts)))


def test_no_name_becomes_markup(facts: ReportFacts) -> None:
    hostile = "<script>alert('x')</script>"
    html = report_page(with_answers(facts, word=hostile, column=hostile))
    page = read_page(html)
    assert "script" not in page.tags
    assert f"wasserstein.{hostile}" in page.text


def test_a_part_without_a_gate_is_left_out(facts: ReportFacts) -> None:
    asked = with_answers(facts)
    alone = asked.contract.model_copy(update={"gates": {"tstr_accuracy": asked.contract.gates["tstr_accuracy"]}})
    html = str(PEOPLE.render(replace(asked, contract=alone)))
    assert html.count("<svg") == 1
    for words in ("Leakage", "Scores against", "Decisions by", "Columns, against"):
        assert words not in html


def test_answers_of_held_out_people_are_looked_up_by_their_part(facts: ReportFacts) -> None:
    asked = with_answers(facts)
    assert asked.evaluation is not None
    assert asked.evaluation.answered[HELD_OUT, "near"].values.tolist() == [700, 300]
