"""What an observer's event shows of the privacy loss at least, with its probabilities moved against us.

References:
    Jagielski, Ullman and Oprea (2020), "Auditing Differentially Private Machine
    Learning", https://arxiv.org/abs/2006.07709.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

MISTAKE = 1e-6
"""Probability that one bound on a probability is wrong."""


def divergence(p: float, q: float) -> float:
    """Return the Kullback-Leibler divergence of two coins."""
    parts = ((p, q), (1 - p, 1 - q))
    return sum(first * math.log(first / second) if first else 0.0 for first, second in parts)


def at_least(successes: int, trials: int) -> float:
    """Return a probability that the true one is below only in ``MISTAKE`` of cases (Chernoff's bound)."""
    rate, low, high = successes / trials, 0.0, successes / trials
    for _ in range(60):
        middle = (low + high) / 2
        unlikely = 0 < middle < rate and trials * divergence(rate, middle) > -math.log(MISTAKE)
        low, high = (middle, high) if unlikely else (low, middle)
    return low


def shown_by(p: tuple[int, int], q: tuple[int, int]) -> float:
    """Return the rho that an event shows at least which happened p and q times, each of so many trials."""
    least_p, most_q = at_least(*p), 1 - at_least(q[1] - q[0], q[1])
    return divergence(least_p, most_q) if least_p > most_q else 0.0


def shown_by_best(first: NDArray[Any], second: NDArray[Any]) -> float:
    """Return what the best event ``score >= threshold`` of one half of the runs shows on the other half."""
    event = max(
        np.quantile(first, np.linspace(0.05, 0.95, 31)), key=lambda t: _shown(first[::2], second[::2], float(t))
    )
    return _shown(first[1::2], second[1::2], float(event))


def _shown(first: NDArray[Any], second: NDArray[Any], threshold: float) -> float:
    return shown_by((int((first >= threshold).sum()), first.size), (int((second >= threshold).sum()), second.size))
