"""A section is a template and what fills it; adding one leaves the pages of older bundles as they were."""

from dataclasses import replace
from pathlib import Path

import pytest
from kit.project import Project
from report_pages import facts_of, read_page

from synth_assets.audit.manifest import REPORT_TEMPLATE
from synth_assets.audit.report import SECTIONS, ReportFacts, Section, report_page


@pytest.fixture
def facts(checked: Project) -> ReportFacts:
    return facts_of(checked, checked.evidence(0))


@pytest.fixture
def toy(tmp_path: Path) -> Section:
    """A section as somebody would add it: a template, and one function."""
    template = tmp_path / "toy.html"
    template.write_text("<section>\n  <h2>Toy</h2>\n  <p>{{ values | number }} values of {{ name }}</p>\n</section>\n")
    return Section(
        template=template,
        context=lambda facts: {"values": 4 * facts.candidate.rows, "name": f"<{facts.contract.name}>"},
        since=REPORT_TEMPLATE + 1,
    )


def test_a_toy_section_is_one_line_in_the_list(facts: ReportFacts, toy: Section) -> None:
    page = report_page(facts, template=REPORT_TEMPLATE + 1, sections=(*SECTIONS, toy))
    assert (
        "</section>\n\n<section>\n  <h2>Toy</h2>\n  <p>1,600 values of &lt;people&gt;</p>\n</section>\n</main>" in page
    )
    assert "Toy" in read_page(page).text


def test_pages_of_older_bundles_stay_as_they_were(facts: ReportFacts, toy: Section) -> None:
    assert report_page(facts, sections=(*SECTIONS, toy)) == report_page(facts)


def test_a_changed_section_stands_beside_the_one_before(facts: ReportFacts, toy: Section) -> None:
    first = replace(SECTIONS[-1], until=REPORT_TEMPLATE)
    sections = (*SECTIONS[:-1], first, toy)
    assert report_page(facts, sections=sections) == report_page(facts)
    newer = report_page(facts, template=REPORT_TEMPLATE + 1, sections=sections)
    assert "What is not covered" not in newer
    assert "Toy" in newer


def test_every_section_is_on_some_page(facts: ReportFacts) -> None:
    assert all(any(section.is_in(template) for template in range(1, REPORT_TEMPLATE + 1)) for section in SECTIONS)
    assert report_page(facts, template=0).count("<section") == 0
