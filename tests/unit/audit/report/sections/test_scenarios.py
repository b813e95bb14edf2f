"""Scenarios on the page: what each is in words, its checks, and how far label rates were moved."""

from dataclasses import replace

import pytest
from kit.people import varied_contract
from kit.project import Project
from report_pages import facts_of, read_page, text_of

from synth_assets.audit.report import ReportFacts, ScenarioFacts, report_page
from synth_assets.audit.report.sections.scenarios import SCENARIOS
from synth_assets.checks import CheckResult
from synth_assets.checks.kinds.label_rates import LABEL_RATES
from synth_assets.promotion import Promotion


@pytest.fixture
def facts(checked: Project) -> ReportFacts:
    """A page of a version whose scenario has other shares; its rates are made up."""
    plain = facts_of(checked, checked.evidence(0))
    asked = {
        "where": "age >= 3",
        "shares": {"city": {"north": 1, "south": 3}},
        "weights": {"age >= 10": 2.0, "member": {"true": 4}},
        "description": "A <b>bold</b> question.",
    }
    rates = CheckResult(
        name="label_rates",
        severity="warning",
        passed=True,
        candidate="s" * 64,
        expectation=LABEL_RATES.type,
        observed={
            "label": "member",
            "rates": {
                "city": {"north": {"rows": 1200, "rate": 0.25, "rate_in_table": 0.5}, "south": {"rows": 9, "rate": 1.0}}
            },
            "city_difference": 0.75,
            "city_difference_in_table": 0.125,
        },
        description="rates",
    )
    results = (rates, replace(plain.results[0], passed=False), plain.results[1])
    table = replace(plain.candidate, scenario="skewed", rows=1209, seed=7)
    return replace(
        plain, contract=varied_contract(skewed=asked), scenarios=(ScenarioFacts(table=table, results=results),)
    )


def test_a_scenario_is_said_in_words(facts: ReportFacts) -> None:
    text = text_of(SCENARIOS, facts)
    assert "every row keeps age >= 3" in text
    assert "shares of city north 25.0%, south 75.0%" in text
    assert "weighted age >= 10: 2-fold" in text
    assert "weights of member true 4-fold" in text
    assert "rows 1,209, seed 7" in text
    assert "scenarios/skewed/ of this version" in text
    assert "<b>bold" not in SCENARIOS.render(facts)
    assert "A <b>bold</b> question." in text


def test_label_rates_stand_beside_those_of_the_whole_table(facts: ReportFacts) -> None:
    text = text_of(SCENARIOS, facts)
    assert "How often member, by city" in text
    assert "Largest difference between two groups: 0.750 here, 0.125 in the whole table." in text
    assert "north 1,200 50.0% 25.0%" in text
    assert "south 9 100.0%" in text


def test_checks_that_failed_come_first(facts: ReportFacts) -> None:
    text = text_of(SCENARIOS, facts)
    assert "checks 2 of 3 passed" in text
    assert text.index("✗ failed schema") < text.index("✓ passed")


def test_a_version_without_scenarios_has_no_such_section(facts: ReportFacts) -> None:
    assert "skewed" in report_page(facts)
    assert "skewed" not in report_page(facts, template=1)
    assert not SCENARIOS.shown(replace(facts, scenarios=()))


@pytest.mark.integration
def test_scenarios_that_were_promoted_are_in_the_report_of_their_version(promoted_scenarios: Promotion) -> None:
    page = " ".join(read_page(promoted_scenarios.report.read_text()).text.split())
    assert "every row keeps age >= 15 AND city = 'north' AND (member OR adult)" in page
    assert "shares of city north 25.0%, south 25.0%, east 50.0%" in page
    assert 'How often "member" = TRUE, by city' in page
