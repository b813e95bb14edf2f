"""Windows: accounts that may only read rows whose own time stamp is inside.

The unit is then a person in a window. Two windows of one family do not
overlap, so each such unit lies in exactly one of them; what a person who is
present in several windows loses is shown as a sum over those windows.

Example:
    >>> november = parse_window("visited_at=2026-11-01/2026-12-01")
    >>> november.column, november.overlaps(parse_window("visited_at=2026-12-01/2027-01-01"))
    ('visited_at', False)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from synth_assets.errors import UsageError
from synth_assets.privacy import PrivacyLoss, compose

__all__ = ["Window", "parse_window", "worst_run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Rows whose ``column`` is at or after ``start`` and before ``end``; no time zone is ever guessed."""

    column: str
    start: datetime
    end: datetime

    def __str__(self) -> str:
        return f"{self.column}={self.start.isoformat()}/{self.end.isoformat()}"

    def overlaps(self, other: "Window") -> bool:
        """Tell whether a time stamp could be in both."""
        return self.start < other.end and other.start < self.end


def parse_window(text: str) -> Window:
    """Read ``column=start/end`` with ISO 8601 dates or date-times, the end excluded.

    Raises:
        UsageError: when it is not of that form, or empty.
    """
    column, _, span = text.partition("=")
    start, _, end = span.partition("/")
    try:
        window = Window(column=column.strip(), start=_moment(start), end=_moment(end))
        right = bool(window.column) and window.start < window.end
    except (ValueError, TypeError):
        right = False
    if not right:
        raise UsageError(
            f"window {text!r} must be column=start/end with start before end",
            hint="for example visited_at=2026-11-01/2026-12-01",
        )
    return window


def worst_run(losses: Sequence[PrivacyLoss], *, windows: int) -> PrivacyLoss:
    """Return the largest sum over ``windows`` consecutive windows, part by part.

    This is what somebody loses who is present in that many windows in a row.
    """
    sums = [compose(losses[i : i + windows]) for i in range(max(len(losses) - windows, 0) + 1)]
    return PrivacyLoss(nano_rho=max(s.nano_rho for s in sums), atto_delta=max(s.atto_delta for s in sums))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.strip())
