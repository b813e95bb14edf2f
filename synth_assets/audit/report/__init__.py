"""``report.html``: what a version is, what is promised about it and how close it is, for people.

One self-contained page: inline CSS and SVG, no script, nothing is loaded. It
follows from the evidence alone, in which the day of the promotion stands, so the same
promotion writes the same page. The page is a frame around the sections of :data:`SECTIONS`, each of
which is one module with its own template. A candidate has a page in the same frame.
"""

from synth_assets.audit.report.candidate import candidate_page
from synth_assets.audit.report.facts import ReportFacts, ScenarioFacts
from synth_assets.audit.report.page import report_page
from synth_assets.audit.report.section import Section
from synth_assets.audit.report.sections import SECTIONS

__all__ = ["SECTIONS", "ReportFacts", "ScenarioFacts", "Section", "candidate_page", "report_page"]
