"""Many columns: pairs are chosen by one paid vector of scores, and an audit recomputes what it cost."""

import json
import shutil
from collections.abc import Callable
from itertools import combinations
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from kit.project import Project
from resealed import change_answers
from wide_table import COLUMNS, CONTRACT, DEPENDENT, MAX_ROWS, NAMES, make_wide_table, promote_wide_table, wide_codes

from synth_assets.audit import Status, exit_code, verify_bundle
from synth_assets.promotion import Promotion
from synth_assets.release import Release, l2_sensitivity, load_release
from synth_assets.strategy.allocation import noisy_total
from synth_assets.strategy.scoring import PAIRS_PER_COLUMN, independent_tables

pytestmark = pytest.mark.integration

ALL_PAIRS = tuple(combinations(NAMES, 2))
D_IN = isqrt(MAX_ROWS**2 * len(ALL_PAIRS)) + 1
Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_wide_table(tmp_path_factory.mktemp("wide"))


@pytest.fixture(scope="module")
def release(wide: Project) -> Release:
    return wide.obtain().release


@pytest.fixture(scope="module")
def promoted(wide: Project, release: Release) -> Promotion:
    del release  # obtained
    return promote_wide_table(wide)


@pytest.fixture
def version(promoted: Promotion, tmp_path: Path) -> Path:
    return Path(shutil.copytree(promoted.folder, tmp_path / "copy", copy_function=shutil.copyfile))


def test_all_pairs_are_scored_once_and_some_are_measured(wide: Project, release: Release) -> None:
    (scores,) = release.scores
    assert scores.cliques == ALL_PAIRS
    assert len(scores.scores) == len(ALL_PAIRS) == 325
    assert (scores.draw, scores.d_in) == (3, D_IN)
    measured = {marginal.attributes for marginal in release.marginals if len(marginal.attributes) == 2}
    assert COLUMNS <= len(measured) <= PAIRS_PER_COLUMN * COLUMNS < len(ALL_PAIRS)
    assert measured < set(ALL_PAIRS)
    assert wide.charges == 1


def test_dependent_pairs_are_among_those_that_are_measured(release: Release) -> None:
    """False failure: below 1e-9; their scores stand more than ten deviations above chance."""
    assert set(DEPENDENT) <= {marginal.attributes for marginal in release.marginals}


def test_scores_are_exact_distances_and_noise_of_their_scale(release: Release) -> None:
    """False failure: 4e-9; all 325 errors have mean 0 and variance 1 within six standard errors."""
    (scores,) = release.scores
    ones, codes = [release.one_way(name) for name in NAMES], wide_codes()
    expected = independent_tables(ALL_PAIRS, ones, grids=release.grids, total=noisy_total(ones))
    exact = []
    for (a, b), public in zip(ALL_PAIRS, expected, strict=True):
        table = np.zeros_like(public)
        np.add.at(table, (release.grids[a][codes[:, NAMES.index(a)]], release.grids[b][codes[:, NAMES.index(b)]]), 1)
        exact.append(np.abs(table - public).sum())
    errors = (np.array(scores.scores) - exact) / scores.scale
    assert abs(errors.mean()) < 6 / np.sqrt(errors.size)
    assert abs(errors.var() - 1) < 6 * np.sqrt(2 / errors.size)
    assert abs((errors / 2).var() - 1) > 6 * np.sqrt(2 / errors.size)


def test_a_stored_release_keeps_its_scores(wide: Project, release: Release) -> None:
    folder = wide.workspace.releases / release.digest
    (loaded,) = load_release(folder).scores
    (scores,) = release.scores
    assert loaded.described() == scores.described()
    assert loaded.values.tolist() == scores.values.tolist()
    assert json.loads((folder / "release.json").read_text())["format_version"] == 4


