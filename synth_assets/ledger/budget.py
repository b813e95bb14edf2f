"""Answer questions about a budget: what happened, what is left, what a contract would cost.

Everything here follows from the ledger log and from public facts; nothing reads
a private row or imports a measurement.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from synth_assets.ledger.protocol import Ledger
from synth_assets.ledger.readings import described
from synth_assets.ledger.totals import less, slack_of_part
from synth_assets.ledger.types import Account, Balance, Entry
from synth_assets.ledger.windows import parse_window, worst_run
from synth_assets.privacy import PrivacyLoss, PrivacyUnit, compose

__all__ = ["Event", "Plan", "crossed", "history", "make_plan", "noise_of", "worst_windows"]


_PARTS: dict[str | None, str] = {"measured": "measured", "held_out": "held-out"}
_WITH_REASON = frozenset({"CAP_SET", "ACCOUNT_CLOSED", "SOURCE_MOVED", "VERSION_SET", "CURATED", "CURATOR_READ"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of an account's history, for display.

    Attributes:
        time: ISO 8601, UTC.
        what: in words.
        by: who did it, as stated.
        login: who the database or operating system says it was.
        account: the account concerned.
        dataset: the contract's name, if any.
        reason: the stated reason, if any.
        nano_rho: what an opening, or a correction of one, charged; otherwise 0.
        reservation_id: the reservation, if any.
        run_id: the Dagster run, if any.
    """

    time: str
    what: str
    by: str
    login: str
    account: str | None
    dataset: str | None = None
    reason: str | None = None
    nano_rho: int = 0
    reservation_id: str | None = None
    run_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a contract would do to its account.

    Attributes:
        balance: as it is now.
        asked: one release.
        releases_left: how many releases of this size still fit, parents taken into account.
        epsilon_asked: one release, at the account's delta.
        epsilon_after: everything spent and reserved plus this release; not a sum of epsilons.
        noise: standard deviation of one count in one table, in rows, if the loss is shared equally.
    """

    balance: Balance
    asked: PrivacyLoss
    releases_left: int
    epsilon_asked: float
    epsilon_after: float
    noise: float


def history(ledger: Ledger, account: str | None = None) -> Iterator[Event]:
    """Yield an account's events, or all, oldest first."""
    requests: dict[str, Any] = {}
    for entry in ledger.entries(account):
        if entry.kind == "RESERVED":
            requests[str(entry.reservation_id)] = entry.payload["request"]
        yield _event(entry, requests.get(str(entry.reservation_id), {}))


def make_plan(  # noqa: PLR0913 - all that a plan depends on
    ledger: Ledger,
    *,
    account: str,
    asked: PrivacyLoss,
    unit: PrivacyUnit,
    tables: int,
    on_tables: PrivacyLoss | None = None,
    part: str | None = None,
) -> Plan:
    """Compute the cost of a release, and its noise if ``on_tables`` of its loss (default: all) is spent on tables.

    The release reads ``part`` of a split account, or all units.
    """
    balance = ledger.balance(account, part=part)
    held = balance.spent + balance.reserved
    return Plan(
        balance=balance,
        asked=asked,
        releases_left=_how_many(asked, balance.remaining),
        epsilon_asked=balance.epsilon_of(asked),
        epsilon_after=balance.epsilon_of(held + less(asked, slack_of_part(balance.parts, part))),
        noise=noise_of(asked if on_tables is None else on_tables, unit=unit, tables=tables),
    )


def noise_of(loss: PrivacyLoss, *, unit: PrivacyUnit, tables: int) -> float:
    """Return the standard deviation of the noise on one count, in rows.

    For display only: a measurement takes its scale from OpenDP. All rows of a
    unit may fall in one cell of each table, so the sensitivity of ``q`` tables
    is ``max_rows * sqrt(q)`` (Bun and Steinke 2016, proposition 1.6).
    """
    return unit.max_rows * math.sqrt(tables / (2 * loss.rho)) if loss.nano_rho else math.inf


