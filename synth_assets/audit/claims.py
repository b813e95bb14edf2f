"""What a verification says: one claim a line, and how sure it is of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Claim", "Status", "attested", "exit_code", "failed", "judged", "not_checkable", "verified"]


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
    """

    name: str
    status: Status
    detail: str

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
    return failed(name, "; ".join(faults)) if faults else verified(name, good)


def not_checkable(name: str, detail: str) -> Claim:
    """Return a claim that needs something which was not given."""
    return Claim(name=name, status=Status.NOT_CHECKABLE, detail=detail)


def attested(name: str, detail: str) -> Claim:
    """Return a claim that people vouch for."""
    return Claim(name=name, status=Status.ATTESTED, detail=detail)


def exit_code(claims: Iterable[Claim]) -> int:
    """Return 1 when any claim failed, or when there is none at all; else 0."""
    statuses = [claim.status for claim in claims]
    return int(not statuses or Status.FAILED in statuses)
