"""Tails decrease outwards, noise rarely makes one longer, and bodies stay as they were."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain import Column
from synth_assets.generator.smoothing import smooth_counts
from synth_assets.generator.tails import ERROR_RATE, SURE_RATE, body_of, smooth_around_body, smooth_with_tails
from synth_assets.release import NoisyMarginal
from synth_assets.release.kinds.tails import NoisyTails
from synth_assets.strategy.tailing import cuts_of

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


def measured(truth: np.ndarray, counts: np.ndarray, seed: int, scale: float) -> NoisyTails:
    """Return noisy segments of a column of these rows."""
    column = Column(name="paid", kind="integer", maximum=counts.size - 1)
    table = NoisyMarginal.of(attributes=("paid",), level="fine", counts=counts, scale=SCALE, rho=0.1)
    cuts = cuts_of(column, table)
    values = np.add.reduceat(np.append(truth, 0), cuts)[:-1]
    return NoisyTails(
        descriptor={"column": "paid", "cuts": cuts},
        values=noisy(values, seed, scale),
        scale=scale,
        d_in=1,
        rho=0.1,
        draw=2,
    )


PLATEAU = np.concatenate([[9_000.0], np.full(120, 15.0), np.zeros(129)])
HEAVY = 3_000 * np.exp(-np.arange(250) / 8) + 25 * np.exp(-np.arange(250) / 50)
EXPONENTIAL = 3_000 * np.exp(-np.arange(250) / 12)


def far_end(rows: np.ndarray, share: float) -> float:
    """Return the code below which this share of the rows are."""
    sums = np.cumsum(np.maximum(rows, 0))
    return float(np.interp(share * sums[-1], sums, np.arange(rows.size)))


@pytest.mark.parametrize(("truth", "share"), [(PLATEAU, 0.98), (PLATEAU[::-1], 0.02), (HEAVY, 0.98)])
def test_wide_segments_say_where_a_tail_of_thin_codes_ends(truth: np.ndarray, share: float) -> None:
    """Much nearer than without them, on the average, and a sixth of the range off at most."""
    errors: dict[str, list[float]] = {"with": [], "without": []}
    for seed in range(8):
        counts = noisy(truth, seed)
        segments = measured(truth, counts, 100 + seed, 60.0)
        for key, known in (("with", segments), ("without", None)):
            rows = smooth_with_tails(counts, scale=SCALE, segments=known)
            errors[key].append(abs(far_end(rows, share) - far_end(truth, share)))
    assert np.mean(errors["with"]) < 0.75 * np.mean(errors["without"])
    assert max(errors["with"]) < 40


def test_where_segments_hold_noise_alone_hardly_a_row_is_left() -> None:
    """Of 210 codes with noise of 40 each, and of segments with noise of 60."""
    truth = np.concatenate([np.full(40, 500.0), np.zeros(210)])
    left = []
    for seed in range(10):
        counts = noisy(truth, seed)
        segments = measured(truth, counts, 50 + seed, 60.0)
        left.append(smooth_with_tails(counts, scale=SCALE, segments=segments)[60:].sum())
    assert np.mean(left) < 60
    assert max(left) < 120


def test_bodies_beside_measured_tails_are_surer_and_are_smoothed_as_before() -> None:
    counts = noisy(EXPONENTIAL, 3)
    segments = measured(EXPONENTIAL, counts, 4, 60.0)
    body = smooth_around_body(counts, scale=SCALE, segments=segments)[1]
    assert body == body_of(counts, scale=SCALE, error_rate=SURE_RATE)
    assert smooth_around_body(counts, scale=SCALE)[1] == body_of(counts, scale=SCALE)
    rows = smooth_with_tails(counts, scale=SCALE, segments=segments)
    assert np.array_equal(rows[body], smooth_counts(counts[body], scale=SCALE))
    assert rows[body.stop :].min() > 0


def test_segments_across_the_end_of_a_body_are_left_out() -> None:
    counts = noisy(EXPONENTIAL, 3)
    end = smooth_around_body(counts, scale=SCALE, segments=measured(EXPONENTIAL, counts, 4, 60.0))[1].stop
    wild = [
        NoisyTails(
            descriptor={"column": "paid", "cuts": (end - 1, end + 20)},
            values=np.array([rows]),
            scale=1.0,
            d_in=1,
            rho=0.1,
            draw=2,
        )
        for rows in (0, 10**6)
    ]
    none, many = (smooth_with_tails(counts, scale=SCALE, segments=segments) for segments in wild)
    assert np.array_equal(none, many)


@given(
    st.lists(st.integers(-(10**6), 10**6), min_size=17, max_size=70),
    st.floats(1e-3, 1e6),
    st.integers(-(10**7), 10**7),
    st.floats(1e-3, 1e6),
)
def test_every_count_and_segment_has_a_finite_estimate(counts: list[int], scale: float, sums: int, wide: float) -> None:
    cuts = (0, 3, 8, len(counts))
    segments = NoisyTails(
        descriptor={"column": "paid", "cuts": cuts}, values=np.array([sums] * 3), scale=wide, d_in=1, rho=0.1, draw=2
    )
    smooth = smooth_with_tails(np.array(counts, dtype=np.int64), scale=scale, segments=segments)
    assert smooth.shape == (len(counts),)
    assert np.isfinite(smooth).all()


@pytest.mark.parametrize("measured", [False, True])
def test_rows_that_are_thin_and_even_are_not_taken_for_a_tail(*, measured: bool) -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):  # hours of a month: no short run is clear of the noise, and all of them are
        real = rng.multinomial(6_000, np.full(744, 1 / 744))
        counts = np.rint(real + rng.normal(0, 10, 744)).astype(np.int64)
        cuts, segments = tuple(range(0, 745, 62)), None
        if measured:
            sums = np.rint(np.add.reduceat(real, cuts[:-1]) + rng.normal(0, 14, 12)).astype(np.int64)
            segments = NoisyTails(
                descriptor={"column": "x", "cuts": cuts}, values=sums, scale=14.0, rho=0.1, d_in=1, draw=1
            )
        smooth = np.maximum(smooth_with_tails(counts, scale=10.0, segments=segments), 0)
        assert np.abs(smooth / smooth.sum() - 1 / 744).sum() / 2 < 0.2
