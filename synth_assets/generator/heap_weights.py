"""How much more often a value of each heap comes than its neighbours: weights from a noisy table of heaps.

A bin chooses among its values in proportion to the weights of their heaps. With
equal weights all values of a bin are equally likely, and the weights that are returned are
the most likely ones given the noisy rows of each heap, the rows of each bin, and
a prior by which heaps that have something in common have similar weights: the same number of
zeros, of digits before them, the same ending, or two of these. So what noise hides of a
heap, heaps like it tell. Logarithms of weights are normal by that prior, and steps are those of Gauss
and Newton.

When a real number has no digits beyond some, or an amount is a multiple of hundreds everywhere,
what remains of finer values would still show: so the finest heaps are taken for empty, from the last digit
on, as long as noise explains all rows of a digit together.

This is arithmetic on released numbers: it costs no privacy.

References:
    Rasmussen and Williams (2006), "Gaussian Processes for Machine Learning", Section 3.4:
    the most likely values under a normal prior by Newton's steps, without an inverse of the prior.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain.heap_parts import Parts
from synth_assets.domain.heaping import ENDING_OF, ONLY_ONE, Heaping

__all__ = ["LARGEST_WEIGHT", "LEAST_WEIGHT", "heap_weights"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LARGEST_LOG = 23.0
"""Logarithms of weights are between its negative and this while they are fitted."""
LEAST_WEIGHT, LARGEST_WEIGHT = 1e-66, 1.0
EMPTY_LOG, EMPTY_STEP = -150.0, 7.0
"""Logarithm of the weight of the finest heaps that seem empty, and what each digit less adds, for bins of these."""
SPREADS = {"level": 4.0, "digits": 2.0, "ending": 1.0, "level and ending": 1.0, "level and decade": 1.5, "heap": 1.0}
"""Standard deviations of what heaps have in common, on the logarithms of their weights, and of each heap's own."""
FIRST_STEPS, STEPS = 10, 10
LARGEST_STEP = 3.0
"""Of a logarithm, in one step."""
SHORTER = (1.0, 0.3, 0.1, 0.03)
LEAST_GAIN = 1.0
"""Steps end when the logarithm of the likelihood grows by less."""
EMPTY_TO_NOISE = 2.0
"""Rows of one digit together that are at most so many standard deviations of their noise are none."""
MOST_NOISE = 0.1
"""Of all rows: where the noise of one digit's rows is larger, nothing is taken for empty."""


def heap_weights(parts: Parts, *, masses: Floats, counts: NDArray[np.int64], scale: float) -> Floats:
    """Return the weight of a value of each heap, shape (heaps,).

    Args:
        parts: of the column.
        masses: rows of each regular code, at least 0, shape (regular,).
        counts: noisy number of rows of each heap.
        scale: standard deviation of its noise.
    """
    weights = np.ones(counts.size)
    table = _Table.of(parts, masses=masses, counts=counts, scale=scale)
    if table.masses.size:
        logs = table.fitted(_prior(parts.heaping)[np.ix_(table.used, table.used)])
        logs = np.maximum(logs - logs.max(), -2 * LARGEST_LOG)
        weights[table.used] = np.exp(np.where(table.empty(), EMPTY_LOG + EMPTY_STEP * table.level, logs))
    return weights


