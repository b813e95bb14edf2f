"""Which registered type can be read as which declared one.

Values are converted one by one and without a message. A declaration that fits
no value of a column would spend the whole privacy loss on a useless column: every
row becomes null or the first category. Registered names and types are public,
so such a declaration can be rejected before charging. Nothing here looks at a
value, a footer or a count.

A pair of types *fits*, is *odd* (some values can be read, and the declaration may
be intended) or is *never* (no value can be read with its meaning).
Each kind of column says so of the families of types that it reads otherwise
than they are meant (``domain.kinds``); here is what types there are, and how
categories are compared with them. A CSV file has no types: its columns are
registered as text, and text is never odd for them.

Example:
    >>> from synth_assets.contract.columns import CategoricalColumn
    >>> column = CategoricalColumn(type="categorical", categories=("low", "high"), domain_source="law")
    >>> never = compare("int64", column, typed=True)
    >>> never.verdict, never.reason
    ('never', "int64 holds whole numbers, and none of the categories 'low', 'high' is one")
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from synth_assets.contract.columns import CategoricalColumn, ColumnSpec
from synth_assets.domain.codes import as_text
from synth_assets.domain.kinds.kind import Family, Verdict
from synth_assets.domain.kinds.registry import kind_named
from synth_assets.listing import some_of

__all__ = ["UNTYPED", "Fit", "compare", "digits_of", "family_of"]

UNTYPED = frozenset({"csv"})
"""Kinds of sources whose texts have no types of their own; public, because contracts are held against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Whether a registered type can be read as a declared column.

    Attributes:
        verdict: ``fits``, ``odd`` or ``never``.
        reason: an explanation; empty if it fits.
        hint: what to write instead; empty if it fits.
    """

    verdict: Verdict
    reason: str = ""
    hint: str = ""


_FITS = Fit(verdict="fits")
_FAMILIES: tuple[tuple[str, Family], ...] = (
    (r"u?int(8|16|32|64)", "whole"),
    (r"halffloat|float|double", "real"),
    (r"decimal\d*\(.*", "decimal"),
    (r"bool", "boolean"),
    (r"date(32|64)\[.*", "date"),
    (r"timestamp\[.*", "timestamp"),
    (r"time(32|64)\[.*", "clock"),
    (r"duration\[.*", "duration"),
    (r"text", "text"),
    (r"null", "null"),
    (r"extension<.*", "extension"),
)
_HOLDS: Mapping[Family, str] = {
    "whole": "whole numbers",
    "real": "numbers",
    "decimal": "decimals",
    "boolean": "true and false",
    "date": "dates",
    "timestamp": "points in time",
    "clock": "times of day",
    "duration": "durations",
    "text": "texts",
    "null": "nothing but null",
    "extension": "a type that this version does not know",
    "nested": "lists, structures or the like",
}

_WHATEVER_IS_DECLARED: Mapping[Family, tuple[Verdict, str]] = {
    "null": ("odd", "every row is null there"),
    "extension": ("odd", "how it is read is not known"),
    "nested": ("never", "they cannot be measured"),
}

_INSTEAD: Mapping[Family, str] = {
    "whole": "declare it `integer` with `min` and `max`, or with `values`",
    "real": "declare it `float` with `min` and `max`",
    "decimal": "declare it `float` with `min` and `max`",
    "boolean": "declare it `boolean`",
    "date": "declare it `date` with `min` and `max`",
    "timestamp": "declare it `datetime`, or `date` if the day is enough",
    "clock": "ask the custodian for a column of hours or minutes as numbers",
    "duration": "ask the custodian for a column of plain numbers",
    "text": "ask the custodian for a typed column, or check the spelling on public rows",
    "null": "ask the custodian whether the column was filled when the source was registered",
    "extension": "ask the custodian for a plain column",
    "nested": "ask the custodian for a plain column",
}


def family_of(registered: str) -> Family:
    """Return the family of a registered type; types that are not known to be plain are ``nested``."""
    return next((family for pattern, family in _FAMILIES if re.fullmatch(pattern, registered)), "nested")


def digits_of(registered: str) -> int | None:
    """Return how many digits behind the point all values of a registered type have at most; ``None`` if any number."""
    family = family_of(registered)
    if family == "whole":
        return 0
    return max(_decimals(registered), 0) if family == "decimal" else None


def compare(registered: str, column: ColumnSpec, *, typed: bool) -> Fit:
    """Return whether a column of a registered type can be declared as ``column``.

    Args:
        registered: the type in the ledger, such as ``int64`` or ``text``.
        column: what the contract declares.
        typed: whether the source has types; a CSV file does not.
    """
    family = family_of(registered)
    if family == "text" and not typed:
        return _FITS
    by_kind = kind_named(column.type).fit(family, decimals=_decimals(registered))
    verdict, reason = _WHATEVER_IS_DECLARED.get(family, by_kind)
    if isinstance(column, CategoricalColumn) and verdict == "fits":
        verdict, reason = _categories(registered, family, column)
    if verdict == "fits":
        return _FITS
    reason = reason.format(declared=column.type)
    return Fit(verdict=verdict, reason=f"{registered} holds {_HOLDS[family]}, and {reason}", hint=_INSTEAD[family])


def _categories(registered: str, family: Family, column: CategoricalColumn) -> tuple[Verdict, str]:
    """Compare each category with the texts of values of a type; ``other`` collects the rest and is not compared."""
    if family == "text":
        return "fits", ""
    if isinstance(column.categories, str):
        return "odd", "each of them becomes a category of its own, if it is frequent"
    wanted = [category for category in column.categories if category != column.other]
    unmatched = [category for category in wanted if not _is_text_of(registered, family, category)]
    if unmatched and len(unmatched) == len(wanted):
        return "never", f"none of the categories {_listed(unmatched)} is one"
    if unmatched:
        return "odd", f"the categories {_listed(unmatched)} are never met: a value is compared as it is written in full"
    return "odd", "they are declared as categories, which have no order and no distance"


def _listed(names: list[str], *, most: int = 3) -> str:
    return some_of(list(map(repr, names)), most=most)


def _is_text_of(registered: str, family: Family, text: str) -> bool:
    """Return whether ``text`` is exactly how some value of the type is written when compared with categories."""
    with suppress(ValueError, OverflowError):
        return _WRITTEN[family](text, registered)
    return False


def _decimals(registered: str) -> int:
    """Return the number of decimals of a decimal type; negative if it counts tens or hundreds."""
    scale = re.search(r",\s*(-?\d+)\)", registered)
    return int(scale.group(1)) if scale else 0


def _is_decimal(text: str, registered: str) -> bool:
    decimals = max(_decimals(registered), 0)
    return re.fullmatch(rf"-?(0|[1-9]\d*)\.\d{{{decimals}}}" if decimals else r"-?(0|[1-9]\d*)", text) is not None


def _is_point_in_time(text: str, _: str) -> bool:
    return len(text) > len("2026-11-22") and bool(dt.datetime.fromisoformat(text))


_WRITTEN: Mapping[Family, Callable[[str, str], bool]] = {
    "whole": lambda text, _: str(int(text)) == text,
    "real": lambda text, _: as_text(float(text)) == text,
    "decimal": _is_decimal,
    "boolean": lambda text, _: text in ("true", "false"),
    "date": lambda text, _: dt.date.fromisoformat(text).isoformat() == text,
    "timestamp": _is_point_in_time,
    "clock": lambda text, _: bool(dt.time.fromisoformat(text)) and ":" in text,
    "duration": lambda text, _: str(int(text)) == text,
}
