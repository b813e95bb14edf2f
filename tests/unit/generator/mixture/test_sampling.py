"""Rows are dealt as the model demands, to within a row or two."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.generator.mixture import sampling
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


def test_last_bits_of_matrix_products_which_differ_between_processors_decide_only_in_older_generators(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(1)
    weights, columns = rng.dirichlet(np.ones(9)), [_column(rng.dirichlet(np.ones(3), 9)) for _ in range(4)]
    pairs = sampling._pairs

    def draw(bits: float, *, to_last_bit: bool) -> list[bytes]:
        noise = np.random.default_rng(2).normal(size=(12, 12)) * bits
        monkeypatch.setattr(sampling, "_pairs", lambda *arguments: pairs(*arguments) * (1 + noise))
        drawn = sample_codes(weights, columns, rows=400, rng=np.random.default_rng(0), to_last_bit=to_last_bit)
        return [codes.tobytes() for codes in drawn]

    assert draw(0.0, to_last_bit=False) == draw(1e-15, to_last_bit=False)
    assert draw(0.0, to_last_bit=True) != draw(1e-15, to_last_bit=True)
