"""How the software was tested where it ran: a line per record."""

from importlib.resources import files
from typing import Any

from synth_assets.audit.assurance import LEAK_TEST, MECHANISMS
from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section

__all__ = ["TESTED"]

_WORDS = {
    MECHANISMS: "The mechanisms were audited",
    LEAK_TEST: "The whole chain was run over a made-up table of marked values, and all stores were searched for them,",
}


def _context(facts: ReportFacts) -> dict[str, Any]:
    return {"records": [(words, facts.assurance.get(kind)) for kind, words in _WORDS.items()]}


TESTED = Section(template=files(__package__).joinpath("tested.html"), context=_context, since=2)
