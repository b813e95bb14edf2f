"""The head of the page says the name and five numbers."""

from made_up_project import Project
from report_pages import facts_of, text_of

from synth_assets.audit.report.sections.summary import SUMMARY


def test_rows_columns_epsilon_and_checks_are_said_first(project: Project) -> None:
    text = text_of(SUMMARY, facts_of(project, project.evidence(0)))
    for words in ("visits", "synthetic rows2,000", "columns4", "epsilon at delta 10⁻⁷2", "checks passed6 of 6"):
        assert words.replace(" ", "") in text.replace(" ", "")
