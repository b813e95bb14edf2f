"""Rounding is against us, whatever is summed in whatever order; a second accountant agrees from above."""

from decimal import Decimal
from fractions import Fraction

import dp_accounting
import pytest
from dp_accounting.pld import PLDAccountant
from dp_accounting.rdp import RdpAccountant
from hypothesis import given, settings
from hypothesis import strategies as st

from synth_assets.ledger.messages import rounded
from synth_assets.privacy import NANO, Cap, PrivacyLoss, compose, epsilon_of, nano_rho_of

RHOS = st.floats(min_value=1e-12, max_value=10, allow_subnormal=False)
ORDERS = [1 + step / 20 for step in range(1, 400)] + list(range(21, 2000, 5))


@given(rhos=st.lists(RHOS, max_size=50))
def test_what_is_charged_is_never_below_the_exact_sum(rhos: list[float]) -> None:
    charged = compose(PrivacyLoss(nano_rho=nano_rho_of([rho])) for rho in rhos)
    exact = sum((Fraction(rho) for rho in rhos), start=Fraction(0)) * NANO
    assert exact <= charged.nano_rho < exact + len(rhos) + 1


@given(nano_rhos=st.lists(st.integers(1, 10**9), min_size=1, max_size=20), up=st.booleans())
def test_a_shown_number_errs_on_the_side_that_was_asked_for(nano_rhos: list[int], *, up: bool) -> None:
    total = sum(nano_rhos)
    shown = Fraction(rounded(Decimal(total) / NANO, up=up))
    assert shown >= Fraction(total, NANO) if up else shown <= Fraction(total, NANO)


@pytest.mark.slow
@given(epsilon=st.floats(0.01, 20), delta=st.floats(1e-12, 1e-3))
@settings(max_examples=25, deadline=None)
def test_a_cap_never_allows_more_than_the_officer_said(epsilon: float, delta: float) -> None:
    loss = Cap(epsilon=epsilon, delta=delta).loss()
    assert epsilon_of(loss, delta=delta) <= epsilon
    assert epsilon_of(loss + PrivacyLoss(nano_rho=1), delta=delta) > epsilon


@given(nano_rhos=st.lists(st.integers(10**5, 10**8), min_size=1, max_size=8), delta=st.floats(1e-10, 1e-4))
@settings(max_examples=15, deadline=None)
def test_a_second_accountant_agrees_from_above(nano_rhos: list[int], delta: float) -> None:
    ours = epsilon_of(compose(PrivacyLoss(nano_rho=n) for n in nano_rhos), delta=delta)
    events = [dp_accounting.GaussianDpEvent((2 * n / NANO) ** -0.5) for n in nano_rhos]
    tight, moments = PLDAccountant(value_discretization_interval=1e-3), RdpAccountant(orders=ORDERS)
    for event in events:
        tight.compose(event)
        moments.compose(event)
    assert tight.get_epsilon(delta) <= ours
    assert moments.get_epsilon(delta) == pytest.approx(ours, rel=0.02)
