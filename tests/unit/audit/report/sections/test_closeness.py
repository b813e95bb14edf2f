"""Closeness shows all tables and the furthest pairs; columns have a section of their own."""

from dataclasses import replace

from kit.project import Project
from report_pages import facts_of, read_page, text_of

from synth_assets.audit.report.sections.closeness import CLOSENESS, FIRST_CLOSENESS, SECOND_CLOSENESS


def test_pairs_have_a_map_and_columns_had_their_bars_here_before(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    assert CLOSENESS.render(facts).count("<svg") == 2
    assert FIRST_CLOSENESS.render(facts).count("<svg") == 2 + len(checked.release.domain.names)
    assert "The tables that are furthest off" in text_of(CLOSENESS, facts)


def test_without_pairs_there_is_no_map(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    ones = [index for index, marginal in enumerate(facts.release.marginals) if len(marginal.attributes) == 1]
    release = replace(facts.release, answers=tuple(facts.release.marginals[index] for index in ones))
    alone = replace(facts, release=release, tables=[facts.tables[index] for index in ones])
    assert "furthest off" not in text_of(CLOSENESS, alone)
    assert "svg" in read_page(str(CLOSENESS.render(alone))).tags


def test_only_these_figures_are_said_to_need_no_second_look(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    assert "For this the private rows were not looked at again." in text_of(CLOSENESS, facts)
    assert " The private rows were not looked at again." in text_of(FIRST_CLOSENESS, facts)


def test_what_the_figures_cannot_see_stands_beside_them_and_not_on_older_pages(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    says = "The figure compares shares of codes that the release counted: "
    assert says in text_of(CLOSENESS, facts)
    assert says not in text_of(SECOND_CLOSENESS, facts)
    assert says not in text_of(FIRST_CLOSENESS, facts)
    assert [section.is_in(2) for section in (FIRST_CLOSENESS, SECOND_CLOSENESS, CLOSENESS)] == [False, True, False]
