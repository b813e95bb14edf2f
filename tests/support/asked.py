"""Requests and sources for a ledger, for tests that care about one or two of the facts."""

from typing import Any

from synth_assets.ledger import ReservationRequest, Source
from synth_assets.privacy import PrivacyLoss, PrivacyUnit

__all__ = ["a_request", "a_source"]


def a_request(source: str, **changes: Any) -> ReservationRequest:
    """Ask for a release of ``source`` at version 2026-11, as an engineer does."""
    facts: dict[str, Any] = {
        "version": "2026-11",
        "fingerprint": "f",
        "refresh": "version",
        "dataset": source,
        "contract_digest": "0" * 64,
        "unit": PrivacyUnit(),
        "loss": PrivacyLoss(nano_rho=1_000_000),
        "reason": "test",
        "by": "engineer",
    }
    return ReservationRequest(source=source, **{**facts, **changes})


def a_source(name: str, **changes: Any) -> Source:
    """Describe a source that lies nowhere, bound to the account of its name."""
    facts: dict[str, Any] = {
        "kind": "parquet",
        "location": f"/nowhere/{name}.parquet",
        "columns": (("age", "int64"),),
        "unit": PrivacyUnit(),
        "account": name,
        "version": "2026-11",
    }
    return Source(name=name, **{**facts, **changes})
