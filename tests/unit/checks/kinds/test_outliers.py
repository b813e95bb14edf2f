"""Rows where the release says that nobody is are found, whatever noise did to the cells around."""

from dataclasses import replace

import numpy as np
import pytest
from kit.releases import MadeUp, made_up, visits_contract

from synth_assets.candidate import Candidate
from synth_assets.checks import run_checks
from synth_assets.checks.counts import count_candidate
from synth_assets.checks.judgement import facts_of
from synth_assets.checks.kinds.kind import Basis
from synth_assets.checks.policy import CheckResult

CONTRACT = visits_contract(rows=2000, checks={"outliers": {"max": 0.05}, "realism": None})


def _result(made: MadeUp, candidate: Candidate) -> CheckResult:
    (result,) = run_checks(CONTRACT, candidate, made.release, only={"outliers"})
    return result


def test_a_faithful_table_has_no_outliers(visits: MadeUp, faithful: Candidate) -> None:
    result = _result(visits, faithful)
    assert result.passed
    assert result.description == "no row is where the 28 released tables are empty"


def test_relations_that_do_not_exist_put_rows_into_empty_cells(tmp_path_factory: pytest.TempPathFactory) -> None:
    tight = made_up(tmp_path_factory.mktemp("tight"), dependence=1.0)
    assert _result(tight, tight.faithful()).passed
    result = _result(tight, tight.independent())
    assert not result.passed
    assert result.observed["share"] > 0.05
    assert "that the release says are empty beyond noise; limit 5.00%" in result.description


@pytest.mark.statistical
def test_noise_makes_no_outlier(visits: MadeUp, faithful: Candidate) -> None:
    # All cells together are wrong once in a hundred draws; more than 4 of 40 fail once in 10^4.
    counts = count_candidate(CONTRACT, faithful, visits.release)
    random, wrong = np.random.default_rng(5), 0
    for _ in range(40):
        answers = []
        for marginal, synthetic in zip(visits.release.marginals, counts.tables, strict=True):
            exact = 2 * synthetic  # as many rows as the release says
            noisy = exact + np.rint(random.normal(0, 5.0, exact.shape)).astype(np.int64)
            answers.append(replace(marginal, values=noisy))
        basis = Basis(
            contract=CONTRACT, candidate="c", counts=counts, release=replace(visits.release, answers=tuple(answers))
        )
        wrong += bool(facts_of(basis)["outliers"]["worst"])
    assert wrong <= 4
