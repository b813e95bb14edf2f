"""States of accounts and reservations hold only what the ledger log may hold."""

from typing import Any

import pytest

from synth_assets.errors import UsageError
from synth_assets.ledger.states import AccountState, ReservationState, cap_of, check_cap, loss_from_json, node_of
from synth_assets.privacy import PrivacyLoss

CAP = {"epsilon": 1.0, "delta": 1e-6, "threshold_delta": 0.0, "nano_rho": 7, "atto_delta": 3}


def account_state(**facts: Any) -> AccountState:
    """Return an account with a cap and the given facts."""
    plain = {"parent": None, "partitioned_by": None, "partition": None, "window": None}
    return AccountState(facts={**plain, **facts}, cap=CAP)


@pytest.mark.parametrize("value", [True, 5.0, "5", None])
def test_a_loss_that_is_not_two_integers_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        loss_from_json({"nano_rho": value, "atto_delta": 0})
    with pytest.raises(TypeError):
        loss_from_json({"nano_rho": 5, "atto_delta": value})


@pytest.mark.parametrize("figure", ["1.0", None, True, [1.0], 10**400, float("nan"), float("inf"), -1.0])
@pytest.mark.parametrize("name", ["epsilon", "delta", "threshold_delta"])
def test_a_cap_whose_figures_are_not_a_statement_is_refused(name: str, figure: Any) -> None:
    with pytest.raises((TypeError, UsageError, OverflowError)):
        check_cap({**CAP, name: figure})


def test_the_cap_is_the_integers_that_are_enforced() -> None:
    assert cap_of(account_state()) == PrivacyLoss(nano_rho=7, atto_delta=3)


def test_a_part_is_the_partition_or_else_the_window_in_its_canonical_form() -> None:
    window = "seen_at=2026-11-01/2026-12-01"
    assert node_of("a", account_state()).part is None
    assert node_of("a", account_state(partition="north")).part == "north"
    assert node_of("a", account_state(window=window)).part == "seen_at=2026-11-01T00:00:00/2026-12-01T00:00:00"
    assert node_of("a", account_state(partitioned_by="window")).partitioned


def test_a_correction_does_not_change_the_requested_loss() -> None:
    request = {"loss": {"nano_rho": 5, "atto_delta": 0}}
    held = ReservationState(account="a", request=request, attempt=1, corrected=PrivacyLoss(nano_rho=0, atto_delta=9))
    assert held.loss == PrivacyLoss(nano_rho=5)
