"""A draw is announced before and answered after, once."""

from collections.abc import Callable

import pytest

from synth_assets.errors import UsageError
from synth_assets.ledger import DataPermit, Draw, ReservationRequest
from synth_assets.ledger.sql import SqlLedger


@pytest.fixture
def permit(ledger: SqlLedger, request_for: Callable[..., ReservationRequest]) -> DataPermit:
    permit = ledger.begin(ledger.reserve(request_for()).id)
    ledger.redeem(permit)
    return permit


def test_draws_are_kept_by_number_with_their_digests(ledger: SqlLedger, permit: DataPermit) -> None:
    ledger.record_intent(permit, 0, "i0")
    ledger.record_answer(permit, 0, "a0")
    ledger.record_intent(permit, 1, "i1")
    assert ledger.draws(permit.reservation_id) == (
        Draw(number=0, intent_digest="i0", answer_digest="a0"),
        Draw(number=1, intent_digest="i1"),
    )


def test_no_draw_is_announced_twice_not_even_by_who_announced_it(ledger: SqlLedger, permit: DataPermit) -> None:
    ledger.record_intent(permit, 0, "i")
    with pytest.raises(UsageError, match=r"draw 0 of reservation .* was announced before"):
        ledger.record_intent(permit, 0, "i")
    ledger.record_answer(permit, 0, "a")
    with pytest.raises(UsageError, match="was announced before"):
        ledger.record_intent(permit, 0, "i")


def test_nothing_is_drawn_while_another_draw_has_no_answer(ledger: SqlLedger, permit: DataPermit) -> None:
    ledger.record_intent(permit, 0, "i")
    with pytest.raises(UsageError, match="draw 0 of reservation"):
        ledger.record_intent(permit, 1, "i")


def test_an_answer_may_be_noted_again_but_not_changed(ledger: SqlLedger, permit: DataPermit) -> None:
    ledger.record_intent(permit, 0, "i")
    ledger.record_answer(permit, 0, "a")
    ledger.record_answer(permit, 0, "a")
    with pytest.raises(UsageError, match="has another answer"):
        ledger.record_answer(permit, 0, "b")
    assert sum(entry.kind == "ANSWER" for entry in ledger.entries()) == 1


def test_an_answer_without_an_announcement_is_refused(ledger: SqlLedger, permit: DataPermit) -> None:
    with pytest.raises(UsageError, match="was not announced"):
        ledger.record_answer(permit, 3, "a")


def test_nothing_is_announced_before_the_permit_is_redeemed(
    ledger: SqlLedger, request_for: Callable[..., ReservationRequest]
) -> None:
    permit = ledger.begin(ledger.reserve(request_for("other")).id)
    with pytest.raises(UsageError, match="was not redeemed"):
        ledger.record_intent(permit, 0, "i")


def test_nothing_is_drawn_after_the_end(ledger: SqlLedger, permit: DataPermit) -> None:
    ledger.settle(permit.reservation_id, release_digest="r")
    with pytest.raises(UsageError, match="is void: it is SETTLED"):
        ledger.record_intent(permit, 0, "i")
