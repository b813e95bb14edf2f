"""The chi-square test knows the exact distribution, and the tail of its own statistic."""

import math

import numpy as np
import pytest

from synth_assets.assurance.chi_square import FEWEST, Fit, fit_of_noise, fit_of_pairs

RANDOM = np.random.default_rng(3)
DRAWS = 60_000


def made_up_noise(scale: float) -> np.ndarray:
    """Return draws of the discrete Gaussian by NumPy, which protects nobody, the same every time."""
    values = np.arange(-200, 201)
    weights = np.exp(-(values**2) / (2 * scale**2))
    return np.random.default_rng(3).choice(values, size=DRAWS, p=weights / weights.sum())


@pytest.mark.parametrize(
    ("statistic", "degrees", "p_value"),
    [(1.386294, 2, 0.5), (9.487729, 4, 0.05), (18.307038, 10, 0.05), (59.703064, 30, 0.001), (0.0, 8, 1.0)],
)
def test_p_values_are_those_of_the_tables(statistic: float, degrees: int, p_value: float) -> None:
    assert Fit(statistic=statistic, degrees=degrees).p_value == pytest.approx(p_value, rel=1e-5)


def test_what_cannot_happen_has_no_probability() -> None:
    assert Fit(statistic=math.inf, degrees=2).p_value == 0
    assert Fit(statistic=1e6, degrees=40).p_value == 0


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0, 17.3])
def test_noise_of_the_right_scale_fits_and_of_another_does_not(scale: float) -> None:
    noise = made_up_noise(scale)
    right, wrong = fit_of_noise(noise, scale=scale), fit_of_noise(noise, scale=scale * 1.05)
    assert right.p_value > 1e-3
    assert wrong.p_value < 1e-6
    assert right.degrees % 2 == 0
    assert right.degrees < DRAWS / FEWEST


def test_noise_of_the_right_spread_and_the_wrong_shape_does_not_fit() -> None:
    uniform = RANDOM.integers(-6, 7, size=DRAWS)
    assert fit_of_noise(uniform, scale=float(uniform.std())).p_value < 1e-6


def test_what_was_not_released_is_one_outcome_and_the_floor_decides_how_much_that_is() -> None:
    noise = made_up_noise(2.0)
    released = np.where(noise > 1, noise, 1)
    assert fit_of_noise(released, scale=2.0, floor=1).p_value > 1e-3
    assert fit_of_noise(np.where(noise >= 1, noise, 1), scale=2.0, floor=0).p_value < 1e-6
    assert fit_of_noise(noise, scale=2.0, floor=1).p_value == 0  # something below the floor was released


def test_pairs_that_share_noise_are_noticed() -> None:
    first, second = np.split(made_up_noise(3.0), 2)
    assert fit_of_pairs(first, second, scale=3.0).p_value > 1e-3
    assert fit_of_pairs(first, (first + second) // 2, scale=3.0).p_value < 1e-6


def test_fits_of_parts_add_up() -> None:
    parts = [Fit(statistic=3.0, degrees=2), Fit(statistic=4.0, degrees=6)]
    assert Fit.together(parts) == Fit(statistic=7.0, degrees=8)
