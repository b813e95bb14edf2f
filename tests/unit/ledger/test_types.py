"""Records of public facts: frozen, and silent about what is not public."""

from dataclasses import FrozenInstanceError, fields, is_dataclass, replace

import pytest

from synth_assets.ledger import Balance, DataPermit, Reservation, ReservationRequest, Source, State, readings, types
from synth_assets.privacy import PrivacyLoss, PrivacyUnit

LOSS = PrivacyLoss(nano_rho=10, atto_delta=20)
PERMIT = DataPermit(reservation_id="r", fence=1, source="s", window=None, loss=LOSS, nonce="the secret")


def balance(**changes: object) -> Balance:
    zero = PrivacyLoss(nano_rho=0)
    values: dict[str, object] = {
        "account": "a",
        "cap": PrivacyLoss(nano_rho=100),
        "spent": zero,
        "reserved": zero,
        "remaining": zero,
        "epsilon_cap": 1.0,
        "delta": 1e-7,
        "frozen": False,
        "closed": False,
    }
    return Balance(**{**values, **changes})  # type: ignore[arg-type]


def test_every_record_is_frozen_slotted_and_by_name_alone() -> None:
    named = [getattr(module, name) for module in (readings, types) for name in module.__all__]
    records = [kind for kind in named if is_dataclass(kind)]
    assert len(records) == 13
    for kind in records:
        assert kind.__dataclass_params__.frozen
        assert hasattr(kind, "__slots__")
        assert all(field.kw_only for field in fields(kind))


def test_a_permit_cannot_be_altered_and_does_not_show_its_secret() -> None:
    with pytest.raises(FrozenInstanceError):
        PERMIT.fence = 2  # type: ignore[misc]
    assert "secret" not in repr(PERMIT)


def test_a_source_does_not_show_where_it_is() -> None:
    source = Source(
        name="s",
        kind="csv",
        location="/secret",
        options={"token": "secret"},
        columns=(),
        unit=PrivacyUnit(),
        account="a",
        version="1",
    )
    assert "secret" not in repr(source)


REQUEST = ReservationRequest(
    source="s",
    version="1",
    fingerprint="f",
    refresh="once",
    dataset="d",
    contract_digest="c",
    unit=PrivacyUnit(),
    loss=LOSS,
    reason="r",
    by="b",
)


def test_a_request_with_a_limit_of_its_own_asks_people_about_a_candidate() -> None:
    assert not REQUEST.asks_people
    assert replace(REQUEST, within=LOSS).asks_people


def test_a_reservation_is_dead_when_it_was_settled_without_a_release() -> None:
    settled = Reservation(id="i", request=REQUEST, account="a", attempt=1, state=State.SETTLED, fence=1)
    assert settled.dead
    assert settled.loss == LOSS
    assert not replace(settled, release_digest="x").dead
    assert not replace(settled, state=State.OPENED).dead


def test_epsilon_is_stated_at_the_accounts_delta_and_infinite_when_thresholds_use_it_up() -> None:
    assert balance().epsilon_spent == 0.0
    assert 0 < balance(spent=PrivacyLoss(nano_rho=1000)).epsilon_spent < 1
    assert balance(spent=PrivacyLoss(nano_rho=1, atto_delta=10**12)).epsilon_spent == float("inf")
