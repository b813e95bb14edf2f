"""Triples that pairs do not explain are found by noisy scores, and those that pairs explain are not measured."""

import numpy as np
import pytest

from synth_assets.release import NoisyScores
from synth_assets.strategy.triples import (
    MOST_LOOSE,
    MOST_OF_A_PAIR,
    MOST_SCORED,
    choose_loose,
    occupied_cells,
    score_by_chance,
    triples_to_score,
)


def scores(values: dict[tuple[str, str, str], int], *, scale: float = 1.0) -> NoisyScores:
    return NoisyScores.of(cliques=list(values), scores=list(values.values()), d_in=1, scale=scale, rho=0.1, draw=1)


def test_two_strong_pairs_make_a_triple_worth_a_score_and_the_target_is_left_out() -> None:
    dependence = {("a", "b"): 1.0, ("b", "c"): 1.0, ("a", "c"): 0.0, ("c", "d"): 0.9, ("a", "t"): 2.0, ("b", "t"): 2.0}
    triples = triples_to_score(dependence, target="t", names=("a", "b", "c", "d", "t"))
    assert triples[:2] == [("a", "b", "c"), ("b", "c", "d")]
    assert len(triples) == 4


def test_no_more_triples_are_scored_than_the_noise_of_a_vector_allows() -> None:
    names = [f"c{number:02}" for number in range(30)]
    assert len(triples_to_score({}, target=None, names=names)) == MOST_SCORED


def test_rows_drawn_from_a_table_are_as_far_from_it_as_chance_says() -> None:
    random = np.random.default_rng(0)
    table = random.gamma(0.2, 5.0, (8, 9, 10))
    whole = np.rint(table)
    distances = [np.abs(random.poisson(table) - whole).sum() for _ in range(300)]
    assert score_by_chance(table) == pytest.approx(np.mean(distances), rel=0.03)
    assert score_by_chance(np.zeros((2, 2, 2))) == 0


def test_a_table_is_worth_the_cells_that_its_rows_are_in() -> None:
    table = np.zeros((4, 4, 4))
    table[0, 0, 0] = table[3, 3, 3] = 50.0
    assert occupied_cells(table) == pytest.approx(2)
    assert occupied_cells(np.ones((4, 4, 4))) == pytest.approx(64)


def test_only_an_excess_that_its_table_would_show_is_measured() -> None:
    noisy = scores({("a", "b", "c"): 5000, ("a", "b", "d"): 900, ("b", "c", "d"): 5000})
    chosen = choose_loose(noisy, [100.0, 100.0, 4900.0], cells=[50.0] * 3, scale=50.0)
    assert chosen == [("a", "b", "c")]
    # The same excess is not seen where it is spread over many cells, or where scores are mostly noise.
    assert choose_loose(noisy, [100.0, 100.0, 4900.0], cells=[5000.0] * 3, scale=50.0) == []
    vague = scores({("a", "b", "c"): 5000}, scale=4000.0)
    assert choose_loose(vague, [100.0], cells=[50.0], scale=50.0) == []


def test_a_pair_is_in_few_of_the_chosen_triples() -> None:
    noisy = scores({("a", "b", f"c{number}"): 9000 - number for number in range(MOST_LOOSE)})
    chosen = choose_loose(noisy, [0.0] * MOST_LOOSE, cells=[10.0] * MOST_LOOSE, scale=1.0)
    assert chosen == [("a", "b", f"c{number}") for number in range(MOST_OF_A_PAIR)]
