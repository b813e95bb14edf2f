"""What is not covered by the guarantee, and how a reader checks the rest."""

from importlib.resources import files
from typing import Any

from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section

__all__ = ["FIRST_LIMITS", "LIMITS"]


def _context(facts: ReportFacts) -> dict[str, Any]:
    return {**_first(facts), "contents": facts.contents}


def _first(facts: ReportFacts) -> dict[str, Any]:
    unprotected = [str(quantity) for quantity in facts.statement.get("unprotected_quantities", ())]
    return {"unprotected": unprotected or ["running time and memory of the measurement"], "promoted": facts.promoted}


_TEMPLATE = files(__package__).joinpath("limits.html")
FIRST_LIMITS = Section(template=_TEMPLATE, context=_first, until=4)
LIMITS = Section(template=_TEMPLATE, context=_context, since=5)
