"""A ledger under any sequence of requests does what a few lines of arithmetic require."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, precondition, rule

from synth_assets.errors import BudgetRefused
from synth_assets.ledger import Account, DataPermit, Reservation, ReservationRequest, Source, State
from synth_assets.ledger.follow import verify_ledger
from synth_assets.ledger.open import open_ledger
from synth_assets.privacy import Cap, PrivacyLoss, PrivacyUnit

UNIT = PrivacyUnit(column="id")
PLACES = ("a", "b", "b measured", "b held_out")
"""What can be charged: an account, and one that is split as a whole or in one of its parts."""
CAPS = {epsilon: Cap(epsilon=epsilon, delta=1e-7) for epsilon in (0.5, 1.0, 2.0)}


class LedgerMachine(RuleBasedStateMachine):
    """One parent over an account and one that is split in two; the model keeps what was charged where."""

    waiting = Bundle("waiting")
    opened = Bundle("opened")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.ledger = open_ledger(root=Path(self.folder.name))
        self.spent = dict.fromkeys(PLACES, 0)
        self.held = dict.fromkeys(PLACES, 0)
        self.caps = {"all": CAPS[2.0], "a": CAPS[1.0], "b": CAPS[2.0]}
        self.asked: dict[str, ReservationRequest] = {}
        for name, cap in self.caps.items():
            parent = None if name == "all" else "all"
            account = Account(name=name, source=name, population="p", unit=UNIT, parent=parent)
            self.ledger.open_account(account, cap, by="o")
        for name in ("a", "b"):
            source = Source(name=name, kind="csv", location="/x", columns=(), unit=UNIT, account=name, version="1")
            self.ledger.add_source(source, by="o")
        self.split = self.ledger.split_account("b", share=0.2, by="o").digest

    def teardown(self) -> None:
        assert verify_ledger(self.ledger).faults == ()
        self.folder.cleanup()

    def total(self, name: str, *, spent: bool = False, more: int = 0, where: str = "") -> int:
        """What an account pays, if ``more`` were charged at a place."""
        charged = {
            place: self.spent[place] + (0 if spent else self.held[place]) + (more if place == where else 0)
            for place in PLACES
        }
        totals = {"a": charged["a"], "b": charged["b"] + max(charged["b measured"], charged["b held_out"])}
        return totals["a"] + totals["b"] if name == "all" else totals[name]

    def cap(self, name: str) -> int:
        return self.caps[name].loss().nano_rho

    def over(self, where: str, more: int) -> bool:
        path = {where[0], "all"}
        return any(self.total(account, more=more, where=where) > self.cap(account) for account in path)

    def place(self, reservation: Reservation) -> str:
        return f"{reservation.account} {reservation.part}" if reservation.part else reservation.account

    @rule(target=waiting, where=st.sampled_from(PLACES), key=st.integers(0, 5), rho=st.integers(1, 40_000_000))
    def reserve(self, where: str, key: int, rho: int) -> object:
        name, _, part = where.partition(" ")
        request = self.asked.get(f"{where}{key}") or ReservationRequest(
            source=name,
            version="1",
            fingerprint=f"{where}{key}",
            refresh="once",
            dataset="d",
            contract_digest="c",
            unit=UNIT,
            loss=PrivacyLoss(nano_rho=rho),
            reason="r",
            by="e",
            **({"part": part, "split": self.split} if part else {}),
        )
        before = {earlier.id for earlier in self.ledger.reservations()}
        try:
            reservation = self.ledger.reserve(request)
        except BudgetRefused:
            assert self.over(where, request.loss.nano_rho)
            return multiple()
        self.asked[request.fingerprint] = request
        if reservation.id in before:
            return multiple()
        assert not self.over(where, request.loss.nano_rho)
        self.held[where] += request.loss.nano_rho
        return reservation.id

    @rule(target=opened, reservation_id=consumes(waiting))
    def begin(self, reservation_id: str) -> object:
        reservation = self.ledger.reservation(reservation_id)
        if self.over(self.place(reservation), 0):
            try:
                self.ledger.begin(reservation_id)
            except BudgetRefused:
                self.ledger.cancel(reservation_id)
                self.held[self.place(reservation)] -= reservation.loss.nano_rho
                return multiple()
            raise AssertionError("a frozen account opened something")
        permit = self.ledger.begin(reservation_id)
        self.ledger.redeem(permit)
        self.held[self.place(reservation)] -= reservation.loss.nano_rho
        self.spent[self.place(reservation)] += reservation.loss.nano_rho
        return permit

    @rule(reservation_id=consumes(waiting))
    def cancel(self, reservation_id: str) -> None:
        reservation = self.ledger.reservation(reservation_id)
        self.ledger.cancel(reservation_id)
        self.held[self.place(reservation)] -= reservation.loss.nano_rho

    @rule(permit=opened, answer=st.booleans())
    def draw(self, permit: DataPermit, *, answer: bool) -> None:
        draws = self.ledger.draws(permit.reservation_id)
        state = self.ledger.reservation(permit.reservation_id).state
        if state is State.OPENED and all(draw.answer_digest for draw in draws):
            self.ledger.record_intent(permit, len(draws), "i")
            if answer:
                self.ledger.record_answer(permit, len(draws), "a")

    @rule(permit=consumes(opened))
    def settle(self, permit: DataPermit) -> None:
        lost = any(draw.answer_digest is None for draw in self.ledger.draws(permit.reservation_id))
        self.ledger.settle(permit.reservation_id, release_digest=None if lost else "r")

    @rule(name=st.sampled_from(["all", "a", "b"]), epsilon=st.sampled_from(sorted(CAPS)))
    def set_cap(self, name: str, epsilon: float) -> None:
        self.caps[name] = CAPS[epsilon]
        self.ledger.set_cap(name, CAPS[epsilon], by="o")

    @precondition(lambda self: self.asked)
    @rule()
    def recover(self) -> None:
        recovery = self.ledger.recover(journaled=lambda _id, _number: False)
        assert (recovery.released, recovery.settled) == ((), ())

    @invariant()
    def the_books_agree_with_the_model(self) -> None:
        for name in ("all", "a", "b"):
            balance = self.ledger.balance(name)
            assert balance.spent.nano_rho + balance.reserved.nano_rho == self.total(name)
            assert balance.frozen == (self.over(name, 0) if name != "all" else self.total("all") > self.cap("all"))
            assert balance.spent.nano_rho == self.total(name, spent=True)


TestLedger = pytest.mark.slow(LedgerMachine.TestCase)
TestLedger.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
