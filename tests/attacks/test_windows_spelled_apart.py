"""Attack: one window, in three spellings, is treated as three parts of a partitioned account.

The parent is charged only its largest part. Whoever opens three accounts over the same month, each with another
spelling of it, measures the same people three times and is charged once.
"""

from pathlib import Path

import pytest
from asked import a_request, a_source

from synth_assets.errors import UsageError
from synth_assets.ledger import Account, open_ledger
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import Cap, PrivacyLoss, PrivacyUnit

UNIT = PrivacyUnit(column="person", max_rows=1)
CAP = Cap(epsilon=3.0, delta=1e-7)
SPELLED = (
    "seen=2026-11-01/2026-12-01",
    "seen=2026-11-01T00:00:00/2026-12-01T00:00:00",
    " seen = 2026-11-01T00:00/2026-12-01 ",
)
ZONED = (
    "seen=2026-11-01T00:00Z/2026-12-01T00:00Z",
    "seen=2026-11-01T01:00+01:00/2026-12-01T01:00+01:00",
)


@pytest.fixture
def ledger(tmp_path: Path) -> SqlLedger:
    opened = open_ledger(root=tmp_path)
    clinic = Account(name="clinic", source="clinic", population="patients", unit=UNIT, partitioned_by="window")
    opened.open_account(clinic, CAP, by="officer")
    return opened


def open_part(ledger: SqlLedger, name: str, window: str) -> None:
    part = Account(name=name, source=name, population="patients", unit=UNIT, parent="clinic", window=window)
    ledger.open_account(part, CAP, by="officer")
    columns = (("person", "int64"), ("seen", "timestamp[us]"))
    ledger.add_source(a_source(name, columns=columns, unit=UNIT), by="officer")


def pay(ledger: SqlLedger, name: str) -> None:
    request = a_request(name, fingerprint=name, unit=UNIT, loss=PrivacyLoss(nano_rho=20_000_000))
    ledger.begin(ledger.reserve(request).id)


@pytest.mark.parametrize("spelled", [SPELLED, ZONED], ids=["naive", "zoned"])
def test_the_parent_is_charged_for_every_spelling_of_one_window(ledger: SqlLedger, spelled: tuple[str, ...]) -> None:
    for number, window in enumerate(spelled):
        open_part(ledger, f"part-{number}", window)
        pay(ledger, f"part-{number}")
    assert ledger.balance("clinic").spent.nano_rho == 20_000_000 * len(spelled)


def test_a_zoned_window_beside_a_naive_one_is_refused_with_a_message(ledger: SqlLedger) -> None:
    open_part(ledger, "november", SPELLED[0])
    with pytest.raises(UsageError, match="time zone"):
        open_part(ledger, "november-in-utc", ZONED[0])


def test_windows_that_are_apart_are_still_parts(ledger: SqlLedger) -> None:
    for name, window in {"november": SPELLED[0], "december": "seen=2026-12-01/2027-01-01"}.items():
        open_part(ledger, name, window)
        pay(ledger, name)
    assert ledger.balance("clinic").spent.nano_rho == 20_000_000
