"""Scores are one vector, and its sensitivity is never rounded down."""

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain import Domain
from synth_assets.errors import IntegrityError
from synth_assets.release import NoisyScores, l2_sensitivity

SCORES = NoisyScores.of(
    cliques=(("a", "b"), ("a", "c")), scores=(5, -3), d_in=2, scale=9.5, rho=0.1, draw=3, mechanism="{}"
)


def test_a_draw_is_one_vector_in_the_journal() -> None:
    assert NoisyScores.journaled([SCORES.noted()]) == [5, -3]
    assert NoisyScores.parts([5, -3]) == [[5, -3]]


@pytest.mark.parametrize("cliques", [((1,),), (), "ab"])
def test_wild_scores_are_refused(cliques: Any) -> None:
    wild = dataclasses.replace(SCORES, descriptor={"cliques": cliques} if cliques != "ab" else {"pairs": cliques})
    with pytest.raises(IntegrityError, match="wild scores"):
        wild.check(Domain(columns=()), {})


@given(cliques=st.integers(1, 20_000), max_rows=st.integers(1, 1000))
def test_the_sensitivity_is_the_least_whole_number_that_is_enough(cliques: int, max_rows: int) -> None:
    sensitivity = l2_sensitivity(squares=cliques, max_rows=max_rows)
    assert Fraction(sensitivity) ** 2 >= max_rows**2 * cliques > Fraction(sensitivity - 1) ** 2


@pytest.mark.parametrize("max_rows", [1, 3])
@given(data=st.data())
def test_no_unit_moves_the_distances_by_more(max_rows: int, data: st.DataObject) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    rows, more = rng.integers(0, 3, (20, 4)), rng.integers(0, 3, (max_rows, 4))
    expected = rng.integers(0, 9, (6, 3, 3))

    def distances(table: np.ndarray) -> np.ndarray:
        pairs = [(a, b) for a in range(4) for b in range(a)]
        counted = [np.bincount(table[:, a] * 3 + table[:, b], minlength=9).reshape(3, 3) for a, b in pairs]
        return np.array([np.abs(observed - public).sum() for observed, public in zip(counted, expected, strict=True)])

    moved = distances(np.concatenate([rows, more])) - distances(rows)
    assert (moved**2).sum() <= l2_sensitivity(squares=6, max_rows=max_rows) ** 2
