"""Maps computed again from stored mechanisms, and what thresholds really cost."""

import math
from fractions import Fraction

import opendp.prelude as dp
import pytest

from synth_assets.errors import UsageError
from synth_assets.privacy import (
    ATTO,
    NANO,
    map_of,
    old_threshold_excess,
    threshold_delta,
    threshold_map_of,
)


def gaussian_json(scale: float) -> str:
    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="i64")
    return str(dp.serialize(dp.m.make_gaussian(*space, scale)))


def test_the_map_of_a_stored_mechanism_is_recomputed() -> None:
    assert map_of(gaussian_json(10.0), d_in=1) == pytest.approx(1 / 200)
    assert map_of(gaussian_json(10.0), d_in=2) == pytest.approx(4 / 200)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"measurement": 1}', "x" * 50])
def test_what_is_not_a_mechanism_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(UsageError, match="not an OpenDP measurement") as caught:
        map_of(text, d_in=1)
    assert caught.value.hint


def test_the_delta_of_a_threshold_counts_every_key_of_a_unit_and_the_rule() -> None:
    single = threshold_delta(scale=5.0, threshold=31, max_rows=1, rule="above")
    assert float(single) == pytest.approx(4.979e-10, rel=1e-3)
    assert threshold_delta(scale=5.0, threshold=30 + 3, max_rows=3, rule="above") == 3 * single
    assert threshold_delta(scale=5.0, threshold=31 + 1, max_rows=1, rule="at_or_above") == single
    assert threshold_delta(scale=5.0, threshold=3, max_rows=9, rule="above") == 1


def _old_cost(nano_rho: int, atto_delta: int, max_rows: int, columns: int) -> Fraction:
    """Search as versions before this one did, with OpenDP's own map, and return what that really cost."""
    dp.enable_features("contrib")
    space = (
        dp.map_domain(dp.atom_domain(T="String"), dp.atom_domain(T="i64")),
        dp.l02inf_distance(dp.absolute_distance(T="i64")),
        dp.approximate(dp.zero_concentrated_divergence()),
    )

    def mapped(scale: float, threshold: int) -> tuple[float, float]:
        measurement = dp.m.make_noise_threshold(*space, scale=scale, threshold=threshold)
        losses: tuple[float, float] = measurement.map((max_rows,) * 3)
        return losses

    rho = float(Fraction(nano_rho, 10 * NANO) / columns) * (1 - 2.0**-50)
    delta = float(Fraction(atto_delta, ATTO) / columns) * (1 - 2.0**-50)
    guess = max_rows / math.sqrt(2 * rho)
    bounds = (guess / 1024, guess * 1024)
    scale = dp.binary_search(lambda scale: mapped(scale, 2**31 - 1)[0] <= rho, bounds=bounds)
    least = dp.binary_search(lambda count: mapped(scale, int(count))[1] <= delta, bounds=(max_rows, 2**31 - 1), T=int)
    return columns * threshold_delta(scale=scale, threshold=int(least), max_rows=max_rows, rule="at_or_above")


@pytest.mark.parametrize(
    ("nano_rho", "atto_delta", "max_rows"),
    [
        (20_000_000, 10**9, 1),
        (74_000_000, 10**9, 1),
        (20_000_000, 10**9, 3),
        (5_000_000_000, 10**14, 1),
        (10_000_000_000, 14 * 10**14, 1),
        (80_000_000_000, 5 * 10**15, 4),
        (20_000_000, 10**6, 30),
        (100_000, 10**8, 1000),
    ],
)
def test_the_excess_of_old_thresholds_covers_every_number_of_columns_and_little_more(
    nano_rho: int, atto_delta: int, max_rows: int
) -> None:
    bound = old_threshold_excess(nano_rho=nano_rho, atto_delta=atto_delta, max_rows=max_rows)
    costs = [_old_cost(nano_rho, atto_delta, max_rows, columns) * ATTO for columns in (1, 2, 3, 7, 20, 64)]
    assert all(cost <= atto_delta + bound for cost in costs)
    assert bound < 5 * atto_delta


@pytest.mark.parametrize(("nano_rho", "atto_delta"), [(0, 10**9), (10**6, 0), (0, 0)])
def test_a_reservation_without_thresholds_has_no_excess(nano_rho: int, atto_delta: int) -> None:
    assert old_threshold_excess(nano_rho=nano_rho, atto_delta=atto_delta, max_rows=1) == 0


def test_the_threshold_of_fewer_rows_than_a_unit_has_is_refused() -> None:
    from synth_assets.privacy.noise import least_threshold

    stored = least_threshold(max_rows=1, rho=0.5, delta=0.01).mechanism
    with pytest.raises(UsageError, match="below 100 rows"):
        threshold_map_of(stored, max_rows=100)


@pytest.mark.parametrize("text", ["", "{}", "[1]", gaussian_json(1.0)])
def test_what_is_not_a_threshold_has_no_threshold_map(text: str) -> None:
    with pytest.raises(UsageError, match="not an OpenDP measurement"):
        threshold_map_of(text, max_rows=1)
