"""Pairs that depend are distinguished from those that do not, by public numbers alone."""

from itertools import combinations

import numpy as np
import pytest

from synth_assets.domain import Column, Domain
from synth_assets.release import NoisyMarginal, NoisyScores
from synth_assets.strategy.scoring import choose_scored, independent_tables, scores_of_independence

ROWS = 20_000
DOMAIN = Domain(columns=tuple(Column(name=f"c{number}", kind="integer", maximum=4) for number in range(8)))
GRIDS = {name: np.array([0, 0, 1, 2, 2]) for name in DOMAIN.names}
PAIRS = list(combinations(DOMAIN.names, 2))
SCALE = 30.0


def made_up() -> np.ndarray:
    """Return codes of 8 columns, of which c0 and c1, and c2 and c3, are mostly equal."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 5, (ROWS, 8))
    for a, b in ((0, 1), (2, 3)):
        codes[:, b] = np.where(rng.random(ROWS) < 0.6, codes[:, a], codes[:, b])
    return codes


def ones(codes: np.ndarray, *, scale: float = SCALE) -> list[NoisyMarginal]:
    rng = np.random.default_rng(1)
    counts = [np.bincount(column, minlength=5) + np.rint(rng.normal(0, scale, 5)).astype(int) for column in codes.T]
    return [
        NoisyMarginal.of(attributes=(name,), level="fine", counts=count, scale=scale, rho=0.1, draw=1)
        for name, count in zip(DOMAIN.names, counts, strict=True)
    ]


def exact_scores(codes: np.ndarray, expected: list[np.ndarray]) -> np.ndarray:
    groups = {name: GRIDS[name][codes[:, index]] for index, name in enumerate(DOMAIN.names)}
    tables = [np.bincount(groups[a] * 3 + groups[b], minlength=9).reshape(3, 3) for a, b in PAIRS]
    return np.array([np.abs(table - public).sum() for table, public in zip(tables, expected, strict=True)])


def noisy(exact: np.ndarray, scale: float) -> NoisyScores:
    drawn = exact + np.rint(np.random.default_rng(2).normal(0, scale, exact.size)).astype(int)
    return NoisyScores.of(cliques=tuple(PAIRS), scores=tuple(drawn.tolist()), d_in=6, scale=scale, rho=0.1, draw=2)


def test_expected_tables_have_the_groups_and_the_total() -> None:
    marginals = ones(made_up())
    tables = independent_tables(PAIRS, marginals, grids=GRIDS, total=20_000.0)
    assert all(table.shape == (3, 3) and table.dtype == np.int64 and (table >= 0).all() for table in tables)
    assert all(abs(table.sum() - ROWS) <= 5 for table in tables)


def test_independent_columns_score_what_chance_predicts() -> None:
    codes = np.random.default_rng(5).integers(0, 5, (ROWS, 8))
    marginals = ones(codes)
    expected = independent_tables(PAIRS, marginals, grids=GRIDS, total=float(ROWS))
    by_chance = scores_of_independence(expected, PAIRS, marginals, grids=GRIDS)
    assert exact_scores(codes, expected).mean() == pytest.approx(by_chance.mean(), rel=0.25)


def test_dependent_pairs_are_chosen_first() -> None:
    codes = made_up()
    marginals = ones(codes)
    expected = independent_tables(PAIRS, marginals, grids=GRIDS, total=float(ROWS))
    by_chance = scores_of_independence(expected, PAIRS, marginals, grids=GRIDS)
    scores = noisy(exact_scores(codes, expected), 100.0)
    chosen = choose_scored(scores, by_chance, domain=DOMAIN, focus=(), target=None)
    assert {("c0", "c1"), ("c2", "c3")} <= set(chosen)
    assert len(chosen) == len(DOMAIN.columns)
    assert chosen == [pair for pair in PAIRS if pair in chosen]


def test_pairs_with_the_target_are_always_among_them() -> None:
    chosen = choose_scored(noisy(np.zeros(28), 1.0), np.full(28, 50.0), domain=DOMAIN, focus=(), target="c7")
    assert {pair for pair in PAIRS if "c7" in pair} <= set(chosen)


def test_a_column_in_the_focus_needs_half_the_evidence() -> None:
    exact = np.array([1500.0 if "c5" in pair else 0.0 for pair in PAIRS])
    wide = Domain(columns=DOMAIN.columns[:2])  # few columns, so that few pairs must be chosen

    def count(focus: tuple[str, ...]) -> int:
        chosen = choose_scored(noisy(exact, 1000.0), np.zeros(28), domain=wide, focus=focus, target=None)
        return sum("c5" in pair for pair in chosen)

    assert count(("c5",)) > count(())
