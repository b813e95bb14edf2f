"""Attack: whoever can write a SQLite ledger deletes the entry that lowered a cap, and restores the old cap.

The older entry, signed by the officer, has the higher cap, and the table agrees with it, so officers' keys do not help.
Reserving continued; only ``ledger verify`` noticed that an entry was missing.
"""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from asked import a_request, a_source

from synth_assets.errors import IntegrityError
from synth_assets.ledger import Account, ReservationRequest, open_ledger
from synth_assets.ledger.keys import create_key, load_signer
from synth_assets.ledger.sql import SqlLedger
from synth_assets.ledger.trust import Trust
from synth_assets.privacy import Cap, PrivacyLoss, PrivacyUnit

UNIT = PrivacyUnit()


def asking(fingerprint: str) -> ReservationRequest:
    return a_request("survey", fingerprint=fingerprint, loss=PrivacyLoss(nano_rho=50_000_000))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger whose officer lowered the cap from epsilon 3 to 1, and registered a source after that."""
    public = create_key(tmp_path / "officer.key")
    officer = open_ledger(root=tmp_path, trust=Trust(signer=load_signer(tmp_path / "officer.key"), officers=(public,)))
    officer.open_account(
        Account(name="survey", source="survey", population="p", unit=UNIT), Cap(epsilon=3.0, delta=1e-7), by="officer"
    )
    officer.add_source(a_source("survey"), by="officer")
    officer.set_cap("survey", Cap(epsilon=1.0, delta=1e-7), by="officer")
    officer.open_account(
        Account(name="other", source="other", population="p", unit=UNIT), Cap(epsilon=1.0, delta=1e-7), by="officer"
    )
    return Path(officer.engine.url.database or "")


def engineer(path: Path) -> SqlLedger:
    from synth_assets.ledger.keys import load_public_key, public_path

    officers = (load_public_key(public_path(path.parents[1] / "officer.key")),)
    return open_ledger(root=path.parents[1], trust=Trust(officers=officers))


def put_the_old_cap_back(path: Path) -> None:
    loss = Cap(epsilon=3.0, delta=1e-7).loss()
    with closing(sqlite3.connect(path)) as connection, connection:
        for (law,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {law}")
        connection.execute("DELETE FROM entries WHERE kind = 'CAP_SET'")
        connection.execute(
            "UPDATE accounts SET cap_nano_rho = ?, cap = (SELECT json_extract(payload, '$.cap') FROM entries "
            "WHERE kind = 'ACCOUNT_OPENED' AND account = 'survey') WHERE name = 'survey'",
            (loss.nano_rho,),
        )


def test_nothing_is_reserved_on_a_ledger_that_lacks_an_entry(path: Path) -> None:
    put_the_old_cap_back(path)
    with pytest.raises(IntegrityError):
        engineer(path).reserve(asking("f"))


def test_nothing_is_opened_on_a_ledger_that_lacks_an_entry(path: Path) -> None:
    ledger = engineer(path)
    held = ledger.reserve(replace(asking("f"), loss=PrivacyLoss(nano_rho=1_000_000)))
    put_the_old_cap_back(path)
    with pytest.raises(IntegrityError):
        ledger.begin(held.id)