def test_scores_are_in_the_statement_and_in_the_sum(wide: Project, release: Release) -> None:
    (scores,) = release.scores
    (mechanism,) = [record for record in release.privacy["mechanisms"] if "scores" in record]
    assert (mechanism["d_in"], mechanism["d_out"], mechanism["scores"]) == (D_IN, scores.rho, len(ALL_PAIRS))
    assert {"draw": 3, "scores": len(ALL_PAIRS), "rho": scores.rho} in release.privacy["spent_on"]
    paid = wide.ledger.balance("town").spent.nano_rho
    assert paid - 1 <= release.privacy["privacy_loss"]["nano_rho_of_mechanisms"] <= paid
    one_ways = sum(marginal.rho for marginal in release.marginals if len(marginal.attributes) == 1)
    assert scores.rho == pytest.approx(0.1 * (CONTRACT.cap().loss().rho - one_ways), rel=1e-6)


def test_a_second_request_reuses_it(wide: Project, release: Release) -> None:
    again = wide.obtain()
    assert again.reused
    assert [vector.described() for vector in again.release.scores] == [vector.described() for vector in release.scores]
    assert wide.charges == 1


def test_a_version_with_scores_verifies(promoted: Promotion) -> None:
    claims = verify_bundle(promoted.bundle)
    assert exit_code(claims) == 0, [str(claim) for claim in claims if claim.status is Status.FAILED]
    (claim,) = [claim for claim in claims if claim.name == "score maps"]
    assert claim.status is Status.VERIFIED
    assert "325 scores" in claim.detail


def _failed(version: Path, change: Change) -> set[str]:
    bundle = change_answers(version, "scores", lambda records: change(records[0]))
    return {claim.name for claim in verify_bundle(bundle) if claim.status is Status.FAILED}


def _mechanism(change: Change) -> Change:
    def changed(record: dict[str, Any]) -> None:
        mechanism = json.loads(record["mechanism"])
        change(mechanism)
        record["mechanism"] = json.dumps(mechanism)

    return changed


def _leave_out(record: dict[str, Any]) -> None:
    """Leave out half of the scores and state the d_in and the loss that so few would have."""
    half = len(record["cliques"]) // 2
    d_in = l2_sensitivity(squares=half, max_rows=MAX_ROWS)
    record.update(cliques=record["cliques"][:half], values=record["values"][:half], d_in=d_in)


CHANGES: dict[str, Change] = {
    "scale": lambda record: record.update(scale=record["scale"] / 2),
    "rho": lambda record: record.update(rho=record["rho"] / 2),
    "d_in": lambda record: record.update(d_in=record["d_in"] - 1),
    "max_rows for d_in": lambda record: record.update(d_in=MAX_ROWS),
    "fewer cliques": lambda record: record["cliques"].pop(),
    "fewer cliques and their d_in": _leave_out,
    "a clique twice": lambda record: record["cliques"].__setitem__(1, record["cliques"][0]),
    "a column that is not there": lambda record: record["cliques"].__setitem__(1, ["c00", "nobody"]),
    "another score": lambda record: record["values"].__setitem__(0, record["values"][0] + 1),
    "noise of the mechanism": _mechanism(
        lambda mechanism: mechanism["__kwargs__"].update(scale=mechanism["__kwargs__"]["scale"] / 2)
    ),
    "laplace": _mechanism(lambda mechanism: mechanism.update(__function__="make_laplace")),
    "max divergence": _mechanism(lambda mechanism: mechanism["__kwargs__"].update(MO="MaxDivergence")),
    "L1": _mechanism(lambda mechanism: mechanism["__kwargs__"]["input_metric"].update(__function__="l1_distance")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_scores_that_are_not_what_was_drawn_and_paid_fail(name: str, version: Path) -> None:
    assert {"score maps", "answers"} & _failed(version, CHANGES[name])


def test_scores_that_are_kept_back_leave_a_draw_without_its_answer(version: Path) -> None:
    bundle = change_answers(version, "scores", lambda records: records.clear())
    assert "draws" in {claim.name for claim in verify_bundle(bundle) if claim.status is Status.FAILED}


def test_a_vector_with_less_noise_passes_the_charge(version: Path) -> None:
    """The whole record is altered alike: then its loss is more than was paid, for both accountants."""

    def weaken(record: dict[str, Any]) -> None:
        mechanism = json.loads(record["mechanism"])
        mechanism["__kwargs__"]["scale"] /= 6
        record.update(mechanism=json.dumps(mechanism), scale=mechanism["__kwargs__"]["scale"], rho=record["rho"] * 36)

    assert {"composition", "second accountant"} <= _failed(version, weaken)
