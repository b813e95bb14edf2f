"""Smoothing keeps what stands out, flattens what noise explains, and never moves mass away."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.generator.smoothing import smooth_counts


def noisy(truth: np.ndarray, scale: float, seed: int = 0) -> np.ndarray:
    return np.rint(truth + np.random.default_rng(seed).normal(0, scale, truth.size)).astype(np.int64)


def test_noise_alone_becomes_nearly_flat() -> None:
    counts = noisy(np.full(1000, 40.0), 100.0)
    assert np.abs(smooth_counts(counts, scale=100.0) - 40).mean() < 0.15 * np.abs(counts - 40).mean()


def test_a_long_tail_comes_out_nearer_than_the_noise() -> None:
    truth = 5000 * np.exp(-np.arange(1000) / 60)
    counts = noisy(truth, 200.0)
    assert np.abs(smooth_counts(counts, scale=200.0) - truth).mean() < 0.3 * np.abs(counts - truth).mean()


def test_a_spike_stays_where_it_is() -> None:
    truth = np.full(100, 50.0)
    truth[39] = 9000
    smooth = smooth_counts(noisy(truth, 60.0), scale=60.0)
    assert smooth[39] == pytest.approx(9000, abs=400)
    assert np.abs(np.delete(smooth, 39) - 50).max() < 400


def test_without_noise_or_with_few_codes_nothing_changes() -> None:
    counts = np.array([3, 0, 7, 100, 2], dtype=np.int64)
    assert smooth_counts(counts, scale=50.0).tolist() == counts.tolist()
    assert smooth_counts(np.arange(40), scale=0.0).tolist() == list(range(40))


def test_what_is_far_above_the_noise_stays() -> None:
    counts = np.random.default_rng(1).integers(0, 10**6, 200)
    assert smooth_counts(counts, scale=0.5) == pytest.approx(counts, abs=5)


@given(
    st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=70),
    st.floats(1e-3, 1e6),
)
def test_the_sum_stays_and_everything_is_finite(counts: list[int], scale: float) -> None:
    smooth = smooth_counts(np.array(counts, dtype=np.int64), scale=scale)
    assert smooth.shape == (len(counts),)
    assert np.isfinite(smooth).all()
    assert smooth.sum() == pytest.approx(sum(counts), abs=1e-3)
