"""Cron expressions of five fields, as schedules are written.

Example:
    >>> is_cron("0 6 * * 1"), is_cron("0 25 * * *"), is_cron("daily")
    (True, False, False)
"""

import re

__all__ = ["is_cron"]

_FIELD = re.compile(r"^(\*|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(/[0-9]+)?(,(\*|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(/[0-9]+)?)*$")
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_WORDS = {*"jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat".split()}  # noqa: SIM905 - reads better


def is_cron(text: str) -> bool:
    """Tell whether a text is a cron expression whose numbers and names are in range."""
    fields = text.split()
    if len(fields) != len(_RANGES) or not all(_FIELD.match(field) for field in fields):
        return False
    numbers = [[int(n) for n in re.findall(r"(?<![/0-9])[0-9]+", field)] for field in fields]
    inside = all(low <= n <= high for (low, high), found in zip(_RANGES, numbers, strict=True) for n in found)
    words = re.findall(r"[a-z]+", " ".join(fields[3:]).lower())
    return inside and _WORDS.issuperset(words) and not re.search(r"[A-Za-z]|/0", " ".join(fields[:3]))
