"""What was checked: one line per check, failed ones first."""

from importlib.resources import files
from typing import Any

from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section
from synth_assets.checks import CheckResult
from synth_assets.checks.suite import effective_suite

__all__ = ["CHECKS", "FIRST_CHECKS"]


def _first(facts: ReportFacts) -> dict[str, Any]:
    """All checks were free."""
    return {"results": _in_order(facts), "classes": False, "promoted": True}


def _context(facts: ReportFacts) -> dict[str, Any]:
    return {
        "results": _in_order(facts),
        "classes": True,
        "measured": any(result.kind == "MEASURED" for result in facts.results),
        "unasked": not all(result.asked for result in facts.results),
        "promoted": facts.promoted,
    }


def _in_order(facts: ReportFacts) -> list[CheckResult]:
    """Order results as the suite does, then by name: failed ones first, and of these the blocking ones that judged."""
    order = {entry.check: position for position, entry in enumerate(effective_suite(facts.contract, facts.suite))}
    listed = sorted(facts.results, key=lambda result: (order.get(result.name, len(order)), result.name))
    return sorted(listed, key=lambda result: (result.passed, not result.asked, result.severity != "critical"))


_TEMPLATE = files(__package__).joinpath("checks.html")
FIRST_CHECKS = Section(template=_TEMPLATE, context=_first, until=1)
CHECKS = Section(template=_TEMPLATE, context=_context, since=2)
