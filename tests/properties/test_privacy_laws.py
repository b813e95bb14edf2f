"""Laws of the arithmetic of privacy: every rounding is against us, and a second accountant agrees from above."""

import math
from fractions import Fraction

import pytest
from dp_accounting import NeighboringRelation, dp_event
from dp_accounting.pld import PLDAccountant
from hypothesis import given, settings
from hypothesis import strategies as st

from synth_assets.privacy import ATTO, NANO, Cap, PrivacyLoss, compose, epsilon_of, nano_rho_of

_EPSILONS = st.floats(0.01, 20)
_DELTAS = st.floats(1e-12, 1e-2)
_LOSSES = st.builds(PrivacyLoss, nano_rho=st.integers(0, 10**10), atto_delta=st.integers(0, 10**9))


@pytest.mark.slow
@settings(max_examples=25)  # each searches among a billion
@given(_EPSILONS, _DELTAS)
def test_a_cap_never_gives_more_than_it_states_and_wastes_at_most_one_nano_rho(epsilon: float, delta: float) -> None:
    loss = Cap(epsilon=epsilon, delta=delta).loss()
    assert epsilon_of(loss, delta=delta) <= epsilon
    assert epsilon_of(PrivacyLoss(nano_rho=loss.nano_rho + 1), delta=delta) > epsilon


@pytest.mark.slow
@settings(max_examples=25)  # same
@given(_EPSILONS, _DELTAS, st.floats(0, 0.99))
def test_a_cap_with_thresholds_never_gives_more_than_it_states(epsilon: float, delta: float, share: float) -> None:
    cap = Cap(epsilon=epsilon, delta=delta, threshold_delta=delta * share)
    loss = cap.loss()
    assert Fraction(loss.atto_delta, ATTO) <= Fraction(repr(cap.threshold_delta))  # the number as it was written
    if loss.nano_rho:
        assert epsilon_of(loss, delta=delta) <= epsilon


@given(st.lists(st.floats(0, 10), max_size=50))
def test_a_sum_of_rhos_is_never_below_the_exact_sum_and_at_most_one_nano_above(rhos: list[float]) -> None:
    exact = sum((Fraction(rho) for rho in rhos), start=Fraction(0))
    shown = Fraction(nano_rho_of(rhos), NANO)
    assert exact <= shown < exact + Fraction(1, NANO)


@given(st.lists(_LOSSES, max_size=8), st.permutations(range(8)))
def test_composition_does_not_depend_on_order_or_grouping(losses: list[PrivacyLoss], order: list[int]) -> None:
    shuffled = [losses[index] for index in order if index < len(losses)]
    half = len(losses) // 2
    assert compose(losses) == compose(shuffled) == compose([compose(losses[:half]), compose(losses[half:])])


@given(_LOSSES, _LOSSES, _DELTAS)
def test_a_larger_loss_is_never_a_smaller_epsilon(loss: PrivacyLoss, more: PrivacyLoss, delta: float) -> None:
    if compose([loss, more]).atto_delta < delta * ATTO:
        assert epsilon_of(loss, delta=delta) <= epsilon_of(compose([loss, more]), delta=delta)


@settings(max_examples=8)
@given(st.floats(1e-3, 1.0), st.sampled_from([1e-9, 1e-7, 1e-5]), st.integers(1, 4))
def test_a_second_accountant_never_finds_more_than_we_state(rho: float, delta: float, times: int) -> None:
    accountant = PLDAccountant(NeighboringRelation.ADD_OR_REMOVE_ONE)
    accountant.compose(dp_event.GaussianDpEvent(1 / math.sqrt(2 * rho)), times)
    stated = epsilon_of(PrivacyLoss(nano_rho=nano_rho_of([rho] * times)), delta=delta)
    assert accountant.get_epsilon(delta) <= stated
