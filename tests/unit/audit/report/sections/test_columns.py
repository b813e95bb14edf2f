"""Every column is there, the furthest first, with what real people say of it if they were asked."""

import re
from dataclasses import replace

import numpy as np
import pytest
from kit.project import Project
from report_pages import facts_of, read_page, text_of
from said_of_people import with_answers

from synth_assets.audit.report import ReportFacts, Section
from synth_assets.audit.report.sections.columns import COLUMNS, shares_of


@pytest.fixture
def facts(checked: Project) -> ReportFacts:
    return facts_of(checked, checked.evidence(0))


def _moved(facts: ReportFacts, name: str) -> ReportFacts:
    """Return facts in which all rows have the first value of a column."""
    tables = list(facts.tables)
    for position, marginal in enumerate(facts.release.marginals):
        if marginal.attributes == (name,):
            tables[position] = np.zeros_like(tables[position])
            tables[position][0] = facts.candidate.rows
    return replace(facts, tables=tables)


def test_all_columns_are_drawn_and_the_furthest_is_first(facts: ReportFacts) -> None:
    assert COLUMNS.render(facts).count("<svg") == len(facts.release.domain.names)
    text = text_of(COLUMNS, _moved(facts, "member"))
    assert text.index("member") < min(text.index("age"), text.index("city"))
    assert "✗" in text
    assert "✗" not in text_of(COLUMNS, facts)


def test_every_column_is_named_and_open(facts: ReportFacts) -> None:
    html = str(COLUMNS.render(facts))
    assert "<details" not in html
    text = text_of(COLUMNS, facts)
    assert html.count("<h3") == len(facts.release.domain.names)
    assert all(f"{name}," in text or f"{name})" in text or f" {name} " in text for name in facts.release.domain.names)


def test_numbers_are_shown_in_groups_by_their_edges_and_none_is_left_out(facts: ReportFacts) -> None:
    chart = shares_of("age", facts, whole=True)
    shown = [float(share) for share in re.findall(r"synthetic ([0-9.]+)%", chart)]
    labels = re.findall(r"<title>(.*?): synthetic", chart)
    assert labels[0].split(" to ")[0] == "0"
    assert labels[-1] == "null"
    assert labels[-2].split(" to ")[-1] == "19"
    assert abs(sum(shown) - 100) < 0.1 * len(shown)
    assert len(shown) <= 14


def test_figures_of_real_people_stand_below_their_column(facts: ReportFacts) -> None:
    asked = with_answers(facts)
    text = text_of(COLUMNS, asked)
    figure = asked.evaluation.figure("jensen_shannon.city", asked.contract)  # type: ignore[union-attr]
    assert f"Jensen-Shannon, real people: {round(figure.value, 4):g} (" in text
    assert "wanted at most 0.3" in text
    assert "real people" not in text_of(COLUMNS, facts)


def test_a_figure_beyond_its_limit_is_marked(facts: ReportFacts) -> None:
    asked = with_answers(facts)
    gates = {"jensen_shannon.city": {"max": 1e-9}, "wasserstein.age": {"max": 0.9}}
    strict = asked.contract.model_copy(
        update={
            "gates": type(asked.contract)
            .model_validate(asked.contract.model_dump(mode="json", exclude_unset=True) | {"gates": gates})
            .gates
        }
    )
    page = text_of(COLUMNS, replace(asked, contract=strict))
    assert page.count("✗") == 1
    assert "wanted at most 1e-09 ✗" in page


def test_rows_of_another_schema_have_no_columns_to_compare(facts: ReportFacts) -> None:
    section: Section = COLUMNS
    assert section.shown(facts)
    assert not section.shown(replace(facts, tables=()))
    assert "table" in read_page(str(COLUMNS.render(facts))).tags
