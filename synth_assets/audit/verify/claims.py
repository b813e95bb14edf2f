"""What a verification says: one claim per line, how sure it is of it, and what all of them come to.

Details may quote a hostile file. Control characters in them are spelled out, so that
a name cannot rewrite the terminal it is shown on, and they are cut to a length.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from synth_assets.characters import visible
from synth_assets.listing import some_of

__all__ = [
    "Claim",
    "Status",
    "attested",
    "conclusion",
    "exit_code",
    "failed",
    "judged",
    "missing",
    "not_checkable",
    "verified",
]

INCOMPLETE = 4
"""Exit code when nothing failed and something that was asked could not be checked."""
_LONGEST = 2000
_MOST_FAULTS = 20


class Status(StrEnum):
    """How a claim stands after everything was recomputed that can be."""

    VERIFIED = "VERIFIED"
    """Recomputed here from the files alone, and it holds."""
    ATTESTED = "ATTESTED"
    """Somebody says so; no file can prove it."""
    NOT_CHECKABLE = "NOT CHECKABLE"
    """It could be checked with something that was not given."""
    FAILED = "FAILED"
    """Recomputed here, and it does not hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One line of a verification.

    Attributes:
        name: the claim in a few words; stable.
        status: how it stands.
        detail: the numbers, or why it does not hold.
        missed: whether it was asked for and could not be checked, so that the verification is incomplete.
    """

    name: str
    status: Status
    detail: str
    missed: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "detail", _shown(self.detail))

    def __str__(self) -> str:
        return f"{self.status:<13}  {self.name}: {self.detail}"

    def as_json(self) -> dict[str, str]:
        """Return the claim as plain JSON values."""
        return {"name": self.name, "status": self.status.value, "detail": self.detail}


def verified(name: str, detail: str) -> Claim:
    """Return a claim that was recomputed and holds."""
    return Claim(name=name, status=Status.VERIFIED, detail=detail)


def failed(name: str, detail: str) -> Claim:
    """Return a claim that was recomputed and does not hold."""
    return Claim(name=name, status=Status.FAILED, detail=detail)


def judged(name: str, faults: Sequence[str], good: str) -> Claim:
    """Return FAILED with all faults, or VERIFIED with ``good`` when there are none."""
    return failed(name, some_of(faults, most=_MOST_FAULTS, separator="; ")) if faults else verified(name, good)


def not_checkable(name: str, detail: str) -> Claim:
    """Return a claim that needs something which was not given, and which nobody asked for."""
    return Claim(name=name, status=Status.NOT_CHECKABLE, detail=detail)


def missing(name: str, detail: str) -> Claim:
    """Return a claim that belongs to every verification, or was asked for, and cannot be checked."""
    return Claim(name=name, status=Status.NOT_CHECKABLE, detail=detail, missed=True)


def attested(name: str, detail: str) -> Claim:
    """Return a claim that people vouch for."""
    return Claim(name=name, status=Status.ATTESTED, detail=detail)


def exit_code(claims: Iterable[Claim]) -> int:
    """Return 1 when any claim failed or there is none, 4 when something that was asked could not be checked, else 0."""
    listed = list(claims)
    if not listed or any(claim.status is Status.FAILED for claim in listed):
        return 1
    return INCOMPLETE if any(claim.missed for claim in listed) else 0


def conclusion(claims: Iterable[Claim]) -> str:
    """Say in one sentence what all claims come to; it agrees with :func:`exit_code`."""
    every = list(claims)
    names = {status: [claim.name for claim in every if claim.status is status] for status in Status}
    code, count = exit_code(every), Counter({status: len(listed) for status, listed in names.items()})
    if code == 1:
        which = ", ".join(names[Status.FAILED]) or "there is nothing to verify"
        return (
            f"FAILED: {count[Status.FAILED]} of {len(every)} claims do not hold ({which}). Do not rely on this version."
        )
    if code == INCOMPLETE:
        which = ", ".join(claim.name for claim in every if claim.missed)
        verified_ones = f"{count[Status.VERIFIED]} claims verified"
        return f"INCOMPLETE: nothing failed, but this could not be checked: {which}. {verified_ones}."
    open_ones = names[Status.NOT_CHECKABLE]
    rest = f", {len(open_ones)} not checkable with what was given ({', '.join(open_ones)})" if open_ones else ""
    return f"HOLDS: {count[Status.VERIFIED]} claims verified, {count[Status.ATTESTED]} attested by people{rest}."


def _shown(text: str) -> str:
    """Write out what is not shown, and cut what is too long."""
    shown = visible(text[:_LONGEST])
    return shown if len(text) <= _LONGEST else f"{shown} ..."
