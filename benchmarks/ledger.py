"""How fast a ledger with 100,000 entries is: reserve, open, balance, verify.

    python benchmarks/ledger.py [--entries 100000] [--url URL] [--json FILE]

Prints a table; bars: reserve under 20 ms median on SQLite, verify under 10 s.
The entries are written by the ledger's own functions, many per transaction, so
that the ledger is a valid one.
"""

import argparse
import json
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from synth_assets.ledger import Account, ReservationRequest, Source
from synth_assets.ledger.anchor import FileAnchor
from synth_assets.ledger.chain import open_book
from synth_assets.ledger.engine import connect
from synth_assets.ledger.follow import verify_ledger
from synth_assets.ledger.keys import create_key, load_signer
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.reservations import begin, reserve, settle
from synth_assets.ledger.sql import SqlLedger
from synth_assets.ledger.trust import Trust
from synth_assets.privacy import Cap, PrivacyLoss, PrivacyUnit

UNIT = PrivacyUnit(column="person", max_rows=3)
RUNS = 50
BATCH = 500


def ask(fingerprint: str) -> ReservationRequest:
    """Request one nano-rho."""
    return ReservationRequest(
        source="bench",
        version="1",
        fingerprint=fingerprint,
        refresh="once",
        dataset="bench",
        contract_digest="0" * 64,
        unit=UNIT,
        loss=PrivacyLoss(nano_rho=1),
        reason="benchmark",
        by="benchmark",
    )


def fill(ledger: SqlLedger, entries: int) -> None:
    """Write releases, three entries each, until the ledger has ``entries``."""
    account = Account(name="bench", source="bench", population="made up", unit=UNIT)
    ledger.open_account(account, Cap(epsilon=5.0, delta=1e-7), by="officer")
    columns = (("person", "integer"),)
    source = Source(name="bench", kind="csv", location="/x", columns=columns, unit=UNIT, account="bench", version="1")
    ledger.add_source(source, by="officer")
    for start in range(0, entries // 3, BATCH):
        with connect(ledger.engine, write=True) as connection:
            book = open_book(connection, signer=ledger.trust.signer)
            for number in range(start, min(start + BATCH, entries // 3)):
                reservation = reserve(book, ask(f"fill-{number}"), lease_ms=1000)
                begin(book, reservation.id, lease_ms=1000)
                settle(book, reservation.id, release_digest="0" * 64)


def milliseconds(act: Callable[[int], object], *, runs: int = RUNS) -> list[tuple[float, float]]:
    """Time each of ``runs`` calls: wall and CPU milliseconds."""
    taken = []
    for number in range(runs):
        wall, processor = time.perf_counter(), time.process_time()
        act(number)
        taken.append(((time.perf_counter() - wall) * 1000, (time.process_time() - processor) * 1000))
    return taken


def measure(ledger: SqlLedger) -> dict[str, list[tuple[float, float]]]:
    """Time the operations that people and runs wait for."""
    ids: list[str] = []
    trust = ledger.trust
    return {
        "reserve": milliseconds(lambda number: ids.append(ledger.reserve(ask(f"new-{number}")).id)),
        "reserve again": milliseconds(lambda number: ledger.reserve(ask(f"new-{number}"))),
        "begin, anchored": milliseconds(lambda number: ledger.begin(ids[number])),
        "balance": milliseconds(lambda _number: ledger.balance("bench")),
        "recover": milliseconds(lambda _number: ledger.recover(), runs=5),
        "verify": milliseconds(
            lambda _number: verify_ledger(ledger, anchor=trust.anchor, officers=trust.officers), runs=3
        ),
    }


def main() -> None:
    """Fill a ledger, time it, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--url", help="a ledger to fill; by default a new SQLite file")
    parser.add_argument("--json", type=Path, dest="report")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        public = create_key(root / "officer.key")
        anchor = FileAnchor(root / "anchor" / "heads")
        trust = Trust(signer=load_signer(root / "officer.key"), anchor=anchor, officers=(public,))
        ledger = open_ledger(options.url, root=root, trust=trust)
        ledger.init_anchor()
        started = time.perf_counter()
        fill(ledger, options.entries)
        filled = time.perf_counter() - started
        taken = measure(ledger)
        count = verify_ledger(ledger).entries
    print(f"{count:,} entries on {ledger.engine.dialect.name}, filled in {filled:.0f} s; {platform.platform()}")
    print(f"{'':<18}{'median ms':>12}{'worst ms':>12}{'CPU ms':>12}")
    medians = {}
    for what, times in taken.items():
        wall, processor = zip(*times, strict=True)
        medians[what] = statistics.median(wall)
        print(f"{what:<18}{medians[what]:>12.1f}{max(wall):>12.1f}{statistics.median(processor):>12.1f}")
    if options.report:
        options.report.write_text(json.dumps({"entries": count, "median_ms": medians}, indent=1) + "\n")


if __name__ == "__main__":
    main()
