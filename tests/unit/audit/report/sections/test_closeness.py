"""Closeness shows all tables and the furthest pairs; columns have a section of their own."""

from dataclasses import replace

import numpy as np
from kit.project import Project
from report_pages import facts_of, read_page, text_of

from synth_assets.audit.report import ReportFacts
from synth_assets.audit.report.sections.closeness import (
    CLOSENESS,
    FIRST_CLOSENESS,
    FOURTH_CLOSENESS,
    SECOND_CLOSENESS,
    THIRD_CLOSENESS,
)


def test_pairs_have_a_map_and_columns_had_their_bars_here_before(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    assert CLOSENESS.render(facts).count("<svg") == 1
    assert THIRD_CLOSENESS.render(facts).count("<svg") == 2
    assert FIRST_CLOSENESS.render(facts).count("<svg") == 2 + len(checked.release.domain.names)
    assert "The tables that are furthest off" in text_of(THIRD_CLOSENESS, facts)


def _noisy(facts: ReportFacts) -> ReportFacts:
    """Return facts whose tables of pairs are noise alone, each several times as large as the table."""
    noise = np.random.default_rng(0)
    answers = [
        replace(marginal, values=np.rint(noise.normal(0, 3000.0, marginal.values.shape)).astype(np.int64), scale=3000.0)
        if len(marginal.attributes) > 1
        else marginal
        for marginal in facts.release.marginals
    ]
    return replace(facts, release=replace(facts.release, answers=tuple(answers)))


def test_no_distance_of_pure_noise_is_shown(checked: Project) -> None:
    noisy = _noisy(facts_of(checked, checked.evidence(0)))
    assert max(distance.distance for distance in noisy.distances) > 5
    text = text_of(CLOSENESS, noisy)
    assert "noise alone explains it more than they hold" in text
    assert "✓ within the limit: noise and sampling explain the whole distance to the release: 0.000 beyond" in text
    assert "None: noise and sampling explain the distance of each." in text
    page = str(CLOSENESS.render(noisy))
    assert not [one for one in noisy.distances if f"{one.distance:.3f}" in page and one.distance > 1]
    assert "noise and sampling explain it" in page


def test_what_is_compared_with_the_limit_comes_first_and_what_is_off_is_named(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    tables = [np.roll(table, 1, axis=0) for table in facts.tables]
    text = text_of(CLOSENESS, replace(facts, tables=tables))
    assert text.startswith("How close it is ✗ too far: surely 0.")
    assert "; the limit is 0.05." in text
    assert "Tables that are surely off by themselves, with 99% confidence for all 8 at once columns at least" in text


def test_without_pairs_there_is_no_map(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    ones = [index for index, marginal in enumerate(facts.release.marginals) if len(marginal.attributes) == 1]
    release = replace(facts.release, answers=tuple(facts.release.marginals[index] for index in ones))
    alone = replace(facts, release=release, tables=[facts.tables[index] for index in ones])
    assert "furthest off" not in text_of(THIRD_CLOSENESS, alone)
    assert "svg" in read_page(str(THIRD_CLOSENESS.render(alone))).tags
    assert "svg" not in read_page(str(CLOSENESS.render(alone))).tags


def test_only_these_figures_are_said_to_need_no_second_look(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    assert "For this the private rows were not looked at again." in text_of(CLOSENESS, facts)
    assert " The private rows were not looked at again." in text_of(FIRST_CLOSENESS, facts)


def test_what_the_figures_cannot_see_stands_beside_them_and_not_on_older_pages(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    says = "The figure compares shares of codes that the release counted: "
    assert says in text_of(CLOSENESS, facts)
    assert "Noise hides who is rare" in text_of(CLOSENESS, facts)
    assert "Noise hides who is rare" not in text_of(THIRD_CLOSENESS, facts)
    assert says in text_of(THIRD_CLOSENESS, facts)
    assert says not in text_of(SECOND_CLOSENESS, facts)
    assert says not in text_of(FIRST_CLOSENESS, facts)
    every = (FIRST_CLOSENESS, SECOND_CLOSENESS, THIRD_CLOSENESS, FOURTH_CLOSENESS, CLOSENESS)
    assert [[section.is_in(template) for section in every].index(True) for template in range(1, 6)] == [0, 1, 2, 3, 4]


def test_a_distance_below_the_expected_one_is_explained_on_new_pages(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    observed, expected = (
        float(np.mean([getattr(distance, of) for distance in facts.distances])) for of in ("distance", "explained")
    )
    text = text_of(CLOSENESS, facts)
    assert (
        f"The tables are {observed:.3f} apart on average; noise and sampling alone would make it {expected:.3f}."
        in text
    )
    assert ("Less than expected is not a mistake" in text) == (observed < expected)
    same = replace(facts, tables=[table * 0 + table.sum() // table.size for table in map(np.asarray, facts.tables)])
    assert "Less than expected" not in text_of(CLOSENESS, same)
    assert "apart on average" not in text_of(FOURTH_CLOSENESS, facts)