def _prior(heaping: Heaping) -> Floats:
    """Return the covariance of the logarithms of weights, shape (heaps, heaps)."""
    digit = heaping.ending - ONLY_ONE + 1
    ending = np.where(digit > 0, ENDING_OF[digit], heaping.ending)
    special = np.minimum(np.arange(heaping.size), 2)
    keys: dict[str, list[NDArray[Any]]] = {
        "level": [heaping.level],
        "digits": [heaping.decade - heaping.level, heaping.level < 0],
        "ending": [ending],
        "level and ending": [heaping.level, ending],
        "level and decade": [heaping.level, heaping.decade],
        "heap": [np.arange(heaping.size)],
    }
    covariance = np.zeros((heaping.size, heaping.size))
    for name, key in keys.items():
        parts = np.stack([*key, special])
        same = (parts[:, :, None] == parts[:, None]).all(axis=0)
        covariance += SPREADS[name] ** 2 * same
    return covariance


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Table:
    """A noisy table of heaps beside the bins that have rows.

    Attributes:
        held: number of values of each heap in each bin, shape (bins, used).
        masses: rows of each bin, shape (bins,).
        used: the heaps that any bin has: of those that only bins without rows have, the prior tells the weight.
        counts: their noisy numbers of rows.
        level: position of their level among all.
        scale: standard deviation of the noise.
    """

    held: Floats
    masses: Floats
    used: Integers
    counts: Floats
    level: Integers
    scale: float

    @classmethod
    def of(cls, parts: Parts, *, masses: Floats, counts: NDArray[np.int64], scale: float) -> Self:
        held = np.zeros((masses.size, counts.size))
        np.add.at(held, (parts.bins, parts.heaps), parts.counts)
        held = held[(masses > 0) & (held.sum(axis=1) > 0)]
        rows = masses[(masses > 0) & (np.bincount(parts.bins, minlength=masses.size) > 0)]
        used = np.unique(parts.heaps)
        level = np.unique(parts.heaping.level[used], return_inverse=True)[1].reshape(-1)
        return cls(
            held=held[:, used], masses=rows, used=used, counts=counts[used].astype(float), level=level, scale=scale
        )

    def shares(self, logs: Floats) -> Floats:
        """Return the share of each heap in each bin, shape (bins, used)."""
        shares: Floats = self.held * np.exp(logs - logs.max())
        shares /= shares.sum(axis=1, keepdims=True)
        return shares

    def of_levels(self) -> tuple[Floats, Floats]:
        """Return the noisy rows of each level, and their noise."""
        noise = self.scale * np.sqrt(np.bincount(self.level).astype(np.float64))
        return np.bincount(self.level, weights=self.counts).astype(np.float64), noise

    def first_logs(self) -> Floats:
        """Return logarithms that are the same in a level and give each about its rows."""
        totals, noise = self.of_levels()
        logs = np.zeros(self.used.size)
        for _ in range(FIRST_STEPS):
            rows = np.bincount(self.level, weights=self.masses @ self.shares(logs))
            logs += np.log(np.maximum(totals, noise) / np.maximum(rows, 1e-300))[self.level]
            logs = np.clip(logs - logs.mean(), -LARGEST_LOG, LARGEST_LOG)
        return logs

    def fitted(self, prior: Floats) -> Floats:
        """Return the most likely logarithms of weights, shape (used,)."""
        logs: Floats = self.first_logs()
        solved: Floats = np.asarray(np.linalg.solve(prior, logs), np.float64)
        loss = self._loss(logs, solved)
        for _ in range(STEPS):
            wanted = self._step(logs, prior)
            move = prior @ wanted - logs
            most = min(1.0, LARGEST_STEP / max(1e-9, float(np.abs(move).max())))
            for share in SHORTER:
                moved = np.asarray(logs + share * most * move, np.float64)
                moved_solved = np.asarray(solved + share * most * (wanted - solved), np.float64)
                moved_loss = self._loss(moved, moved_solved)
                if moved_loss < loss:
                    break
            else:
                return logs
            gain, logs, solved, loss = loss - moved_loss, moved, moved_solved, moved_loss
            if gain < LEAST_GAIN:
                break
        return logs

    def _loss(self, logs: Floats, solved: Floats) -> float:
        rows = self.masses @ self.shares(logs)
        return float(((self.counts - rows) ** 2).sum() / (2 * self.scale**2) + logs @ solved / 2)

    def _step(self, logs: Floats, prior: Floats) -> Floats:
        """Return the solution of Newton's step, which the prior takes to logarithms."""
        shares = self.shares(logs)
        rows = self.masses @ shares
        slopes = np.diag(rows) - shares.T @ (shares * self.masses[:, None])
        noisy = slopes @ prior @ slopes
        noisy[np.diag_indices(rows.size)] += self.scale**2
        return np.asarray(slopes @ np.linalg.solve(noisy, self.counts - rows + slopes @ logs))

    def empty(self) -> NDArray[np.bool_]:
        """Tell of each heap whether it and all that are finer may be empty, shape (used,)."""
        totals, noise = self.of_levels()
        full = (totals > EMPTY_TO_NOISE * noise) | (noise > MOST_NOISE * self.masses.sum())
        first = int(np.argmax(full)) if full.any() else 0
        return self.level < first
