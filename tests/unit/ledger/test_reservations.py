"""The life of a reservation: who may do what when, and what it costs."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from synth_assets.errors import BudgetRefused, LedgerBusy, UsageError
from synth_assets.ledger import ReservationRequest, Source, State
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.owner import Owner
from synth_assets.ledger.reservations import _check_moved
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import Cap, PrivacyLoss, PrivacyUnit

Make = Callable[..., ReservationRequest]
Act = Callable[[Owner], AbstractContextManager[None]]


@pytest.fixture
def expiring(ledger: SqlLedger, address: str) -> SqlLedger:
    """The same ledger, where every lease is over at once."""
    return open_ledger(address, lease_seconds=-1)


def spent(ledger: SqlLedger) -> int:
    return ledger.balance("survey").spent.nano_rho


def held(ledger: SqlLedger) -> int:
    return ledger.balance("survey").reserved.nano_rho


def test_the_same_request_is_held_once(ledger: SqlLedger, request_for: Make) -> None:
    first, second = ledger.reserve(request_for()), ledger.reserve(request_for(by="somebody else", reason="again"))
    assert first == second
    assert held(ledger) == first.loss.nano_rho


@pytest.mark.parametrize("change", [{"fingerprint": "g"}, {"refresh": "2026-12"}])
def test_another_fingerprint_or_refresh_key_is_another_charge(
    ledger: SqlLedger, request_for: Make, change: dict[str, str]
) -> None:
    ids = {ledger.reserve(request_for()).id, ledger.reserve(replace(request_for(), **change)).id}
    assert len(ids) == 2
    assert held(ledger) == 100_000_000


def test_a_new_version_label_is_another_charge_and_an_old_release_is_found_again(
    ledger: SqlLedger, request_for: Make
) -> None:
    old = ledger.reserve(request_for())
    ledger.begin(old.id)
    ledger.settle(old.id, release_digest="r")
    ledger.set_version("survey", "2026-12", by="custodian")
    new = ledger.reserve(request_for(version="2026-12"))
    assert new.id != old.id
    assert ledger.reserve(request_for()).release_digest == "r"


def test_a_version_that_is_not_the_current_one_is_refused(ledger: SqlLedger, request_for: Make) -> None:
    with pytest.raises(UsageError, match="is at version '2026-11', the request is for '2025-01'"):
        ledger.reserve(request_for(version="2025-01"))


def test_another_unit_than_the_sources_is_refused(ledger: SqlLedger, request_for: Make) -> None:
    with pytest.raises(UsageError, match="the contract's unit is one row"):
        ledger.reserve(request_for(unit=PrivacyUnit()))


def test_the_same_fingerprint_with_another_loss_is_refused(ledger: SqlLedger, request_for: Make) -> None:
    ledger.reserve(request_for(nano_rho=5))
    with pytest.raises(UsageError, match="another loss or unit"):
        ledger.reserve(request_for(nano_rho=4))


@pytest.mark.parametrize("field", ["by", "reason"])
def test_who_and_why_must_be_given(ledger: SqlLedger, request_for: Make, field: str) -> None:
    with pytest.raises(UsageError, match=f"{field}=' '"):
        ledger.reserve(request_for(**{field: " "}))


def test_nothing_is_opened_for_nothing(ledger: SqlLedger, request_for: Make) -> None:
    with pytest.raises(UsageError, match="a release cannot be paid with a loss of 0"):
        ledger.reserve(request_for(nano_rho=0))


def test_beginning_pays_and_nothing_gives_it_back(ledger: SqlLedger, request_for: Make) -> None:
    reservation = ledger.reserve(request_for())
    ledger.begin(reservation.id)
    assert (spent(ledger), held(ledger)) == (reservation.loss.nano_rho, 0)
    with pytest.raises(UsageError, match="is OPENED and cannot be cancelled"):
        ledger.cancel(reservation.id)
    ledger.settle(reservation.id, release_digest=None)
    assert spent(ledger) == reservation.loss.nano_rho


def test_cancelling_gives_back_what_was_never_opened_and_may_be_repeated(ledger: SqlLedger, request_for: Make) -> None:
    reservation = ledger.reserve(request_for())
    ledger.cancel(reservation.id)
    ledger.cancel(reservation.id)
    assert (spent(ledger), held(ledger)) == (0, 0)
    with pytest.raises(UsageError, match="is CANCELLED and cannot be opened"):
        ledger.begin(reservation.id)


def test_after_a_dead_or_cancelled_attempt_the_next_one_is_made(ledger: SqlLedger, request_for: Make) -> None:
    first = ledger.reserve(request_for())
    ledger.cancel(first.id)
    second = ledger.reserve(request_for())
    ledger.begin(second.id)
    ledger.settle(second.id, release_digest=None)
    third = ledger.reserve(request_for())
    assert [first.attempt, second.attempt, third.attempt] == [1, 2, 3]
    assert len({first.id, second.id, third.id}) == 3
    assert ledger.reservation(second.id).dead
    assert (spent(ledger), held(ledger)) == (50_000_000, 50_000_000)


def test_a_permit_opens_its_source_once(ledger: SqlLedger, request_for: Make) -> None:
    permit = ledger.begin(ledger.reserve(request_for()).id)
    assert ledger.redeem(permit).name == "survey"
    with pytest.raises(UsageError, match="was used before"):
        ledger.redeem(permit)


def test_a_forged_permit_opens_nothing(ledger: SqlLedger, request_for: Make) -> None:
    permit = ledger.begin(ledger.reserve(request_for()).id)
    with pytest.raises(UsageError, match="was used before"):
        ledger.redeem(replace(permit, nonce="0" * 64))
    assert permit.nonce not in repr(permit)


def test_before_beginning_there_is_no_permit_that_works(ledger: SqlLedger, request_for: Make) -> None:
    reservation = ledger.reserve(request_for())
    permit = ledger.begin(reservation.id)
    second = ledger.reserve(request_for("g"))
    with pytest.raises(UsageError, match="is void: it is RESERVED"):
        ledger.redeem(replace(permit, reservation_id=second.id, fence=0))


def test_the_opener_may_begin_again_until_it_redeemed_and_the_older_permit_is_void(
    ledger: SqlLedger, request_for: Make
) -> None:
    reservation = ledger.reserve(request_for())
    first, second = ledger.begin(reservation.id), ledger.begin(reservation.id)
    assert (first.fence, second.fence) == (1, 2)
    with pytest.raises(UsageError, match="is void"):
        ledger.redeem(first)
    ledger.redeem(second)
    with pytest.raises(LedgerBusy, match="is held by process"):
        ledger.begin(reservation.id)
    assert spent(ledger) == reservation.loss.nano_rho


def test_what_a_living_process_opened_is_busy_for_others_even_after_its_lease(
    expiring: SqlLedger, request_for: Make, living: Owner, acting_as: Act
) -> None:
    with acting_as(living):
        reservation = expiring.reserve(request_for())
        expiring.begin(reservation.id)
    with pytest.raises(LedgerBusy):
        expiring.begin(reservation.id)
    with pytest.raises(LedgerBusy):
        expiring.settle(reservation.id, release_digest=None)
    assert expiring.recover(journaled=lambda _id, _number: False).settled == ()


def test_what_a_dead_process_opened_is_handed_over_with_a_higher_fence_for_nothing(
    ledger: SqlLedger, request_for: Make, gone: Owner, acting_as: Act
) -> None:
    with acting_as(gone):
        reservation = ledger.reserve(request_for())
        old = ledger.begin(reservation.id)
        ledger.redeem(old)
        ledger.record_intent(old, 0, "i")
        ledger.record_answer(old, 0, "a")
    new = ledger.begin(reservation.id)
    assert (old.fence, new.fence) == (1, 2)
    assert spent(ledger) == reservation.loss.nano_rho
    for act in (
        lambda: ledger.redeem(old),
        lambda: ledger.renew(old),
        lambda: ledger.record_intent(old, 1, "i"),
        lambda: ledger.record_answer(old, 0, "a"),
    ):
        with pytest.raises(UsageError, match="is void"):
            act()


def test_another_host_is_believed_alive_until_its_lease_is_over(
    ledger: SqlLedger, expiring: SqlLedger, request_for: Make, elsewhere: Owner, acting_as: Act
) -> None:
    with acting_as(elsewhere):
        reservation = ledger.reserve(request_for())
        permit = ledger.begin(reservation.id)
    with pytest.raises(LedgerBusy):
        ledger.begin(reservation.id)
    with acting_as(elsewhere):
        expiring.renew(permit)
    assert ledger.begin(reservation.id).fence == 2


def test_settling_twice_alike_counts_once_and_otherwise_is_refused(ledger: SqlLedger, request_for: Make) -> None:
    reservation = ledger.reserve(request_for())
    with pytest.raises(UsageError, match="is RESERVED and cannot be settled"):
        ledger.settle(reservation.id, release_digest="r")
    ledger.begin(reservation.id)
    ledger.settle(reservation.id, release_digest="r")
    ledger.settle(reservation.id, release_digest="r")
    for digest in ("s", None):
        with pytest.raises(UsageError, match="cannot be settled otherwise"):
            ledger.settle(reservation.id, release_digest=digest)
    assert sum(entry.kind == "SETTLED" for entry in ledger.entries()) == 1


def test_a_release_cannot_be_settled_over_an_unanswered_draw(ledger: SqlLedger, request_for: Make) -> None:
    reservation = ledger.reserve(request_for())
    permit = ledger.begin(reservation.id)
    ledger.redeem(permit)
    ledger.record_intent(permit, 0, "i")
    with pytest.raises(UsageError, match=r"draw 0 of reservation .* has no answer"):
        ledger.settle(reservation.id, release_digest="r")
    ledger.settle(reservation.id, release_digest=None)
    assert ledger.reservation(reservation.id).dead


def test_recovery_releases_what_a_dead_process_reserved_only_after_its_lease(
    ledger: SqlLedger, expiring: SqlLedger, request_for: Make, gone: Owner, acting_as: Act
) -> None:
    with acting_as(gone):
        ledger.reserve(request_for())
    assert ledger.recover().released == ()
    with acting_as(gone):
        over = expiring.reserve(request_for("g"))
    assert ledger.recover().released == (over.id,)
    assert ledger.reservation(over.id).state is State.CANCELLED
    assert held(ledger) == 50_000_000


def test_recovery_leaves_what_a_living_process_reserved(expiring: SqlLedger, request_for: Make) -> None:
    expiring.reserve(request_for())
    assert expiring.recover().released == ()
    assert held(expiring) == 50_000_000


def test_asking_again_for_what_a_dead_process_reserved_makes_it_ones_own(
    expiring: SqlLedger, request_for: Make, gone: Owner, acting_as: Act
) -> None:
    with acting_as(gone):
        first = expiring.reserve(request_for())
    assert expiring.reserve(request_for()) == first
    assert expiring.recover().released == ()


def test_recovery_settles_an_announced_draw_only_when_the_journal_lacks_it(
    ledger: SqlLedger, request_for: Make, gone: Owner, acting_as: Act
) -> None:
    ids = []
    for fingerprint in ("answered", "journaled", "lost"):
        with acting_as(gone):
            reservation = ledger.reserve(request_for(fingerprint, nano_rho=1000))
            permit = ledger.begin(reservation.id)
            ledger.redeem(permit)
            ledger.record_intent(permit, 0, "i")
            if fingerprint == "answered":
                ledger.record_answer(permit, 0, "a")
        ids.append(reservation.id)
    assert ledger.recover().settled == ()
    assert ledger.recover(journaled=lambda id_, _number: id_ == ids[1]).settled == (ids[2],)
    states = [ledger.reservation(id_).state for id_ in ids]
    assert states == [State.OPENED, State.OPENED, State.SETTLED]
    assert spent(ledger) == 3000
    assert ledger.reserve(request_for("lost", nano_rho=1000)).attempt == 2


def test_a_cap_lowered_below_what_is_held_freezes_the_account(ledger: SqlLedger, request_for: Make) -> None:
    opened, waiting = ledger.reserve(request_for("a")), ledger.reserve(request_for("b"))
    ledger.begin(opened.id)
    ledger.set_cap("survey", Cap(epsilon=2.0, delta=1e-7), by="officer")
    assert ledger.balance("survey").frozen
    for refused in (lambda: ledger.reserve(request_for("c", nano_rho=1)), lambda: ledger.begin(waiting.id)):
        with pytest.raises(BudgetRefused, match="account 'survey' is frozen"):
            refused()
    ledger.cancel(waiting.id)
    assert not ledger.balance("survey").frozen
    ledger.settle(opened.id, release_digest="r")
    assert spent(ledger) == 50_000_000


def test_a_closed_account_opens_nothing_more(ledger: SqlLedger, request_for: Make) -> None:
    waiting = ledger.reserve(request_for())
    ledger.close_account("survey", by="officer")
    ledger.close_account("survey", by="officer")
    for refused in (lambda: ledger.reserve(request_for("c", nano_rho=1)), lambda: ledger.begin(waiting.id)):
        with pytest.raises(BudgetRefused, match="account 'survey' is closed"):
            refused()
    assert ledger.balance("survey").remaining == PrivacyLoss(nano_rho=0)


def test_the_deltas_of_thresholds_come_out_of_their_own_cap(ledger: SqlLedger, request_for: Make) -> None:
    loss = PrivacyLoss(nano_rho=1000, atto_delta=30)
    with pytest.raises(BudgetRefused, match="threshold delta of 3e-17 of 0"):
        ledger.reserve(request_for(loss=loss))
    ledger.set_cap("survey", Cap(epsilon=3.0, delta=1e-7, threshold_delta=5e-17), by="officer")
    ledger.reserve(request_for(loss=loss))
    with pytest.raises(BudgetRefused):
        ledger.reserve(request_for("g", loss=loss))


def test_a_permit_carries_the_window_of_its_account(ledger: SqlLedger, source: Source, request_for: Make) -> None:
    window = "seen_at=2026-11-01/2026-12-01"
    account = replace(ledger.account("survey"), name="november", window=window)
    ledger.open_account(account, Cap(epsilon=1.0, delta=1e-7), by="officer")
    columns = (*source.columns, ("seen_at", "date"))
    ledger.add_source(replace(source, name="november", account="november", columns=columns), by="officer")
    reservation = ledger.reserve(request_for(source="november", nano_rho=5))
    assert ledger.begin(reservation.id).window == "seen_at=2026-11-01T00:00:00/2026-12-01T00:00:00"


def test_an_unknown_reservation_is_reported_as_unknown(ledger: SqlLedger) -> None:
    with pytest.raises(UsageError, match="there is no reservation 'nothing'"):
        ledger.begin("nothing")


def test_a_change_that_changed_nothing_is_a_race_that_was_lost() -> None:
    with pytest.raises(LedgerBusy, match="changed this reservation at the same moment"):
        _check_moved(0)
