"""Kinds on one release: a better one is nearer, one that fails says why, and what is alike is not told apart."""

from pathlib import Path

import pytest
from kit.releases import MadeUp
from toy_generator import toy, toy_package

from synth_assets.candidate import Candidate
from synth_assets.checks.comparison import KindFigures, compare_kinds, kinds_asked, told_apart
from synth_assets.contract.generator import GENERATORS, GeneratorSpec
from synth_assets.errors import UsageError

__all__ = ["toy", "toy_package"]

MIXTURE, TOY = GeneratorSpec(kind="mixture"), GeneratorSpec(kind="toy")


def _compared(visits: MadeUp, folder: Path, *specs: GeneratorSpec) -> dict[str, tuple[KindFigures, Candidate | None]]:
    listed = compare_kinds(visits.contract, visits.release, specs, folder=folder, rows=3000)
    return {figures.kind: (figures, table) for figures, table in listed}


@pytest.mark.slow
def test_a_kind_that_knows_pairs_is_nearer_and_is_told_from_one_that_does_not(
    visits: MadeUp, toy: str, tmp_path: Path
) -> None:
    compared = _compared(visits, tmp_path, MIXTURE, TOY)
    mixture, independent = compared["mixture"][0], compared[toy][0]
    assert mixture.surely < 0.02 < independent.surely
    assert mixture.pairs is not None
    assert independent.pairs is not None
    assert mixture.pairs < independent.pairs
    for figures in (mixture, independent):
        assert not figures.fault
        assert figures.size > 100
        assert figures.fit_seconds is not None
        assert figures.sample_seconds is not None
    ((_, other),) = compare_kinds(visits.contract, visits.release, [MIXTURE], folder=tmp_path, rows=3000, seed=5)
    assert other is not None
    tables = {kind: table for kind, (_, table) in compared.items() if table is not None}
    areas = told_apart({**tables, "again": other}, visits.release, model="gradient_boosting")
    assert areas["mixture", toy] > areas["mixture", "again"]
    assert 0.5 <= areas["mixture", "again"] < 0.6


def test_what_was_fitted_before_is_used_again_and_has_no_time(visits: MadeUp, tmp_path: Path) -> None:
    first, again = (_compared(visits, tmp_path, MIXTURE)["mixture"][0] for _ in range(2))
    assert (again.generator, again.candidate) == (first.generator, first.candidate)
    assert (again.fit_seconds, again.sample_seconds) == (None, None)


def test_a_kind_that_cannot_be_fitted_says_why_and_the_others_go_on(visits: MadeUp, toy: str, tmp_path: Path) -> None:
    listed = compare_kinds(visits.contract, visits.release, [TOY, MIXTURE], folder=tmp_path, rows=500, device="moon")
    figures = {one.kind: one for one, _ in listed}
    assert "a toy cannot be fitted on 'moon' (use the CPU)" in figures[toy].fault
    assert "moon" in figures["mixture"].fault


def test_all_kinds_are_those_that_are_installed_and_the_own_has_its_options(visits: MadeUp, toy: str) -> None:
    own = GeneratorSpec.model_validate({"kind": toy, "least": 2.0})
    contract = visits.contract.model_copy(update={"generator": own})
    listed, left_out = kinds_asked(["all"], contract)
    assert {spec.kind for spec in listed} | {line.split()[0] for line in left_out} == set(GENERATORS.names())
    assert own in listed
    assert kinds_asked(["mixture", "mixture"], contract) == ([MIXTURE], [])
    with pytest.raises(UsageError, match="nobody cannot be compared"):
        kinds_asked(["nobody"], contract)
