"""Races and kills against a real ledger; run by test_ledger_faults.py in a process of its own.

    python ledger_faults.py race URL ROUNDS SEED
    python ledger_faults.py parts URL ROUNDS SEED
    python ledger_faults.py same URL ROUNDS SEED
    python ledger_faults.py kill URL RUNS SEED

Prints one JSON object with what was counted. Children are forked from a process
that has everything loaded, so that a run takes milliseconds and not seconds.
"""

import json
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event

from synth_assets.errors import BudgetRefused, LedgerBusy
from synth_assets.files import sha256_bytes, write_bytes
from synth_assets.ledger import Account, DataPermit, ReservationRequest, Source, State
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import Cap, PrivacyLoss, PrivacyUnit

UNIT = PrivacyUnit(column="a")
CAP = Cap(epsilon=3.0, delta=1e-7)
PROCESSES, REQUESTS, ROOM, DRAWS = 8, 200, 100, 2


def prepare(ledger: SqlLedger, name: str) -> None:
    """Open an account and bind a source of the same name to it."""
    account = Account(name=name, source=name, population="made up", unit=UNIT)
    ledger.open_account(account, CAP, by="officer")
    columns = (("a", "integer"),)
    source = Source(name=name, kind="csv", location="/x", columns=columns, unit=UNIT, account=name, version="1")
    ledger.add_source(source, by="officer")


def ask(name: str, fingerprint: str, nano_rho: int, **part: str) -> ReservationRequest:
    """Ask for a loss against the account of that name, or against a part of it."""
    return ReservationRequest(
        source=name,
        version="1",
        fingerprint=fingerprint,
        refresh="once",
        dataset=name,
        contract_digest="0",
        unit=UNIT,
        loss=PrivacyLoss(nano_rho=nano_rho),
        reason="test",
        by="engineer",
        **part,
    )


def fork(act: Callable[[], int]) -> int:
    """Run ``act`` in a child that ends without any clean-up; its result is the exit code."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = act()
        finally:
            os._exit(code)
    return child


def race(url: str, *, rounds: int, split: bool = False) -> dict[str, Any]:
    """Let processes ask for more than there is, all at once, again and again; half of them for each part if split."""
    ledger, granted, held = open_ledger(url), [], []
    share = CAP.loss().nano_rho // ROOM
    for number in range(rounds):
        name = f"race-{number}-{os.getpid()}"
        prepare(ledger, name)
        digest = ledger.split_account(name, share=0.5, by="officer").digest if split else ""
        parts = [{"split": digest, "part": part} if split else {} for part in ("measured", "held_out")]
        gate, release = os.pipe()
        children = [
            fork(partial(grab, url, name, who, share=share, gate=gate, part=parts[who % 2])) for who in range(PROCESSES)
        ]
        os.write(release, b"g" * PROCESSES)
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        granted.append(sum(codes))
        held.append(ledger.balance(name).reserved.nano_rho // share)
    return {"granted": granted, "held": held}


def grab(url: str, name: str, who: int, *, share: int, gate: int, part: dict[str, str]) -> int:  # noqa: PLR0913
    """Ask 200 times for a hundredth of the cap; return how often it was granted."""
    ledger, granted = open_ledger(url, busy_seconds=300), 0
    os.read(gate, 1)
    for number in range(REQUESTS):
        try:
            ledger.reserve(ask(name, f"{who}-{number}", share, **part))
            granted += 1
        except BudgetRefused:
            pass
    return granted


def same(url: str, *, rounds: int) -> dict[str, Any]:
    """Let processes ask for and open the very same release, all at once."""
    ledger, opened, charged = open_ledger(url), [], []
    for number in range(rounds):
        name = f"same-{number}-{os.getpid()}"
        prepare(ledger, name)
        (gate, release), (done, report), (leave, let_go) = os.pipe(), os.pipe(), os.pipe()
        pipes = {"gate": gate, "report": report, "leave": leave}
        children = [fork(partial(open_same, url, name, **pipes)) for _ in range(PROCESSES)]
        os.write(release, b"g" * PROCESSES)
        heard = b""
        while len(heard) < PROCESSES:  # who opened it must live until all others tried
            heard += os.read(done, PROCESSES)
        os.write(let_go, b"l" * PROCESSES)
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        opened.append(sum(codes))
        charged.append(ledger.balance(name).spent.nano_rho)
    return {"opened": opened, "charged": charged}


def open_same(url: str, name: str, *, gate: int, report: int, leave: int) -> int:
    """Try to open one release; return 1 if this process may."""
    ledger, opened = open_ledger(url, busy_seconds=300), 0
    os.read(gate, 1)
    try:
        ledger.redeem(ledger.begin(ledger.reserve(ask(name, "f", 1000)).id))
        opened = 1
    except LedgerBusy:
        pass
    os.write(report, b"d")
    os.read(leave, 1)
    return opened


class Journal:
    """The private zone: answers as files, and a log of every draw that was really made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def answer(self, reservation_id: str, number: int) -> Path:
        return self.folder / f"{reservation_id}-{number}"

    def has(self, reservation_id: str, number: int) -> bool:
        return self.answer(reservation_id, number).exists()

    def draw(self, reservation_id: str, number: int) -> bytes:
        """Draw noise: what must never happen twice for one number."""
        with (self.folder / "drawn").open("ab", buffering=0) as log:
            log.write(f"{reservation_id} {number}\n".encode())
        return os.urandom(8)

    def drawn(self) -> Counter[tuple[str, str]]:
        log = self.folder / "drawn"
        lines = log.read_text().splitlines() if log.exists() else []
        return Counter(tuple(line.split()) for line in lines)  # type: ignore[misc]


