"""Units, losses and caps: what is refused, what adds up, and OpenDP's maps recomputed."""

import dataclasses
import json
import math
from fractions import Fraction

import pytest

from synth_assets.errors import UsageError
from synth_assets.privacy import (
    ATTO,
    NANO,
    Cap,
    PrivacyLoss,
    PrivacyUnit,
    atto_delta_of,
    compose,
    epsilon_of,
    nano_rho_of,
    rho_of,
    rounded_down,
    rounded_up,
)


@pytest.mark.parametrize(("column", "rows"), [("person", 0), ("person", -1), (None, 2)])
def test_a_unit_that_makes_no_sense_is_refused(column: str | None, rows: int) -> None:
    with pytest.raises(UsageError, match="max_rows"):
        PrivacyUnit(column=column, max_rows=rows)


def test_a_unit_is_described_in_words_and_survives_json() -> None:
    unit = PrivacyUnit(column="person", max_rows=3)
    assert unit.describe() == "all rows of one person (at most 3 counted), added or removed"
    assert PrivacyUnit.from_json(json.loads(json.dumps(unit.as_json()))) == unit


@pytest.mark.parametrize(("nano", "atto"), [(-1, 0), (0, -1)])
def test_a_negative_loss_is_refused(nano: int, atto: int) -> None:
    with pytest.raises(UsageError, match="must be >= 0"):
        PrivacyLoss(nano_rho=nano, atto_delta=atto)


def test_losses_add_and_the_empty_sum_is_nothing() -> None:
    first, second = PrivacyLoss(nano_rho=3, atto_delta=4), PrivacyLoss(nano_rho=5)
    assert compose([first, second, second]) == PrivacyLoss(nano_rho=13, atto_delta=4)
    assert compose([]) == PrivacyLoss(nano_rho=0)


def test_a_loss_fits_only_when_both_parts_do() -> None:
    cap = PrivacyLoss(nano_rho=10, atto_delta=10)
    assert cap.fits(cap)
    assert not PrivacyLoss(nano_rho=11).fits(cap)
    assert not PrivacyLoss(nano_rho=0, atto_delta=11).fits(cap)


@pytest.mark.parametrize("epsilon", [0, -1, math.inf, math.nan])
def test_an_epsilon_that_promises_nothing_is_refused(epsilon: float) -> None:
    with pytest.raises(UsageError, match="epsilon"):
        Cap(epsilon=epsilon, delta=1e-6)


@pytest.mark.parametrize("delta", [0, 1, -1e-9, 2, math.nan])
def test_a_delta_outside_zero_to_one_is_refused(delta: float) -> None:
    with pytest.raises(UsageError, match="delta"):
        Cap(epsilon=1, delta=delta)


@pytest.mark.parametrize("threshold", [1e-6, -1e-9, math.nan])
def test_thresholds_may_use_a_part_of_delta_only(threshold: float) -> None:
    with pytest.raises(UsageError, match="threshold_delta"):
        Cap(epsilon=1, delta=1e-6, threshold_delta=threshold)


def test_a_cap_of_epsilon_two_is_this_many_nano_rho() -> None:
    assert Cap(epsilon=2.0, delta=1e-7).loss() == PrivacyLoss(nano_rho=74180593)


def test_two_releases_of_epsilon_two_compose_to_less_than_four() -> None:
    loss = Cap(epsilon=2.0, delta=1e-7).loss()
    assert epsilon_of(compose([loss, loss]), delta=1e-7) == pytest.approx(2.91, abs=0.005)


def test_a_threshold_leaves_less_rho_and_counts_in_the_loss() -> None:
    plain, split = Cap(epsilon=1, delta=1e-6).loss(), Cap(epsilon=1, delta=1e-6, threshold_delta=5e-7).loss()
    assert split.nano_rho < plain.nano_rho
    assert split.atto_delta <= 5e-7 * ATTO
    assert epsilon_of(split, delta=1e-6) <= 1


@pytest.mark.parametrize("part", [1e-9, 3e-10, 7e-8])
def test_three_thresholds_of_a_third_fit_the_whole(part: float) -> None:
    single = Cap(epsilon=1, delta=1e-6, threshold_delta=part).loss()
    triple = Cap(epsilon=1, delta=1e-6, threshold_delta=float(f"{3 * part:.3g}")).loss()
    assert 3 * single.atto_delta == triple.atto_delta


def test_sums_of_deltas_are_rounded_up_once() -> None:
    assert atto_delta_of([]) == 0
    assert atto_delta_of([1e-30]) == 1
    assert atto_delta_of([0.25, 0.25]) == ATTO // 2


def test_nothing_spent_is_epsilon_zero_unless_thresholds_used_up_delta() -> None:
    assert epsilon_of(PrivacyLoss(nano_rho=0), delta=1e-9) == 0
    with pytest.raises(UsageError, match="thresholds"):
        epsilon_of(PrivacyLoss(nano_rho=0, atto_delta=ATTO // 10), delta=1e-9)
    with pytest.raises(UsageError, match="thresholds"):
        epsilon_of(PrivacyLoss(nano_rho=1, atto_delta=2 * 10**9), delta=1e-9)


def test_sums_of_rho_are_rounded_up_once() -> None:
    assert nano_rho_of([]) == 0
    assert nano_rho_of([1e-12]) == 1
    assert nano_rho_of([0.1] * 10) == math.ceil(10 * 0.1 * NANO) + 1  # 0.1 is a little above a tenth
    assert nano_rho_of([0.25, 0.25]) == NANO // 2


def test_doubles_are_rounded_to_the_side_that_is_asked() -> None:
    third = Fraction(1, 3)
    assert Fraction(rounded_down(third)) < third < Fraction(rounded_up(third))
    assert rounded_down(Fraction(1, 4)) == rounded_up(Fraction(1, 4)) == 0.25


def test_values_are_frozen() -> None:
    loss = PrivacyLoss(nano_rho=1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        loss.nano_rho = 0  # type: ignore[misc]


def test_rho_of_is_in_whole_nano_rho() -> None:
    assert rho_of(epsilon=2.0, delta=1e-7) == 74180593 / NANO
    assert PrivacyLoss(nano_rho=74180593).rho == rho_of(epsilon=2.0, delta=1e-7)
