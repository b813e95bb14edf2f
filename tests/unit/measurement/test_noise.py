"""Noise, its price and the odometer; how much noise there is stands in tests/statistical."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth_assets.errors import Fault
from synth_assets.measurement.noise import Odometer, draw_counts
from synth_assets.privacy import PrivacyLoss, map_of
from synth_assets.privacy.noise import least_gaussian

rhos = st.floats(1e-6, 10, allow_nan=False)


@settings(max_examples=25, deadline=None)
@given(rhos, st.integers(1, 50))
def test_the_scale_is_the_least_that_the_price_allows(rho: float, max_rows: int) -> None:
    noise = least_gaussian(d_in=max_rows, rho=rho)
    assert noise.rho <= rho
    assert noise.rho == map_of(noise.mechanism, d_in=max_rows)
    assert math.isclose(noise.scale, max_rows / math.sqrt(2 * rho), rel_tol=1e-9)


def test_a_unit_of_m_rows_needs_m_times_the_scale() -> None:
    single, triple = least_gaussian(d_in=1, rho=0.1), least_gaussian(d_in=3, rho=0.1)
    assert math.isclose(triple.scale, 3 * single.scale, rel_tol=1e-9)


@pytest.mark.parametrize(("max_rows", "rho"), [(0, 0.1), (1, 0.0), (1, -1.0), (1, math.inf), (1, math.nan)])
def test_what_makes_no_sense_is_refused(max_rows: int, rho: float) -> None:
    with pytest.raises(Fault):
        least_gaussian(d_in=max_rows, rho=rho)


def test_noisy_counts_are_whole_and_keep_their_shape() -> None:
    noisy = draw_counts(np.zeros((3, 4, 5), dtype=np.int64), least_gaussian(d_in=1, rho=0.5))
    assert noisy.shape == (3, 4, 5)
    assert noisy.dtype == np.int64


def test_noise_is_fresh_whatever_the_seeds_are() -> None:
    noise, counts = least_gaussian(d_in=1, rho=0.001), np.zeros(50, dtype=np.int64)
    np.random.seed(0)  # noqa: NPY002 - shows that it has no effect
    first = draw_counts(counts, noise)
    np.random.seed(0)  # noqa: NPY002 - as above
    assert (draw_counts(counts, noise) != first).any()


@given(st.lists(rhos, min_size=1, max_size=20), st.integers(1, 10**10))
def test_the_odometer_never_passes_its_cap(spends: list[float], cap: int) -> None:
    odometer, spent = Odometer(PrivacyLoss(nano_rho=cap)), Fraction(0)
    for rho in spends:
        left = odometer.left
        assert Fraction(left) <= Fraction(cap, 10**9) - spent
        try:
            odometer.spend([rho])
        except Fault:
            assert spent + Fraction(rho) > Fraction(cap, 10**9)
            assert odometer.left == left
        else:
            spent += Fraction(rho)
    assert spent <= Fraction(cap, 10**9)


def test_all_of_a_cap_can_be_spent() -> None:
    odometer = Odometer(PrivacyLoss(nano_rho=74_180_593))
    odometer.spend([odometer.left])
    assert 0 <= odometer.left < 1e-9


def test_a_batch_is_noted_whole_or_not_at_all() -> None:
    odometer = Odometer(PrivacyLoss(nano_rho=1_000_000_000))
    with pytest.raises(Fault, match="would pass"):
        odometer.spend([0.5, 0.4, 0.2])
    assert odometer.left == 1.0


def test_the_odometer_refuses_what_passes_the_deltas_of_the_cap() -> None:
    odometer = Odometer(PrivacyLoss(nano_rho=1_000_000_000, atto_delta=10**9))
    odometer.spend([0.1], deltas=[6e-10])
    assert odometer.delta_left == pytest.approx(4e-10)
    with pytest.raises(Fault, match="would pass"):
        odometer.spend([0.1], deltas=[5e-10])
    assert odometer.left == pytest.approx(0.9)
    odometer.spend([0.1], deltas=[odometer.delta_left])
    assert 0 <= odometer.delta_left < 1e-18


def test_a_cap_without_thresholds_covers_no_delta() -> None:
    with pytest.raises(Fault, match="would pass"):
        Odometer(PrivacyLoss(nano_rho=1_000_000_000)).spend([], deltas=[1e-30])
