"""The tests of one mechanism: its noise, its stability bound, and what neighbours tell an attacker.

Each is a function of exact values, a noise and a price, so that the sound mechanism and
copies that are broken on purpose are judged by the same code. An attacker knows both
tables and scores an answer along their difference, which is the best test for Gaussian noise.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.assurance.bounds import at_least, shown_epsilon
from synth_assets.assurance.chi_square import Fit, fit_of_noise, fit_of_pairs
from synth_assets.assurance.draws import ABSENT
from synth_assets.privacy.noise import Noise, ThresholdNoise

__all__ = ["AT", "distance", "fit", "independence", "released_alone", "shown", "vector_of"]

AT = 0.1
"""Delta at which epsilons are compared. It is large because few runs cannot show rare events."""


def vector_of(exact: Any, keys: tuple[str, ...]) -> NDArray[np.int64]:
    """Return an exact answer as a vector; counts by text in the order of ``keys``, 0 for texts without a row."""
    if isinstance(exact, Mapping):
        return np.array([exact.get(key, 0) for key in keys], dtype=np.int64)
    return np.asarray(exact, dtype=np.int64).ravel()


def fit(drawn: NDArray[np.int64], exact: NDArray[np.int64], *, scale: float, noise: Noise) -> Fit:
    """Compare drawn answers, shape (runs, numbers), with the exact one plus the discrete Gaussian of ``scale``.

    A threshold releases what is above it, and nothing else: what is not released is one outcome, and a count at
    the threshold or below it cannot be.
    """
    if not isinstance(noise, ThresholdNoise):
        return fit_of_noise(drawn - exact, scale=scale)
    floors = noise.threshold - exact
    outcomes = np.where(drawn == ABSENT, floors, drawn - exact)
    impossible = (drawn != ABSENT) & (drawn <= noise.threshold)
    if impossible.any():
        return Fit(statistic=np.inf, degrees=2)
    columns = zip(outcomes.T, floors.tolist(), strict=True)
    return Fit.together(fit_of_noise(column, scale=scale, floor=floor) for column, floor in columns)


def independence(drawn: NDArray[np.int64], exact: NDArray[np.int64], *, scale: float) -> Fit:
    """Compare the noise of neighbouring numbers of an answer with independent noise, and of one run with the next."""
    noise = drawn - exact
    half = len(noise) // 2
    beside = fit_of_pairs(noise[:half, 0], noise[:half, 1], scale=scale)
    return Fit.together([beside, fit_of_pairs(noise[half::2, -1], noise[half + 1 :: 2, -1], scale=scale)])


def distance(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Return the L2 distance of two exact answers."""
    return float(np.linalg.norm((one - other).astype(np.float64)))


def shown(first: NDArray[np.int64], second: NDArray[np.int64], *, direction: NDArray[np.int64]) -> float:
    """Return the epsilon at delta :data:`AT` that answers on two tables, shape (runs, numbers), show at least."""
    return shown_epsilon(first @ direction, second @ direction, delta=AT)


def released_alone(drawn: NDArray[np.int64], alone: NDArray[np.bool_]) -> float:
    """Return the share of runs, at least, in which a text that one unit alone has is released.

    Args:
        drawn: released counts, shape (runs, texts).
        alone: which texts nobody else has, shape (texts,).
    """
    times = int((drawn[:, alone] != ABSENT).any(axis=1).sum())
    return at_least(times, len(drawn))