def worst_windows(ledger: Ledger, parent: str, *, windows: int) -> PrivacyLoss:
    """Return the largest privacy loss of a person present in ``windows`` consecutive windows of a parent."""
    children = sorted((child for child in ledger.accounts() if child.parent == parent and child.window), key=_start)
    spans: dict[str, list[PrivacyLoss]] = {}
    for child in children:
        spans.setdefault(str(child.window), []).append(ledger.balance(child.name).spent)
    return worst_run([compose(losses) for losses in spans.values()], windows=windows)


def crossed(balance: Balance, *, before: PrivacyLoss, thresholds: Sequence[float] = (0.5, 0.8, 0.95)) -> list[float]:
    """Return the shares of the cap that were passed since ``before`` was spent, for alerts."""
    return [share for share in thresholds if _share(before, balance) < share <= _share(balance.spent, balance)]


def _share(loss: PrivacyLoss, balance: Balance) -> float:
    parts = ((loss.nano_rho, balance.cap.nano_rho), (loss.atto_delta, balance.cap.atto_delta))
    return max((used / cap for used, cap in parts if cap), default=0.0)


def _how_many(asked: PrivacyLoss, remaining: PrivacyLoss) -> int:
    parts: Iterable[tuple[int, int]] = ((asked.nano_rho, remaining.nano_rho), (asked.atto_delta, remaining.atto_delta))
    return min((available // needed for needed, available in parts if needed), default=0)


def _start(account: Account) -> Any:
    return parse_window(str(account.window)).start


def _event(entry: Entry, request: dict[str, Any]) -> Event:
    return Event(
        time=entry.time,
        what=_words(entry),
        by=entry.by,
        login=entry.login,
        account=entry.account,
        dataset=request.get("dataset") or (entry.payload["dataset"] if entry.kind == "CURATOR_READ" else None),
        reason=request.get("reason") or (entry.payload.get("reason") if entry.kind in _WITH_REASON else None) or None,
        nano_rho=_charged(entry, request),
        reservation_id=entry.reservation_id,
        run_id=request.get("run_id"),
    )


def _charged(entry: Entry, request: dict[str, Any]) -> int:
    if entry.kind == "CORRECTED":
        return int(entry.payload["nano_rho"])
    return int(request["loss"]["nano_rho"]) if entry.kind == "OPENED" and request else 0


def _words(entry: Entry) -> str:
    facts = entry.payload
    words = {
        "SPLIT_SET": "{share_ppm} of a million units are held out from here on, for good",
        "ACCOUNT_OPENED": "account opened with epsilon {cap[epsilon]:g} at delta {cap[delta]:g}",
        "CAP_SET": "cap set to epsilon {cap[epsilon]:g} at delta {cap[delta]:g}",
        "ACCOUNT_CLOSED": "account closed",
        "CURATED": "opened to curators, for good",
        "SOURCE_ADDED": "source {name} registered, version {version}",
        "SOURCE_MOVED": "source {source} moved to another location, as {kind}",
        "VERSION_SET": "source {source} is now version {version}",
        "RESERVED": "reserved {request[source]} {request[version]}, attempt {attempt}",
        "OPENED": "opened: charged permanently",
        "RESUMED": "resumed after its process died",
        "REDEEMED": "source opened",
        "INTENT": "draw {number} announced",
        "ANSWER": "draw {number} made",
        "CANCELLED": "released without a charge: {reason}",
        "MIGRATED": "the ledger was migrated: entries of this account carry its tag from here on",
        "CORRECTED": "charged {nano_rho} nano-rho and {atto_delta} atto-delta more: {reason}",
    }
    if entry.kind == "SETTLED":
        digest = facts["release_digest"]
        return f"settled with release {digest[:12]}" if digest else f"died without a release: {facts['reason']}"
    if entry.kind == "CURATOR_READ":
        return f"{described(facts)} read, which no epsilon covers{_of_part(facts['part'])}"
    part = entry.part if entry.kind in ("RESERVED", "OPENED") else None
    return words[entry.kind].format(**facts) + _of_part(part)


def _of_part(part: str | None) -> str:
    return f" ({_PARTS[part]} units)" if part in _PARTS else ""
