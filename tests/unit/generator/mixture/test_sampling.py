"""Rows are dealt as the model demands, to within a row or two."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.generator.mixture.sampling import ColumnModel, _deal_rows, sample_codes


def _column(shares: np.ndarray) -> ColumnModel:
    size = shares.shape[1]
    return ColumnModel(coarse=shares, grid=np.arange(size), inside=lambda _: np.ones((1, size)))


@given(st.integers(0, 5000), st.integers(1, 300), st.integers(0, 2**32))
def test_rows_of_a_component_are_its_expectation_rounded(rows: int, components: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(components, 0.3))
    sizes = _deal_rows(weights, rows, rng)
    assert sizes.sum() == rows
    assert np.abs(sizes - weights * rows).max() < 1 + 1e-6


def test_totals_of_a_column_are_right_to_a_few_rows_though_components_are_small() -> None:
    rng = np.random.default_rng(0)
    weights, shares = rng.dirichlet(np.ones(400)), rng.dirichlet(np.full(30, 0.5), 400)
    (codes,) = sample_codes(weights, [_column(shares)], rows=4000, rng=rng)
    assert np.abs(np.bincount(codes, minlength=30) - 4000 * weights @ shares).max() < 8


def test_a_component_never_gets_a_value_that_it_cannot_have() -> None:
    shares = np.array([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]])
    columns = [_column(shares), _column(shares)]
    first, second = sample_codes(np.array([0.3, 0.7]), columns, rows=999, rng=np.random.default_rng(0))
    assert ((first == 0) == (second == 0)).all()


def test_columns_are_independent_inside_a_component() -> None:
    shares = np.array([[0.5, 0.5]])
    first, second = sample_codes(np.ones(1), [_column(shares)] * 2, rows=100_000, rng=np.random.default_rng(0))
    assert (first == second).mean() == pytest.approx(0.5, abs=0.01)
