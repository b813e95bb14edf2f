"""The head of the page: what the table is called, and five numbers about it."""

from importlib.resources import files
from typing import Any

from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section

__all__ = ["SUMMARY"]


def _context(facts: ReportFacts) -> dict[str, Any]:
    return {
        "contract": facts.contract,
        "candidate": facts.candidate,
        "columns": [*facts.release.domain.names, *facts.contract.derived],
        "composition": facts.statement["composition"],
        "results": facts.results,
    }


SUMMARY = Section(template=files(__package__).joinpath("summary.html"), context=_context)
