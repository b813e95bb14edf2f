"""Write the messages of refusals: what was asked, what is left, what to do."""

import difflib
import re
from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from synth_assets.characters import refused_in
from synth_assets.errors import BudgetRefused, UsageError
from synth_assets.ledger.types import Balance, Reservation
from synth_assets.privacy import NANO, PrivacyLoss

__all__ = [
    "CapExceeded",
    "check_name",
    "check_reason",
    "check_text",
    "over_the_cap",
    "rounded",
    "shown_loss",
    "unknown",
    "used_up",
]


class CapExceeded(Exception):  # noqa: N818 -- never leaves this package: becomes a BudgetRefused
    """Carries a refusal out of a transaction, so that OpenDP computes its figures after the lock is released."""

    def __init__(self, *, asked: PrivacyLoss, balance: Balance) -> None:
        self.asked = asked
        self.balance = balance
        super().__init__()


_NAME = re.compile(r"[a-z0-9][a-z0-9_.@-]{0,99}")


def check_name(what: str, name: str) -> None:
    """Refuse a name that cannot be used in a file name, a URL or an asset key."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{what} {name!r} must be 1 to 100 of a-z, 0-9, '_', '-', '.', '@'", hint="begin with a letter or digit"
        )


def check_text(what: str, text: str) -> None:
    """Refuse a person's name or a reason that is empty, has several lines, or contains invisible characters."""
    if not text.strip() or "\n" in text:
        raise UsageError(f"{what}={text!r} must be one line that is not empty", hint=f"say {what}")
    if unseen := refused_in(text):
        raise UsageError(f"{what}={text!r} holds {unseen}, which is invisible", hint="write it again by hand")


def check_reason(reason: str) -> None:
    """Refuse a reason of several lines; an officer may leave it out."""
    if reason:
        check_text("reason", reason)


def unknown(what: str, name: str, *, known: Iterable[str], hint: str) -> UsageError:
    """Return the error for an unknown name, with the closest known name and all known names in its hint."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    guess = f"did you mean {near[0]!r}? " if near else ""
    existing = f"there are: {', '.join(names)}" if names else "there is none yet"
    return UsageError(f"there is no {what} {name!r}", hint=f"{guess}{existing}; {hint}")


def shown_loss(loss: PrivacyLoss, *, balance: Balance, up: bool) -> str:
    """Write a loss as rho and epsilon at the account's delta, rounded up or down as asked."""
    rho = rounded(Decimal(loss.nano_rho) / NANO, up=up)
    return f"rho {rho} (epsilon {rounded(balance.epsilon_of(loss), up=up)} at delta {balance.delta:g})"


def rounded(value: Decimal | float, *, up: bool, digits: int = 4) -> str:
    """Write a number >= 0 with a few significant digits, rounded up or down as asked, not to the nearest."""
    exact = Decimal(value)
    if not exact.is_finite() or exact == 0:
        return f"{value:g}"
    step = Decimal(1).scaleb(exact.adjusted() - digits + 1)
    return f"{float(exact.quantize(step, rounding=ROUND_CEILING if up else ROUND_FLOOR)):.{digits}g}"


def over_the_cap(*, asked: PrivacyLoss, balance: Balance) -> BudgetRefused:
    """Say why a request is refused: frozen, closed, or what is left against what is asked."""
    name = balance.account
    if balance.closed:
        return BudgetRefused(f"account {name!r} is closed", hint="ask the officer for another account")
    if balance.frozen:
        return BudgetRefused(
            f"account {name!r} is frozen: its cap was lowered below what is spent and reserved",
            hint="ask the officer to raise it",
        )
    what = shown_loss(asked, balance=balance, up=True)
    left = shown_loss(balance.remaining, balance=balance, up=False)
    thresholds = ""
    if asked.atto_delta > balance.remaining.atto_delta:
        thresholds = f" and a threshold delta of {asked.atto_delta / 1e18:g} of {balance.remaining.atto_delta / 1e18:g}"
    return BudgetRefused(
        f"the contract asks account {name!r} for {what}{thresholds}, {left} is left: this release does not fit",
        hint="spend less in the contract, or ask the officer to raise the cap; see synth-assets budget show",
    )


def used_up(attempts: int) -> BudgetRefused:
    """Say that the contract's own limit is used up by earlier requests."""
    return BudgetRefused(
        f"the contract's slice for evaluations is used up by {attempts} of them; nothing was charged",
        hint="the version that was promoted stays; a release of a new version of the source has a slice of its own",
    )


def not_open(reservation: Reservation, *, verb: str) -> UsageError:
    """Say that a reservation is not in the state that an action needs."""
    return UsageError(
        f"reservation {reservation.id[:12]} is {reservation.state} and cannot be {verb}",
        hint="reserve again: the ledger says what to do next",
    )
