"""The frame of the report and of a candidate's page, around their sections."""

from collections.abc import Sequence
from importlib.resources import files

from markupsafe import Markup

from synth_assets.audit.manifest import REPORT_TEMPLATE
from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section, compiled
from synth_assets.audit.report.sections import SECTIONS

__all__ = ["report_page"]

_A_VERSION = "a differentially private synthetic table"
_FRAME = files(__package__).joinpath("page.html")


def report_page(facts: ReportFacts, *, template: int = REPORT_TEMPLATE, sections: Sequence[Section] = SECTIONS) -> str:
    """Return the page as HTML.

    Args:
        facts: what it shows.
        template: the template of the report, which decides the sections; a bundle's manifest names it.
        sections: all that there are, in the order of the page.
    """
    shown = [section.render(facts) for section in sections if section.is_in(template) and section.shown(facts)]
    title = f"{facts.contract.name}: {_A_VERSION if facts.promoted else f'candidate {facts.candidate.digest[:12]}'}"
    return compiled(_FRAME.read_text("utf-8")).render(title=title, sections=Markup("\n\n").join(shown))
