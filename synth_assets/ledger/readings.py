"""What curators read: the request, the permit, the words of the ledger's entry, and how people are told.

Example:
    >>> reading = {"candidate": "d" * 64, "tool": None, "rows": None}
    >>> described(reading)
    'exact figures of candidate dddddddddddd'
    >>> described({**reading, "tool": "hybrid@0123456789ab", "rows": 2000})
    'figures by hybrid@0123456789ab of 2,000 rows and candidate dddddddddddd'
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from synth_assets.errors import UsageError
from synth_assets.ledger.messages import check_text
from synth_assets.ledger.types import Source, SplitKey

__all__ = ["READING", "CuratorPermit", "CuratorRequest", "check_reading", "check_request", "described"]

READING = ("id", "source", "version", "part", "dataset", "contract_digest", "candidate", "reason", "tool", "rows")
"""What the entry of a curator's reading says, besides who and when; it says all of it and nothing else."""
_NULLABLE = ("part", "tool")


@dataclass(frozen=True, slots=True, kw_only=True)
class CuratorRequest:
    """What a curator reads, and why. Nothing is charged: no epsilon covers it.

    Attributes:
        id: names the file or folder in the curator's store.
        source: a registered source; its account must be marked.
        part: the part of a split account that is read; ``None`` for all units.
        candidate: digest of the candidate that the figures are about.
        reason: why, for the officer and for readers of later versions. All else as in ``ReservationRequest``.
        tool: the program that rows are handed to, as its name and the first digits of its script's digest;
            ``None`` if figures of the contract's gates are computed and no row is handed out.
        rows: the most rows of this part that the tool gets.
    """

    id: str
    source: str
    version: str
    part: str | None
    dataset: str
    contract_digest: str
    candidate: str
    by: str
    reason: str
    tool: str | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CuratorPermit:
    """The right to read one part of a source for a curator. It pays for no draw, so no release can be made with it.

    Attributes:
        source: the source, with its place.
        window: the account's window, if it has one: no other row may be yielded.
        part: the part that is read, if not all units are.
        split_key: what decides which part a unit is in; given with a part only.
    """

    source: Source = field(repr=False)
    window: str | None = None
    part: str | None = None
    split_key: SplitKey | None = field(default=None, repr=False)


def check_request(request: CuratorRequest) -> None:
    """Refuse a request whose words would not stand in one line, or that names a tool without its rows.

    Raises:
        UsageError: says which.
    """
    check_text("by", request.by)
    check_text("reason", request.reason)
    if request.tool is not None:
        check_text("tool", request.tool)
    if (request.tool is None) != (request.rows is None) or (request.rows is not None and request.rows < 1):
        raise UsageError(f"rows={request.rows} must be at least 1 with a tool, and nothing without", hint="--rows 2000")


def check_reading(facts: Mapping[str, Any]) -> None:
    """Check the facts of an entry that somebody may have made up.

    Raises:
        TypeError: the words are not those of :data:`READING`, one is of another type, or a tool has no rows.
    """
    if set(facts) != set(READING):
        raise TypeError
    rows, texts = facts["rows"], [facts[word] for word in READING if word not in (*_NULLABLE, "rows")]
    nullable = [facts[word] for word in _NULLABLE if facts[word] is not None]
    if not all(type(text) is str for text in [*texts, *nullable]) or type(rows) not in (int, type(None)):
        raise TypeError
    if (facts["tool"] is None) != (rows is None) or (rows is not None and rows < 1):
        raise TypeError


def described(reading: Mapping[str, Any]) -> str:
    """Say in words what was read."""
    candidate = f"candidate {reading['candidate'][:12]}"
    if reading["tool"] is None:
        return f"exact figures of {candidate}"
    return f"figures by {reading['tool']} of {reading['rows']:,} rows and {candidate}"
