"""The sections of the report, in the order of the page: one module and one template per section."""

from synth_assets.audit.report.section import Section
from synth_assets.audit.report.sections.calibration import CALIBRATION
from synth_assets.audit.report.sections.candidate import CANDIDATE
from synth_assets.audit.report.sections.checks import CHECKS, FIRST_CHECKS
from synth_assets.audit.report.sections.closeness import (
    CLOSENESS,
    FIRST_CLOSENESS,
    FOURTH_CLOSENESS,
    SECOND_CLOSENESS,
    THIRD_CLOSENESS,
)
from synth_assets.audit.report.sections.columns import COLUMNS, FIRST_COLUMNS, SECOND_COLUMNS
from synth_assets.audit.report.sections.drift import DRIFT
from synth_assets.audit.report.sections.guarantee import FIRST_GUARANTEE, GUARANTEE, SECOND_GUARANTEE
from synth_assets.audit.report.sections.limits import FIRST_LIMITS, LIMITS
from synth_assets.audit.report.sections.lineage import FIRST_LINEAGE, LINEAGE
from synth_assets.audit.report.sections.people import FIRST_PEOPLE, PEOPLE
from synth_assets.audit.report.sections.purpose import FIRST_PURPOSE, PURPOSE
from synth_assets.audit.report.sections.realism import FIRST_REALISM, REALISM
from synth_assets.audit.report.sections.rules import RULES
from synth_assets.audit.report.sections.scenarios import FIRST_SCENARIOS, SCENARIOS
from synth_assets.audit.report.sections.signing import SIGNING
from synth_assets.audit.report.sections.strictness import STRICTNESS
from synth_assets.audit.report.sections.summary import FIRST_SUMMARY, SECOND_SUMMARY, SUMMARY
from synth_assets.audit.report.sections.tested import TESTED

__all__ = ["CANDIDATE_SECTIONS", "SECTIONS"]

SECTIONS: tuple[Section, ...] = (
    *(FIRST_SUMMARY, SECOND_SUMMARY, SUMMARY),
    *(FIRST_PURPOSE, PURPOSE),
    SIGNING,
    *(FIRST_GUARANTEE, SECOND_GUARANTEE, GUARANTEE),
    STRICTNESS,
    *(FIRST_CHECKS, CHECKS),
    *(FIRST_PEOPLE, PEOPLE),
    *(FIRST_CLOSENESS, SECOND_CLOSENESS, THIRD_CLOSENESS, FOURTH_CLOSENESS, CLOSENESS),
    CALIBRATION,
    *(FIRST_REALISM, REALISM),
    *(FIRST_COLUMNS, SECOND_COLUMNS, COLUMNS),
    RULES,
    *(FIRST_SCENARIOS, SCENARIOS),
    *(FIRST_LINEAGE, LINEAGE),
    TESTED,
    *(FIRST_LIMITS, LIMITS),
)
"""A new section is one line here; see "How to add a section to the report" in CONTRIBUTING.md."""

CANDIDATE_SECTIONS: tuple[Section, ...] = (
    CANDIDATE,
    CHECKS,
    PEOPLE,
    CLOSENESS,
    REALISM,
    COLUMNS,
    DRIFT,
    RULES,
    PURPOSE,
    LINEAGE,
    LIMITS,
)
"""The sections of a candidate's page: nothing that presupposes a promotion."""
