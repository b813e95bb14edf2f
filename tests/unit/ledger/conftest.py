"""A ledger with one account and one source, and requests against it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from synth_assets.ledger import Account, ReservationRequest, Source
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import Cap, PrivacyLoss, PrivacyUnit

UNIT = PrivacyUnit(column="person", max_rows=3)


@pytest.fixture
def account() -> Account:
    return Account(name="survey", source="survey", population="adults", unit=UNIT)


@pytest.fixture
def source() -> Source:
    return Source(
        name="survey",
        kind="csv",
        location="/private/survey.csv",
        options={"separator": ";"},
        columns=(("person", "integer"), ("age", "integer")),
        unit=UNIT,
        account="survey",
        version="2026-11",
    )


@pytest.fixture
def empty(tmp_path: Path) -> SqlLedger:
    return open_ledger(root=tmp_path)


@pytest.fixture
def ledger(empty: SqlLedger, account: Account, source: Source) -> SqlLedger:
    """An account of (3, 1e-7), which is 157,265,387 nano-rho, and a source bound to it."""
    empty.open_account(account, Cap(epsilon=3.0, delta=1e-7), by="officer")
    empty.add_source(source, by="officer")
    return empty


@pytest.fixture
def request_for() -> Callable[..., ReservationRequest]:
    def make(fingerprint: str = "f", *, nano_rho: int = 50_000_000, **changes: object) -> ReservationRequest:
        values: dict[str, object] = {
            "source": "survey",
            "version": "2026-11",
            "fingerprint": fingerprint,
            "refresh": "once",
            "dataset": "survey",
            "contract_digest": "0" * 64,
            "unit": UNIT,
            "loss": PrivacyLoss(nano_rho=nano_rho),
            "reason": "teaching",
            "by": "engineer",
        }
        return ReservationRequest(**{**values, **changes})  # type: ignore[arg-type]

    return make
