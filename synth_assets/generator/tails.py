"""Estimate the tails of noisy counts of ordered codes, where single codes cannot be told from empty ones.

A range that was declared generously ends in many codes without a row. Each of them
has its own noise; clipping at zero keeps the positive half of it, and rows appear far
beyond the real maximum. So the codes are divided into a *body* and two tails. The body
ends with the last run of at most eight codes whose sum is clearly positive: in a column
without a row, any of all these runs is that with a probability of at most 0.5%. In a
tail only one shape is estimated, half of a bell curve that begins at most as high as
the body ends; several widths are averaged, weighted by how likely they make the counts.

This is arithmetic on released numbers: it costs no privacy.

Example:
    >>> counts = np.array([900, 950, 700, 420, 300, 120, 60, 30, *[14, -20, 9, -6, 25, -11, 3, -8] * 4])
    >>> body_of(counts, scale=15.0)
    slice(0, 7, None)
    >>> tail = smooth_with_tails(counts, scale=15.0)[7:]
    >>> bool((np.diff(tail) <= 0).all()), bool(tail[8:].sum() < 15)
    (True, True)

References:
    Glaz, Naus and Wallenstein (2001), "Scan Statistics", Chapter 1: the largest sum over
    windows; here its tail probability is bounded by the sum over all windows.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from synth_assets.generator.smoothing import FEWEST, smooth_counts
from synth_assets.release.kinds.tails import NoisyTails

__all__ = ["SURE_RATE", "body_of", "smooth_around_body", "smooth_with_tails"]

Floats = NDArray[np.float64]

ERROR_RATE = 0.005
"""Probability that noise alone extends the body at one end."""
SURE_RATE = 1e-4
"""The same where tails are measured in wide segments: then a body that is too short costs little."""
RUNS = (1, 2, 4, 8)
"""Numbers of codes whose sum is looked at; longer runs would hold the end of the body and much of the tail."""
LONG_RUN = 16
"""Codes of the shortest run, of those that double, in which a tail has to explain the rows."""
_WIDTHS = np.array([0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48])
"""Standard deviations, in codes, of the bell curves."""
SLOPE, SLOPE_SPREAD = -0.3, 0.5
"""Prior of the step of the logarithm of rows from one code of a measured tail to the next: outwards, rows decrease."""
BEND_SPREAD = 0.02
"""Standard deviation of the change of this step from one code to the next, around none."""
LEVEL_SPREAD = 3.0
"""Standard deviation of the logarithm of the rows of a tail's first code, around the mean of the first counts."""
_LEAST_LOG, _MOST_LOG = -50.0, 30.0
_MOST_STEPS = 60
_LONGEST_STEP = 2.0
_ENOUGH = 1e-4
_DAMPING = 1e-3, 10.0, 1e8
"""Of the first step, the factor by which it changes, and at which steps are too short to matter."""


def smooth_with_tails(counts: NDArray[np.int64], *, scale: float, segments: NoisyTails | None = None) -> Floats:
    """Return smoothed counts whose tails are not negative, shape (size,); those of the body may be.

    Args:
        counts: noisy counts of codes in their order, shape (size,).
        scale: standard deviation of the noise; 0 leaves the counts unchanged.
        segments: noisy counts of wide segments of the same codes, if they were measured. Without, tails decrease
            outwards.
    """
    return smooth_around_body(counts, scale=scale, segments=segments)[0]


def smooth_around_body(
    counts: NDArray[np.int64], *, scale: float, segments: NoisyTails | None = None
) -> tuple[Floats, slice]:
    """Return what :func:`smooth_with_tails` does, and the codes between the tails."""
    body, below, above = _divided(counts, scale=scale, segments=segments)
    return np.concatenate([below[::-1], smooth_counts(counts[body], scale=scale), above]), body


