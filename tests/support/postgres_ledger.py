"""A small ledger on a PostgreSQL server, requests to it, and statements that go around it."""

from asked import a_request, a_source
from sqlalchemy.exc import DBAPIError

from synth_assets.ledger import Account, ReservationRequest
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import Cap, PrivacyLoss, PrivacyUnit

UNIT = PrivacyUnit(column="a")


def ask(fingerprint: str = "f", *, nano_rho: int = 1000, **part: str) -> ReservationRequest:
    loss = PrivacyLoss(nano_rho=nano_rho)
    return a_request("survey", version="1", fingerprint=fingerprint, refresh="once", loss=loss, unit=UNIT, **part)


def small_ledger(url: str) -> SqlLedger:
    """Open an account and register a source in an empty ledger."""
    ledger = open_ledger(url)
    account = Account(name="survey", source="s", population="p", unit=UNIT)
    ledger.open_account(account, Cap(epsilon=1.0, delta=1e-7), by="o")
    ledger.add_source(a_source("survey", kind="csv", location="/x", columns=(), version="1", unit=UNIT), by="o")
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