def measure(ledger: SqlLedger, journal: Journal, request: ReservationRequest, reach: Callable[[], None]) -> int:
    """Make one release the way the measuring process does, from wherever the last try ended."""
    ledger.recover(journaled=journal.has)
    reservation = ledger.reserve(request)
    while reservation.state is not State.SETTLED:
        permit = ledger.begin(reservation.id)
        ledger.redeem(permit)
        if all(answered(ledger, journal, permit, number, reach) for number in range(DRAWS)):
            ledger.settle(reservation.id, release_digest=sha256_bytes(reservation.id.encode()))
        else:
            ledger.settle(reservation.id, release_digest=None)
        reservation = ledger.reserve(request)
    if reservation.release_digest is not None:
        ledger.ensure_anchored(reservation.id)  # as a promotion does: the process may have died before its anchor
    return 0


def answered(ledger: SqlLedger, journal: Journal, permit: DataPermit, number: int, reach: Callable[[], None]) -> bool:
    """Make one draw, or use its journaled answer; false when it may have been made and is lost."""
    known = {draw.number: draw for draw in ledger.draws(permit.reservation_id)}
    path = journal.answer(permit.reservation_id, number)
    if number not in known:
        ledger.record_intent(permit, number, "i")
        reach()
        noise = journal.draw(permit.reservation_id, number)
        reach()
        write_bytes(path, noise)
        reach()
    elif not path.exists():
        return False
    ledger.record_answer(permit, number, sha256_bytes(path.read_bytes()))
    return True


