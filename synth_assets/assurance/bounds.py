"""Bound from below what an attacker sees of the privacy loss, with a stated probability of a mistake.

Example:
    >>> at_least(60, 100) < 0.6 < 1 - at_least(40, 100)
    True
    >>> shown_by((600, 1000), (300, 1000), delta=0.0) < math.log(2)
    True

References:
    Jagielski, Ullman and Oprea (2020), "Auditing Differentially Private Machine
    Learning", https://arxiv.org/abs/2006.07709.
"""

import math
from itertools import product

import numpy as np
from numpy.typing import NDArray

__all__ = ["MISTAKE", "at_least", "shown_by", "shown_epsilon"]

MISTAKE = 1e-6
"""Probability that one bound on a probability is wrong."""
_QUANTILES = np.linspace(0.02, 0.98, 41)
_STEPS = 40

Outcomes = NDArray[np.int64]


def at_least(successes: int, trials: int) -> float:
    """Return a probability that the true one is below only in ``MISTAKE`` of cases (Chernoff's bound)."""
    rate, low, high = successes / trials, 0.0, successes / trials
    for _ in range(_STEPS):
        middle = (low + high) / 2
        unlikely = 0 < middle < rate and trials * _divergence(rate, middle) > -math.log(MISTAKE)
        low, high = (middle, high) if unlikely else (low, middle)
    return low


def shown_by(p: tuple[int, int], q: tuple[int, int], *, delta: float) -> float:
    """Return the epsilon that an event shows at least at ``delta``; wrong in at most twice ``MISTAKE`` of cases.

    Args:
        p: on one table it happened so often, in so many trials.
        q: the same on a neighbour of that table.
        delta: probability that is not held against the mechanism.
    """
    least_p, most_q = at_least(*p) - delta, 1 - at_least(q[1] - q[0], q[1])
    return math.log(least_p / most_q) if least_p > most_q else 0.0


def shown_epsilon(first: Outcomes, second: Outcomes, *, delta: float) -> float:
    """Return the epsilon that an attacker shows at least: the event is chosen on half of the runs, tested on the rest.

    Events are one score above or below a bound, on either table.

    Args:
        first: the attacker's score of each run on one table, shape (runs,).
        second: the same on its neighbour.
        delta: as in :func:`shown_by`.
    """
    bounds = np.unique(np.quantile(np.concatenate([first, second]), _QUANTILES))
    events = list(product((1, -1), bounds, ((first, second), (second, first))))

    def shown(event: tuple[int, float, tuple[Outcomes, Outcomes]], half: slice) -> float:
        sign, bound, (one, other) = event
        p, q = (sign * table[half] >= sign * bound for table in (one, other))
        return shown_by((int(p.sum()), p.size), (int(q.sum()), q.size), delta=delta)

    best = max(events, key=lambda event: shown(event, slice(0, None, 2)))
    return shown(best, slice(1, None, 2))


def _divergence(p: float, q: float) -> float:
    """Return the Kullback-Leibler divergence of two coins."""
    parts = ((p, q), (1 - p, 1 - q))
    return sum(first * math.log(first / second) if first else 0.0 for first, second in parts)
