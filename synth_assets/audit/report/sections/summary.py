"""The head of the page: what the table is called, and five numbers about it."""

from importlib.resources import files
from typing import Any

from synth_assets.audit.privacy_statement import identification_bound
from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section
from synth_assets.privacy import epsilon_of

__all__ = ["FIRST_SUMMARY", "SECOND_SUMMARY", "SUMMARY"]


def _context(facts: ReportFacts) -> dict[str, Any]:
    return {**_second(facts), "digits": 3}


def _second(facts: ReportFacts) -> dict[str, Any]:
    """Bound all that is published."""
    loss, delta = facts.published, facts.statement["composition"]["delta"]
    return {
        **_shown(facts),
        "epsilon": epsilon_of(loss, delta=delta),
        "identified": identification_bound(loss),
    }


def _first(facts: ReportFacts) -> dict[str, Any]:
    composition = facts.statement["composition"]
    return {
        **_shown(facts),
        "epsilon": composition["epsilon"],
        "identified": composition["identified_at_5_in_100"],
    }


def _shown(facts: ReportFacts) -> dict[str, Any]:
    return {
        "contract": facts.contract,
        "candidate": facts.candidate,
        "columns": [*facts.release.domain.names, *facts.contract.derived],
        "composition": facts.statement["composition"],
        "results": facts.results,
    }


_TEMPLATE = files(__package__).joinpath("summary.html")
FIRST_SUMMARY = Section(template=_TEMPLATE, context=_first, until=1)
SECOND_SUMMARY = Section(template=_TEMPLATE, context=_second, since=2, until=4)
SUMMARY = Section(template=_TEMPLATE, context=_context, since=5)