def _divided(counts: NDArray[np.int64], *, scale: float, segments: NoisyTails | None) -> tuple[slice, Floats, Floats]:
    """Return the body, and the rows of the tails below and above it, outwards.

    Where a tail is far from what is made of it in a long run of codes, it is none: rows may be spread so thinly and
    evenly that no short run is clear. Then the body goes on to the end of that run.
    """
    body = body_of(counts, scale=scale, error_rate=ERROR_RATE if segments is None else SURE_RATE)
    while True:
        start, end = body.start, body.stop
        if segments is None:
            above = _tail(counts[end:], height=_height(counts[start:end][::-1]), scale=scale)
            below = _tail(counts[:start][::-1], height=_height(counts[start:end]), scale=scale)
        else:
            above = _measured_tail(counts, np.arange(end, counts.size), scale=scale, segments=segments)
            below = _measured_tail(counts, np.arange(start)[::-1], scale=scale, segments=segments)
        further = _unexplained(counts[end:] - above, scale)
        before = _unexplained(counts[:start][::-1] - below, scale)
        if further + before == 0:
            return body, below, above
        body = slice(start - before, end + further)


def _unexplained(rest: Floats, scale: float) -> int:
    """Return the end of the last long run of what a tail leaves over that noise does not explain; 0 without one."""
    runs = tuple(LONG_RUN << power for power in range(rest.size.bit_length()) if LONG_RUN << power <= rest.size)
    return _last_clear(rest, scale, ERROR_RATE, runs=runs) if runs else 0


def body_of(counts: NDArray[np.int64], *, scale: float, error_rate: float = ERROR_RATE) -> slice:
    """Return the codes between the tails: all of them if there are few, or if nothing stands out of the noise.

    Args:
        counts: noisy counts of codes in their order, shape (size,).
        scale: standard deviation of the noise.
        error_rate: probability that noise alone extends the body at one end.
    """
    whole = slice(0, counts.size)
    if counts.size < FEWEST or scale <= 0:
        return whole
    end, from_end = (_last_clear(way, scale, error_rate) for way in (counts, counts[::-1]))
    return slice(counts.size - from_end, end) if end + from_end > counts.size else whole


def _last_clear(
    counts: NDArray[np.int64] | Floats, scale: float, error_rate: float, *, runs: tuple[int, ...] = RUNS
) -> int:
    """Return the end of the last run whose sum noise does not explain; 0 if there is none.

    The last run is the one that begins last, and the shortest of those.
    """
    sums = np.concatenate([[0], np.cumsum(counts)])
    tests = sum(counts.size - length + 1 for length in runs)
    quantile = NormalDist().inv_cdf(1 - error_rate / tests)
    start, end = -1, 0
    for length in runs:
        clear = np.flatnonzero(sums[length:] - sums[:-length] > quantile * scale * math.sqrt(length))
        if clear.size and clear[-1] > start:
            start, end = int(clear[-1]), int(clear[-1]) + length
    return end


def _height(counts: NDArray[np.int64]) -> float:
    """Return the mean of the first codes of a body, as many as a run has at most."""
    return max(0.0, float(np.mean(counts[: RUNS[-1]])))


