"""Parse and compare windows: the time intervals whose rows an account may read.

The privacy unit is then a person in a window. Two windows of one parent are equal or
do not overlap, so each such unit lies in exactly one of them; the privacy loss of a
person present in several windows is shown as a sum over those windows. Windows are
compared as intervals, not as text: one window can be written in many ways.

Example:
    >>> november = parse_window("visited_at=2026-11-01/2026-12-01")
    >>> november.column, november.overlaps(parse_window("visited_at=2026-12-01/2027-01-01"))
    ('visited_at', False)
    >>> canonical("visited_at=2026-11-01T01:00+01:00/2026-12-01T00:00Z")
    'visited_at=2026-11-01T00:00:00+00:00/2026-12-01T00:00:00+00:00'
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from synth_assets.errors import UsageError
from synth_assets.privacy import PrivacyLoss, compose

__all__ = ["Window", "canonical", "check_apart", "check_inside", "parse_window", "worst_run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Rows whose ``column`` is at or after ``start`` and before ``end``; a time zone is never assumed.

    Either both ends have a time zone, and are stored in UTC, or neither has.
    """

    column: str
    start: datetime
    end: datetime

    def __str__(self) -> str:
        return f"{self.column}={self.start.isoformat()}/{self.end.isoformat()}"

    @property
    def zoned(self) -> bool:
        """Whether its ends have a time zone."""
        return self.start.tzinfo is not None

    def overlaps(self, other: "Window") -> bool:
        """Tell whether some time stamp is in both. Raises UsageError when they cannot be compared."""
        self._check_alike(other)
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Window") -> bool:
        """Tell whether every time stamp of ``other`` is in this one. Raises UsageError when they cannot be compared."""
        self._check_alike(other)
        return self.start <= other.start and other.end <= self.end

    def _check_alike(self, other: "Window") -> None:
        if self.column != other.column:
            raise UsageError(f"windows {self} and {other} are over different columns", hint="use one column for both")
        if self.zoned != other.zoned:
            with_zone, without = (self, other) if self.zoned else (other, self)
            raise UsageError(
                f"window {with_zone} has a time zone and window {without} has none",
                hint="write both with a time zone, or both without",
            )


def parse_window(text: str) -> Window:
    """Read ``column=start/end`` with ISO 8601 dates or date-times, the end excluded.

    Raises:
        UsageError: when it is not of that form, or empty.
    """
    column, _, span = text.partition("=")
    start, _, end = span.partition("/")
    try:
        window = Window(column=column.strip(), start=_moment(start), end=_moment(end))
        valid = bool(window.column) and window.start < window.end
    except (ValueError, TypeError, OverflowError):
        valid = False
    if not valid:
        raise UsageError(
            f"window {text!r} must be column=start/end with start before end",
            hint="for example visited_at=2026-11-01/2026-12-01",
        )
    return window


def canonical(text: str) -> str:
    """Return the canonical form of a window. Raises UsageError like :func:`parse_window`."""
    return str(parse_window(text))


def check_apart(window: Window, siblings: Iterable[Window]) -> None:
    """Refuse a window that overlaps another window of the same parent without being equal to it.

    Raises:
        UsageError: it overlaps one, is over another column, or only one of the two has a time zone.
    """
    for sibling in siblings:
        if window.overlaps(sibling) and window != sibling:
            raise UsageError(
                f"window {window} overlaps {sibling} of another account",
                hint="windows of one parent must be equal or must not overlap",
            )


def check_inside(window: Window, outer: Window) -> None:
    """Refuse a window of an account that is not inside the window of the account above it.

    Raises:
        UsageError: a row could be read that the account above does not cover, or the two cannot be compared.
    """
    if not outer.contains(window):
        raise UsageError(
            f"window {window} is not inside {outer}, the window of the parent",
            hint="leave the window out to take the parent's, or open the account under another parent",
        )


def worst_run(losses: Sequence[PrivacyLoss], *, windows: int) -> PrivacyLoss:
    """Return the largest sum over ``windows`` consecutive windows, part by part.

    This is the privacy loss of a person present in that many windows in a row.
    """
    sums = [compose(losses[i : i + windows]) for i in range(max(len(losses) - windows, 0) + 1)]
    return PrivacyLoss(nano_rho=max(s.nano_rho for s in sums), atto_delta=max(s.atto_delta for s in sums))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text.strip())
    return moment if moment.tzinfo is None else moment.astimezone(UTC)
