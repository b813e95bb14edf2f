"""The sections of the report, in the order of the page: one module and one template per section."""

from synth_assets.audit.report.section import Section
from synth_assets.audit.report.sections.checks import CHECKS
from synth_assets.audit.report.sections.closeness import CLOSENESS
from synth_assets.audit.report.sections.guarantee import GUARANTEE
from synth_assets.audit.report.sections.limits import LIMITS
from synth_assets.audit.report.sections.lineage import LINEAGE
from synth_assets.audit.report.sections.purpose import PURPOSE
from synth_assets.audit.report.sections.summary import SUMMARY
from synth_assets.audit.report.sections.tested import TESTED

__all__ = ["SECTIONS"]

SECTIONS: tuple[Section, ...] = (SUMMARY, PURPOSE, GUARANTEE, CHECKS, CLOSENESS, LINEAGE, TESTED, LIMITS)
"""A new section is one line here; see "How to add a section to the report" in CONTRIBUTING.md."""