class Bomb:
    """Counts every statement, commit and close of a connection, and kills its process at one of them."""

    def __init__(self, ledger: SqlLedger, *, at: int) -> None:
        self.left = at
        self.reached = 0
        for moment in ("before_cursor_execute", "after_cursor_execute", "commit", "close"):
            event.listen(ledger.engine, moment, self.reach)

    def reach(self, *_ignored: object) -> None:
        self.reached += 1
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def kill(url: str, *, runs: int, seed: int) -> dict[str, Any]:
    """Kill a measurement at every point in turn, kill its retry too, then let a third one finish."""
    chance, ledger = random.Random(seed), open_ledger(url)  # noqa: S311 -- chooses where to kill, nothing private
    points = points_of(url, ledger)
    wrong: list[str] = []
    attempts: Counter[int] = Counter()
    kills = 0
    for run in range(runs):
        name = f"kill-{run}-{os.getpid()}"
        prepare(ledger, name)
        # Every second account is split, and its release is charged to one part of it.
        digest = ledger.split_account(name, share=0.1, by="officer").digest if run % 2 else None
        with tempfile.TemporaryDirectory() as folder:
            part = {"split": digest, "part": "measured"} if digest else {}
            journal, request = Journal(Path(folder)), ask(name, "f", 1000, **part)
            first = 1 + (run * points // runs if runs < points else run % points)
            for at in (first, chance.randint(1, points), -chance.randint(1, 40)):
                kills += killed(partial(strike, url, journal, request, at=at))
            if killed(partial(strike, url, journal, request, at=0)):
                wrong.append(f"{run}: did not finish")
            attempts[len(ledger.reservations(name))] += 1
            wrong += [f"{run}: {fault}" for fault in faults(ledger, journal, name)]
    return {"runs": runs, "points": points, "kills": kills, "attempts": dict(attempts), "wrong": wrong}


def points_of(url: str, ledger: SqlLedger) -> int:
    """Count the moments of one undisturbed measurement."""
    name = f"count-{os.getpid()}"
    prepare(ledger, name)
    counted = open_ledger(url)
    with tempfile.TemporaryDirectory() as folder:
        bomb = Bomb(counted, at=-1)
        measure(counted, Journal(Path(folder)), ask(name, "f", 1000), bomb.reach)
    return bomb.reached


def strike(url: str, journal: Journal, request: ReservationRequest, *, at: int) -> int:
    """Measure until the bomb: at moment ``at`` (0: never), or after ``-at`` milliseconds wherever that is."""
    ledger = open_ledger(url, lease_seconds=-1)
    if at < 0:
        # Without a handler this signal ends the process on the spot, inside a system call or a commit too.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, -at / 1000)
    return measure(ledger, journal, request, Bomb(ledger, at=at).reach)


def killed(act: Callable[[], int]) -> bool:
    """Run ``act`` in a child; return whether it was killed, and fail loudly if it failed otherwise."""
    code = os.waitstatus_to_exitcode(os.waitpid(fork(act), 0)[1])
    if code > 0:
        raise SystemExit(f"a child ended with {code}")
    return code < 0


def faults(ledger: SqlLedger, journal: Journal, name: str) -> list[str]:
    """Compare the books with what was really drawn."""
    problems = []
    reservations, drawn = ledger.reservations(name), journal.drawn()
    paid = {r.id for r in reservations if r.state in (State.OPENED, State.SETTLED)}
    if any(count > 1 for count in drawn.values()):
        problems.append("a draw was repeated under one charge")
    if not {reservation_id for reservation_id, _ in drawn} <= paid:
        problems.append("something was drawn and not paid")
    if ledger.balance(name).spent.nano_rho != 1000 * len(paid):
        problems.append("a charge was lost")
    if any(r.state in (State.RESERVED, State.OPENED) for r in reservations) or ledger.balance(name).reserved.nano_rho:
        problems.append("a reservation is stuck")
    if sum(r.release_digest is not None for r in reservations) != 1:
        problems.append("not exactly one release")
    lost = [r for r in reservations if r.dead]
    if any(all(d.answer_digest for d in ledger.draws(r.id)) for r in lost):
        problems.append("an attempt died without a lost draw")
    opened = Counter(entry.reservation_id for entry in ledger.entries(name) if entry.kind == "OPENED")
    if opened != Counter(paid):
        problems.append("the book and the states disagree")
    return problems


def main(mode: str, url: str, count: str, seed: str) -> None:
    """Load OpenDP once, before the forks, then run."""
    CAP.loss()
    modes = {"race": race, "parts": partial(race, split=True), "same": same}
    result = modes[mode](url, rounds=int(count)) if mode in modes else kill(url, runs=int(count), seed=int(seed))
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
