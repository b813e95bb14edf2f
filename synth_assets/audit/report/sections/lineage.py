"""Where the table comes from: source, release, generator, candidate, version."""

from importlib.resources import files
from typing import Any

from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section

__all__ = ["LINEAGE"]


def _context(facts: ReportFacts) -> dict[str, Any]:
    return {
        "contract": facts.contract,
        "release": facts.release,
        "candidate": facts.candidate,
        "identity": facts.identity,
    }


LINEAGE = Section(template=files(__package__).joinpath("lineage.html"), context=_context)
