"""What is not covered by the guarantee, and how a reader checks the rest."""

from importlib.resources import files
from typing import Any

from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section

__all__ = ["LIMITS"]


def _context(facts: ReportFacts) -> dict[str, Any]:
    unprotected = [str(quantity) for quantity in facts.statement.get("unprotected_quantities", ())]
    return {"unprotected": unprotected or ["running time and memory of the measurement"], "promoted": facts.promoted}


LIMITS = Section(template=files(__package__).joinpath("limits.html"), context=_context)
