"""Tails decrease outwards, noise rarely makes one longer, and bodies stay as they were."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.generator.smoothing import smooth_counts
from synth_assets.generator.tails import ERROR_RATE, body_of, smooth_with_tails

SCALE = 40.0
TRUE = np.concatenate([np.zeros(60), 800 * np.exp(-0.5 * (np.arange(-20, 21) / 8) ** 2), np.zeros(99)])


def noisy(truth: np.ndarray, seed: int, scale: float = SCALE) -> np.ndarray:
    return np.rint(truth + np.random.default_rng(seed).normal(0, scale, truth.size)).astype(np.int64)


@pytest.mark.parametrize("seed", range(3))
def test_tails_decrease_outwards_and_are_not_negative(seed: int) -> None:
    counts = noisy(TRUE, seed)
    body, smooth = body_of(counts, scale=SCALE), smooth_with_tails(counts, scale=SCALE)
    assert 60 <= body.start < body.stop <= 101
    below, above = smooth[: body.start][::-1], smooth[body.stop :]
    for tail in (below, above):
        assert tail.min() >= 0
        assert (np.diff(tail) <= 0).all()


def test_far_out_less_is_left_than_the_noise_and_smoothing_leave() -> None:
    far = slice(130, None)
    left = {"tails": 0.0, "smoothed": 0.0}
    for seed in range(20):
        counts = noisy(TRUE, seed)
        left["tails"] += smooth_with_tails(counts, scale=SCALE)[far].sum()
        left["smoothed"] += np.maximum(smooth_counts(counts, scale=SCALE), 0)[far].sum()
    assert left["tails"] < 0.25 * left["smoothed"]


def test_a_true_tail_that_single_codes_do_not_show_keeps_its_rows() -> None:
    truth = np.concatenate([np.full(30, 900.0), 120 * np.exp(-0.5 * (np.arange(70) / 20) ** 2)])
    rows = np.mean([smooth_with_tails(noisy(truth, seed, 60), scale=60.0)[40:].sum() for seed in range(20)])
    assert rows == pytest.approx(truth[40:].sum(), rel=0.15)


def test_bodies_are_smoothed_as_if_there_were_no_tails() -> None:
    counts = noisy(TRUE, 0)
    body = body_of(counts, scale=SCALE)
    assert np.array_equal(smooth_with_tails(counts, scale=SCALE)[body], smooth_counts(counts[body], scale=SCALE))


def test_noise_alone_extends_a_body_about_as_rarely_as_is_stated() -> None:
    """Fewer than 12 of 800 ends; at the stated rate, more happen with a probability below 0.1%."""
    spike = np.zeros(200)
    spike[100] = 10_000
    bodies = [body_of(noisy(spike, seed), scale=SCALE) for seed in range(400)]
    # A run may hold the spike and up to seven codes beyond it.
    longer = sum((body.start < 93) + (body.stop > 108) for body in bodies)
    assert longer < 12
    assert ERROR_RATE * 800 < 5


def test_few_codes_no_noise_and_noise_alone_have_no_tails() -> None:
    assert body_of(np.arange(15), scale=3.0) == slice(0, 15)
    assert body_of(noisy(TRUE, 0), scale=0.0) == slice(0, 200)
    assert body_of(noisy(np.zeros(200), 1), scale=SCALE) == slice(0, 200)
    assert smooth_with_tails(np.arange(40), scale=0.0).tolist() == list(range(40))


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=70), st.floats(1e-3, 1e6))
def test_every_count_has_a_finite_estimate(counts: list[int], scale: float) -> None:
    smooth = smooth_with_tails(np.array(counts, dtype=np.int64), scale=scale)
    assert smooth.shape == (len(counts),)
    assert np.isfinite(smooth).all()