def _tail(counts: NDArray[np.int64], *, height: float, scale: float) -> Floats:
    """Return the mean of bell curves that fit noisy counts of codes, from the body outwards."""
    if not counts.size:
        return np.zeros(0)
    shapes = np.exp(-0.5 * (np.arange(1, counts.size + 1) / _WIDTHS[:, None]) ** 2)
    norms, products = (shapes**2).sum(axis=1), shapes @ counts
    sizes = np.clip(products / norms, 0, height)
    gains = sizes * (2 * products - sizes * norms) / (2 * scale**2)
    likelihoods = np.exp(gains - gains.max())
    return np.asarray((likelihoods / likelihoods.sum() * sizes) @ shapes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wide:
    """Segments of a tail's codes, outwards.

    Attributes:
        held: 1 for each code that a segment holds, else 0, shape (segments, codes).
        counts: their noisy counts, shape (segments,).
        scale: standard deviation of the noise.
    """

    held: Floats
    counts: Floats
    scale: float

    @classmethod
    def of(
        cls, codes: NDArray[np.int64], *, cuts: NDArray[np.int64], counts: NDArray[np.int64], scale: float
    ) -> "_Wide":
        """Return the segments of which all codes are among those of the tail."""
        held = (codes >= cuts[:-1, None]) & (codes < cuts[1:, None])
        whole = held.sum(axis=1) == np.diff(cuts)
        return cls(held=held[whole].astype(np.float64), counts=counts[whole].astype(np.float64), scale=scale)


def _measured_tail(
    counts: NDArray[np.int64], codes: NDArray[np.int64], *, scale: float, segments: NoisyTails
) -> Floats:
    """Return the likeliest rows of codes from the body outwards, given the counts of codes and segments.

    The prior is a normal one on the logarithm of the rows, which bends little: a plateau, an
    exponential and a bell curve are all likely, and where noise explains all counts they decrease.
    Imports threadpoolctl.

    References:
        Marquardt (1963), "An Algorithm for Least-Squares Estimation of Nonlinear Parameters".
    """
    if not codes.size:
        return np.zeros(0)
    from threadpoolctl import threadpool_limits

    wide = _Wide.of(codes, cuts=np.array(segments.cuts), counts=segments.values, scale=segments.scale)
    problem = _LogRows.of(counts[codes].astype(np.float64), scale=scale, wide=wide)
    with threadpool_limits(limits=1, user_api="blas"):  # for matrices this small threads only wait for each other
        return np.asarray(np.exp(_least(problem)))


def _least(problem: "_LogRows") -> Floats:
    """Return the logarithms at which the loss is least, as near as matters."""
    logs = problem.start
    loss, (damping, factor, most) = problem.loss(logs), _DAMPING
    for _ in range(_MOST_STEPS):
        gradient, curvature = problem.derivatives(logs)
        before = loss
        while damping < most:
            step = np.linalg.solve(curvature + damping * np.diag(np.diag(curvature)), -gradient)
            trial = np.clip(logs + np.clip(step, -_LONGEST_STEP, _LONGEST_STEP), _LEAST_LOG, _MOST_LOG)
            if (reached := problem.loss(trial)) <= loss:
                logs, loss = trial, reached
                break
            damping *= factor
        if before - loss < _ENOUGH:
            break
        damping /= factor
    return logs


@dataclass(frozen=True, slots=True, kw_only=True)
class _LogRows:
    """A least-squares problem in the logarithms of the rows of codes, shape (codes,).

    Attributes:
        counts: of single codes.
        scale: standard deviation of their noise.
        wide: segments of the codes.
        precision: of the normal prior, shape (codes, codes).
        pull: precision times its mean.
        start: where to begin.
    """

    counts: Floats
    scale: float
    wide: _Wide
    precision: Floats
    pull: Floats
    start: Floats

    @classmethod
    def of(cls, counts: Floats, *, scale: float, wide: _Wide) -> "_LogRows":
        codes = np.eye(counts.size)
        steps, bends = np.diff(codes, axis=0), np.diff(codes, 2, axis=0)
        precision = steps.T @ steps / SLOPE_SPREAD**2 + bends.T @ bends / BEND_SPREAD**2
        pull = SLOPE * steps.sum(axis=0) / SLOPE_SPREAD**2
        level = math.log(max(scale / 4, float(np.mean(counts[: RUNS[-1]]))))
        precision[0, 0] += LEVEL_SPREAD**-2
        pull[0] += level / LEVEL_SPREAD**2
        start = np.full(counts.size, np.clip(level, _LEAST_LOG, _MOST_LOG))
        return cls(counts=counts, scale=scale, wide=wide, precision=precision, pull=pull, start=start)

    def loss(self, logs: Floats) -> float:
        """Return minus the logarithm of the posterior, up to a constant."""
        rest, wide_rest = self._rest(np.exp(logs))
        return float((rest @ rest + wide_rest @ wide_rest + logs @ self.precision @ logs) / 2 - self.pull @ logs)

    def derivatives(self, logs: Floats) -> tuple[Floats, Floats]:
        """Return the gradient of the loss, and its curvature without the bend of the exponential."""
        rows = np.exp(logs)
        rest, wide_rest = self._rest(rows)
        by_segment = self.wide.held * (rows / self.wide.scale)
        gradient = self.precision @ logs - self.pull - rest * rows / self.scale - wide_rest @ by_segment
        return gradient, self.precision + np.diag((rows / self.scale) ** 2) + by_segment.T @ by_segment

    def _rest(self, rows: Floats) -> tuple[Floats, Floats]:
        """Return what rows leave of the counts of codes and of segments, in standard deviations of their noise."""
        wide = self.wide
        return (self.counts - rows) / self.scale, (wide.counts - wide.held @ rows) / wide.scale
