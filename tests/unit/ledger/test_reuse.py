"""Which release answers a request for nothing: that of the source's label, else, once for ever, the newest."""

from pathlib import Path

import pytest
from asked import a_request, a_source

from synth_assets.ledger import Account, Source, open_ledger
from synth_assets.ledger.reuse import reusable
from synth_assets.ledger.sql import SqlLedger
from synth_assets.privacy import Cap, PrivacyLoss, PrivacyUnit

UNIT = PrivacyUnit()


def source(ledger: SqlLedger) -> Source:
    return ledger.source("census")


def measured(ledger: SqlLedger, version: str, *, digest: str | None, fingerprint: str = "f") -> None:
    """Pay for a release of a version label, which then is the source's."""
    ledger.set_version("census", version, by="custodian")
    loss = PrivacyLoss(nano_rho=10)
    request = a_request("census", version=version, fingerprint=fingerprint, loss=loss)
    reservation = ledger.reserve(request)
    ledger.begin(reservation.id)
    ledger.settle(reservation.id, release_digest=digest)


def reused_digest(ledger: SqlLedger, *, any_version: bool) -> str | None:
    reservation = reusable(ledger, source(ledger), fingerprint="f", any_version=any_version)
    return None if reservation is None else reservation.release_digest


@pytest.fixture
def ledger(tmp_path: Path) -> SqlLedger:
    opened = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    opened.open_account(
        Account(name="town", source="census", population="nobody", unit=UNIT), Cap(epsilon=9, delta=1e-5), by="officer"
    )
    opened.add_source(a_source("census", account="town"), by="officer")
    return opened


def test_nothing_is_reused_where_nothing_was_paid(ledger: SqlLedger) -> None:
    assert reused_digest(ledger, any_version=True) is None
    measured(ledger, "2026-11", digest="d" * 64, fingerprint="another")
    assert reused_digest(ledger, any_version=True) is None


def test_a_release_of_another_label_answers_only_who_asks_for_any(ledger: SqlLedger) -> None:
    measured(ledger, "2026-11", digest="a" * 64)
    ledger.set_version("census", "2026-12", by="custodian")
    assert reused_digest(ledger, any_version=True) == "a" * 64
    assert reused_digest(ledger, any_version=False) is None


def test_a_label_that_is_moved_back_finds_its_own_release_again(ledger: SqlLedger) -> None:
    measured(ledger, "2026-11", digest="a" * 64)
    measured(ledger, "2026-12", digest="b" * 64)
    assert reused_digest(ledger, any_version=True) == "b" * 64
    ledger.set_version("census", "2026-11", by="custodian")
    assert reused_digest(ledger, any_version=True) == reused_digest(ledger, any_version=False) == "a" * 64


def test_a_dead_reservation_has_no_release(ledger: SqlLedger) -> None:
    measured(ledger, "2026-11", digest=None)
    assert reused_digest(ledger, any_version=True) is None
