"""Attack: whoever can write a SQLite ledger widens the window of a signed account while it is measured.

Reserving refused that. Resuming an interrupted measurement did not: the permit had the edited window, every row was
read, and the account above was charged for one part. The same happened where a migration had narrowed a window.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from asked import a_request, a_source

from synth_assets.errors import IntegrityError
from synth_assets.ledger import Account, DataPermit, open_ledger
from synth_assets.ledger.keys import create_key, load_signer
from synth_assets.ledger.sql import SqlLedger
from synth_assets.ledger.trust import Trust
from synth_assets.privacy import Cap, PrivacyUnit

UNIT = PrivacyUnit(column="person", max_rows=1)
CAP = Cap(epsilon=3.0, delta=1e-7)
EVER = "seen=0001-01-01T00:00:00/9999-01-01T00:00:00"


@pytest.fixture
def ledger(tmp_path: Path) -> SqlLedger:
    """A ledger whose accounts and source an officer signed; its users trust only that officer."""
    public = create_key(tmp_path / "officer.key")
    trust = Trust(signer=load_signer(tmp_path / "officer.key"), officers=(public,))
    officer = open_ledger(root=tmp_path, trust=trust)
    clinic = Account(name="clinic", source="clinic", population="patients", unit=UNIT, partitioned_by="window")
    officer.open_account(clinic, CAP, by="officer")
    window = "seen=2026-11-01T00:00:00/2026-12-01T00:00:00"
    november = Account(
        name="november", source="clinic", population="patients", unit=UNIT, parent="clinic", window=window
    )
    officer.open_account(november, CAP, by="officer")
    ward = Account(name="ward", source="clinic", population="patients", unit=UNIT, parent="november", window=window)
    officer.open_account(ward, CAP, by="officer")
    columns = (("person", "int64"), ("seen", "timestamp[us]"))
    officer.add_source(a_source("ward", columns=columns, unit=UNIT), by="officer")
    return open_ledger(root=tmp_path, trust=Trust(officers=(public,)))


def opened(ledger: SqlLedger) -> DataPermit:
    request = a_request("ward", unit=UNIT)
    return ledger.begin(ledger.reserve(request).id)


def edit(ledger: SqlLedger, *, account: str, window: str | None) -> None:
    with closing(sqlite3.connect(str(ledger.engine.url.database))) as connection, connection:
        connection.execute("UPDATE accounts SET time_window = ? WHERE name = ?", (window, account))


@pytest.mark.parametrize("account", ["ward", "november"])
@pytest.mark.parametrize("window", [EVER, None])
def test_a_measurement_is_not_taken_up_under_an_edited_window(
    ledger: SqlLedger, account: str, window: str | None
) -> None:
    permit = opened(ledger)
    edit(ledger, account=account, window=window)
    with pytest.raises(IntegrityError, match="is not what an officer signed"):
        ledger.begin(permit.reservation_id)


@pytest.mark.parametrize("account", ["ward", "november"])
def test_a_permit_is_not_exchanged_after_a_window_was_edited(ledger: SqlLedger, account: str) -> None:
    permit = opened(ledger)
    edit(ledger, account=account, window=EVER)
    with pytest.raises(IntegrityError):
        ledger.redeem(permit)


def test_an_untouched_one_is_taken_up_and_exchanged(ledger: SqlLedger) -> None:
    permit = ledger.begin(opened(ledger).reservation_id)
    assert ledger.redeem(permit).location == "/nowhere/ward.parquet"
