"""A small ledger on a PostgreSQL server, requests to it, and statements that go around it."""

from sqlalchemy.exc import DBAPIError

from synth_assets.ledger import Account, ReservationRequest, Source
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import Cap, PrivacyLoss, PrivacyUnit

UNIT = PrivacyUnit()


def ask(fingerprint: str = "f", *, nano_rho: int = 1000) -> ReservationRequest:
    return ReservationRequest(
        source="survey",
        version="1",
        fingerprint=fingerprint,
        refresh="once",
        dataset="survey",
        contract_digest="0",
        unit=UNIT,
        loss=PrivacyLoss(nano_rho=nano_rho),
        reason="test",
        by="engineer",
    )


def small_ledger(url: str) -> SqlLedger:
    """Open an account and register a source in an empty ledger."""
    ledger = open_ledger(url)
    account = Account(name="survey", source="s", population="p", unit=UNIT)
    ledger.open_account(account, Cap(epsilon=1.0, delta=1e-7), by="o")
    source = Source(name="survey", kind="csv", location="/x", columns=(), unit=UNIT, account="survey", version="1")
    ledger.add_source(source, by="o")
    return ledger


def attempt(ledger: SqlLedger, statement: str) -> str:
    """Run a statement the way psql would, and never keep it; return the server's error message."""
    with ledger.engine.connect() as connection:
        try:
            connection.exec_driver_sql(statement.replace("%", "%%"))
        except DBAPIError as error:
            return str(error.orig)
        finally:
            connection.rollback()
    return ""
