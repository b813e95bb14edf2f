"""The tests of one mechanism raise an alarm for what is wrong, on draws that NumPy makes up."""

from dataclasses import replace

import numpy as np

from synth_assets.assurance.attacks import distance, fit, independence, released_alone, shown, vector_of
from synth_assets.assurance.draws import ABSENT
from synth_assets.assurance.examples import example_of

RUNS = 6000


def noise_of(scale: float, *, numbers: int = 3) -> np.ndarray:
    values = np.arange(-60, 61)
    weights = np.exp(-(values**2) / (2 * scale**2))
    return np.random.default_rng(7).choice(values, size=(RUNS, numbers), p=weights / weights.sum())


def test_noise_that_repeats_from_run_to_run_or_from_number_to_number_is_noticed() -> None:
    exact, noise = np.array([5, 9, 2]), noise_of(2.0)
    one_for_all = np.repeat(noise[:, :1], 3, axis=1)
    each_twice = np.repeat(noise[: RUNS // 2], 2, axis=0)
    assert independence(exact + noise, exact, scale=2.0).p_value > 1e-3
    assert independence(exact + one_for_all, exact, scale=2.0).p_value < 1e-6
    assert independence(exact + each_twice, exact, scale=2.0).p_value < 1e-6


def test_a_count_at_its_threshold_is_not_released() -> None:
    noise = example_of("thresholds").noise
    exact = np.array([noise.threshold + 1])
    counts = exact + noise_of(noise.scale, numbers=1)
    released = np.where(counts > noise.threshold, counts, ABSENT)
    assert fit(released, exact, scale=noise.scale, noise=noise).p_value > 1e-3
    too_many = np.where(counts >= noise.threshold, counts, ABSENT)
    assert fit(too_many, exact, scale=noise.scale, noise=noise).p_value == 0
    too_few = np.where(counts > noise.threshold + 1, counts, ABSENT)
    assert fit(too_few, exact, scale=noise.scale, noise=noise).p_value < 1e-6
    higher = replace(noise, threshold=noise.threshold + 1)
    assert fit(too_few, exact, scale=noise.scale, noise=higher).p_value > 1e-3


def test_what_is_shown_grows_with_what_a_unit_moves() -> None:
    direction, noise = np.array([0, 0, 2]), noise_of(2.0)
    one, other = noise[: RUNS // 2], noise[RUNS // 2 :]
    near, far = (shown(one + move * direction, other, direction=direction) for move in (1, 2))
    assert 0 < near < far


def test_counts_by_text_are_vectors_and_have_distances() -> None:
    keys = ("a", "b", "c")
    assert vector_of({"c": 3, "a": 1}, keys).tolist() == [1, 0, 3]
    assert distance(np.array([[1, 2], [3, 4]]).ravel(), vector_of(np.array([[1, 2], [0, 0]]), ())) == 5


def test_texts_of_one_unit_alone_are_counted_by_runs() -> None:
    drawn = np.full((RUNS, 3), ABSENT)
    drawn[: RUNS // 2, 1:] = 9
    alone = np.array([False, True, True])
    assert 0.45 < released_alone(drawn, alone) < 0.5
    assert released_alone(drawn, np.array([True, False, False])) == 0
