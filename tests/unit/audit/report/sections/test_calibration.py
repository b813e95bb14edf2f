"""A simulator's calibration on the page: parameters, scenarios, and tables that it cannot follow."""

from dataclasses import replace
from typing import Any

from kit.project import Project
from report_pages import facts_of, text_of

from synth_assets.audit.report import ReportFacts, report_page
from synth_assets.audit.report.sections.calibration import CALIBRATION


def found(*, used: float = 8.0, share: float = 1.0, off: int = 2) -> dict[str, Any]:
    """Return what a calibration found: three tables, of which some are further off than noise explains."""
    tables = [
        {"attributes": ["age"], "distance": 0.25, "explained": 0.05},
        {"attributes": ["age", "region"], "distance": 0.125, "explained": 0.1},
        {"attributes": ["region"], "distance": 0.01, "explained": 0.02},
    ]
    parameters = [{"name": "service_interval", "estimate": 8.0, "spread": 0.25, "used": used, "meaning": "days"}]
    chosen = [{**table, "distance": 0.0} if place >= off else table for place, table in enumerate(tables)]
    return {"simulator": "<incomes>", "code": "ab" * 32, "parameters": parameters, "share": share, "tables": chosen}


def shown(checked: Project, calibration: dict[str, Any]) -> tuple[str, ReportFacts]:
    """Return the text of the section, and the facts."""
    facts = replace(facts_of(checked, checked.evidence(0)), calibration=calibration)
    return text_of(CALIBRATION, facts), facts


def test_parameters_and_the_tables_that_are_furthest_off_are_shown(checked: Project) -> None:
    text, facts = shown(checked, found())
    assert "All rows are drawn by the simulator <incomes> (code abababababab)" in text
    assert "service interval days 8 ± 0.2" in text
    assert "7.5 of 100 rows on average" in text
    assert "age 25.0 5.0 20.0" in text
    assert text.index("age 25.0") < text.index("region 12.5 10.0 2.5")
    assert "The other 1: noise and sampling explain them" in text
    assert "scenario" not in text
    assert 'id="calibration"' in report_page(facts)


def test_a_scenario_and_a_hybrid_say_so(checked: Project) -> None:
    text, _ = shown(checked, found(used=12.5, share=0.75))
    assert "75.0 of 100 rows are drawn by the simulator" in text
    assert "A mixture learned the other rows" in text
    assert "this table is a scenario, and not what the data say" in text
    assert "12.5" in text
    assert "that the simulator alone cannot follow" in text


def test_a_simulator_that_follows_everything_is_said_to(checked: Project) -> None:
    text, _ = shown(checked, found(off=0))
    assert "None: noise and sampling explain the distance of each." in text


def test_other_kinds_have_no_such_section(checked: Project) -> None:
    assert 'id="calibration"' not in report_page(facts_of(checked, checked.evidence(0)))
