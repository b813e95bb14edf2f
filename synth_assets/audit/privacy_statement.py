"""``privacy.json`` of a bundle: what was promised, what it cost and who paid.

The release's own statement, in the words of OpenDP's deployments registry, with
what the account came to when the version was promoted, and what the contract
says today of its domains: where they come from can be corrected after a release
was measured. One fact follows from no file and is taken as stated: whether the
installation that promoted keeps heads of its ledger elsewhere. All else is computed
from the release, the contract and the ledger's entries by one function, so that
a verification can compute it again and compare.

References:
    Near, Darais, Lefkovitz and Howarth (2025), "Guidelines for Evaluating
    Differential Privacy Guarantees", NIST SP 800-226.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from math import exp
from typing import Any

from synth_assets.contract import DatasetContract
from synth_assets.errors import IntegrityError
from synth_assets.ledger import State
from synth_assets.ledger.follow import verify_lines
from synth_assets.ledger.readings import described
from synth_assets.ledger.replay import Replay
from synth_assets.ledger.states import AccountState, ReservationState
from synth_assets.privacy import ATTO, HELD_OUT, PrivacyLoss, epsilon_of
from synth_assets.release import Release
from synth_assets.release.answers import loss_of
from synth_assets.release.description import count_answers

__all__ = [
    "FALSE_ALARM",
    "FORMATS",
    "ROLLBACK",
    "composition_of",
    "identification_bound",
    "privacy_statement",
    "published_loss",
    "read_book",
    "reservation_of",
]

FORMATS = (1, 2)
"""The forms of the statement; bundles of the first are still verified, new ones are of the last."""
ROLLBACK = {
    True: "noticed, because heads of the ledger are anchored outside it",
    False: "not noticed, because there was no anchor when the version was promoted",
}
"""What a statement says of an old copy of the ledger that is put back, by whether there is an anchor."""
FALSE_ALARM = 0.05
"""Share of innocents an attacker may accuse, for the bound that is put in words."""

Lines = Sequence[Mapping[str, Any]]


def privacy_statement(
    release: Release,
    *,
    contract: DatasetContract,
    book: Replay,
    anchored: bool,
    format_version: int = FORMATS[-1],
) -> dict[str, Any]:
    """Return the privacy statement of a version as plain JSON values.

    Args:
        release: the release that the version descends from.
        contract: the whole contract, as it is now.
        book: what follows from the entries of the account that paid, as :func:`read_book` returns it.
        anchored: whether an old copy of the ledger would be noticed; the first format does not say.
        format_version: one of :data:`FORMATS`.

    Raises:
        IntegrityError: the entries do not hold the reservation that paid for the release.
    """
    paid = reservation_of(release, book)
    account = book.accounts[str(paid.account)]
    return {
        **release.privacy,
        **(_said_today(release, contract, account, anchored=anchored) if format_version > 1 else {}),
        "format_version": format_version,
        "dataset": contract.name,
        "composition": composition_of(release, paid, delta=contract.privacy.spend.delta),
        "attempts": [_attempt(name, held) for name, held in book.reservations.items() if _same_release(held, paid)],
        "account": _account(account, book),
    }


def _said_today(
    release: Release, contract: DatasetContract, account: AccountState, *, anchored: bool
) -> dict[str, Any]:
    """Say what may have changed since the release was measured; what it said then stays in view."""
    unprotected = [
        *release.privacy.get("unprotected_quantities", ()),
        *contract.unprotected_domains,
        *map(_decision, account.curator_reads),
        *(() if anchored else ("charges that an old copy of the ledger, put back, would hide",)),
    ]
    return {
        "domain_sources": {name: spec.domain_source for name, spec in contract.columns.items()},
        "domain_sources_when_measured": release.privacy.get("domain_sources", {}),
        "rollback": ROLLBACK[anchored],
        "unprotected_quantities": list(dict.fromkeys(unprotected)),
        **({"conditional": list(account.curator_reads)} if account.curator_reads else {}),
    }


def _decision(reading: Mapping[str, Any]) -> str:
    """Say what was read without noise: whoever decided on it let private rows decide."""
    return f"decisions on {described(reading)}, which {reading['by']} read on {reading['time'][:10]}"


def read_book(lines: Lines) -> Replay:
    """Replay exported entries; an empty export is an empty book."""
    ledger_id = str(lines[0]["previous"]) if lines else ""
    return verify_lines(lines, ledger_id=ledger_id)[1]


def reservation_of(release: Release, book: Replay) -> ReservationState:
    """Return the reservation that paid for ``release``.

    Raises:
        IntegrityError: the entries do not hold it, or not its account.
    """
    paid = book.reservations.get(release.reservation)
    if paid is None or paid.account not in book.accounts:
        raise IntegrityError(
            f"the ledger's entries do not hold reservation {release.reservation[:12]}",
            hint="export the account that paid for the release",
        )
    return paid


@cache
def identification_bound(loss: PrivacyLoss, *, false_alarm: float = FALSE_ALARM) -> float:
    """Bound the share of members that any attacker identifies while accusing ``false_alarm`` of all innocents.

    For every (epsilon, delta) that ``loss`` implies, a test with false positive
    rate a has a true positive rate of at most ``e^epsilon a + delta`` and of at
    most ``1 - e^-epsilon (1 - delta - a)``; the smallest over the profile counts.

    References:
        Kairouz, Oh and Viswanath (2015), "The Composition Theorem for
        Differential Privacy", Theorem 2.1, https://arxiv.org/abs/1311.0776.
    """
    best = 1.0
    for step in range(2, 49):
        delta = 10 ** (-step / 8)
        if Fraction(delta) <= Fraction(loss.atto_delta, ATTO):
            break
        epsilon = epsilon_of(loss, delta=delta)
        best = min(best, exp(epsilon) * false_alarm + delta, 1 - exp(-epsilon) * (1 - delta - false_alarm))
    return best


def published_loss(charged: PrivacyLoss, *, contract: DatasetContract, asked: Iterable[str | None]) -> PrivacyLoss:
    """Return the loss of everything in a bundle: the release, and the answers of the people who were asked.

    Nobody is both measured and held out, so of a split account the larger loss counts.

    Args:
        charged: what was charged for the release.
        contract: says what asking each part costs.
        asked: the parts that were asked, ``None`` for an account that is not split.
    """
    costs = {part: contract.evaluation_loss(part) for part in asked}
    held_out = costs.pop(HELD_OUT, PrivacyLoss(nano_rho=0))
    measured = sum(costs.values(), start=charged)
    return PrivacyLoss(
        nano_rho=max(measured.nano_rho, held_out.nano_rho), atto_delta=max(measured.atto_delta, held_out.atto_delta)
    )


def composition_of(release: Release, paid: ReservationState, *, delta: float) -> dict[str, Any]:
    """Say what was measured and what was charged for it, corrections of the ledger included."""
    charged = paid.loss + paid.corrected
    return {
        "rule": "rho adds up over tables (Bun and Steinke 2016, Lemma 1.7), rounded up once; so do deltas",
        **count_answers(release.answers),
        "draws": len({answer.draw for answer in release.answers}),
        **_loss(loss_of(release.answers)),
        "charged": _loss(charged),
        **({"corrected": _loss(paid.corrected)} if charged != paid.loss else {}),
        "epsilon": epsilon_of(charged, delta=delta),
        "delta": delta,
        "identified_at_5_in_100": identification_bound(charged),
    }


def _same_release(one: ReservationState, other: ReservationState) -> bool:
    words = ("fingerprint", "source", "version", "refresh")
    return all(one.request[word] == other.request[word] for word in words)


def _attempt(name: str, held: ReservationState) -> dict[str, Any]:
    return {
        "reservation": name,
        "attempt": held.attempt,
        "state": held.state.value,
        "charged": held.state in (State.OPENED, State.SETTLED),
        "release": held.release_digest,
        **_loss(held.loss),
    }


def _account(account: AccountState, book: Replay) -> dict[str, Any]:
    """Say what the account came to; charges of accounts below it are sealed and not in here."""
    delta = account.cap["delta"]
    return {
        **account.facts,
        "cap": account.cap,
        "spent": _loss(account.paid),
        "epsilon_spent": epsilon_of(account.paid, delta=delta) if account.paid.atto_delta < delta * ATTO else None,
        "identified_at_5_in_100": identification_bound(account.paid),
        **_split(account),
        "as_of_entry": book.seq,
        **({"corrections": account.corrections} if account.corrections else {}),
    }


def _split(account: AccountState) -> dict[str, Any]:
    """Say how the account's units are split and what each part was charged; a unit is in one part alone."""
    if account.split is None:
        return {}
    parts = {part: _loss(account.spent + charges.spent) for part, charges in account.parts.items()}
    return {"split": {"share_held_out": account.split.share, "key_digest": account.split.key_digest, "spent": parts}}


def _loss(loss: PrivacyLoss) -> dict[str, int]:
    return {"nano_rho": loss.nano_rho, "atto_delta": loss.atto_delta}
