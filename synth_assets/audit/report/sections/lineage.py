"""Where the table comes from: source, release, generator, candidate, version."""

from importlib.resources import files
from typing import Any

from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section

__all__ = ["FIRST_LINEAGE", "LINEAGE"]

_ONCE = "Read once, in a process of its own, after it was paid for."
_AGAIN = (
    "Read for the release and again for the figures of real people, each time in a process of its own, after it was "
    "paid for."
)


def _first(facts: ReportFacts) -> dict[str, Any]:
    return {**_shown(facts), "read": _ONCE}


def _context(facts: ReportFacts) -> dict[str, Any]:
    return {**_shown(facts), "read": _ONCE if facts.evaluation is None else _AGAIN}


def _shown(facts: ReportFacts) -> dict[str, Any]:
    return {
        "contract": facts.contract,
        "release": facts.release,
        "candidate": facts.candidate,
        "identity": facts.identity,
        "promoted": facts.promoted,
    }


_TEMPLATE = files(__package__).joinpath("lineage.html")
FIRST_LINEAGE = Section(template=_TEMPLATE, context=_first, until=1)
LINEAGE = Section(template=_TEMPLATE, context=_context, since=2)
