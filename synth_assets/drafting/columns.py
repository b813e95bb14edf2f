"""One column of a draft: what its registered type and a codebook say, and questions for the rest.

The registered type decides what can be meant, and the codebook what is. What neither says is a question: a text that
begins with ``TODO:``, which no contract may hold, so that a draft is never paid for as it was written.

Example:
    >>> from synth_assets.drafting.codebooks.codebook import Variable
    >>> said = Variable(name="age", minimum="0", maximum="110")
    >>> age = draft_column("age", "int64", typed=True, variable=said, source="c.csv")
    >>> {key: age.keys[key] for key in ("type", "min", "max", "domain_source")}
    {'type': 'integer', 'min': 0, 'max': 110, 'domain_source': 'c.csv'}
    >>> age.keys["nullable"][:27]
    'TODO: true if the column ha'
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from synth_assets.contract.declared import LARGEST_DOMAIN, OPEN
from synth_assets.domain.kinds.kind import Family
from synth_assets.domain.kinds.registry import kind_named
from synth_assets.drafting.codebooks.codebook import Variable, plain
from synth_assets.listing import some_of
from synth_assets.obtain.compatibility import digits_of, family_of

__all__ = ["DraftedColumn", "draft_column", "question"]

_MOST_DECIMALS = 15
_DAY_ALONE = len("2026-11-22")  # as the end of times it could mean the day's beginning or its end
_SHOWN = 12
_WHOLE = re.compile(r"[+-]?[0-9]{1,16}")
_WORDS = re.compile(r"[a-z]+")
_FREE_TEXT = frozenset(
    {"note", "notes", "comment", "comments", "remark", "remarks", "description", "text", "freetext", "narrative"}
    | {"message", "memo", "letter", "anamnesis", "address", "email", "phone", "surname"}
)
"""Words in names of columns of which nobody has a list of values."""
_REAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftedColumn:
    """What is written of a column.

    Attributes:
        name: of the column.
        keys: what stands under its name, in order; an open question is a text.
        remarks: what a person should know, a line each.
    """

    name: str
    keys: Mapping[str, Any]
    remarks: tuple[str, ...] = ()


def question(text: str) -> str:
    """Return what stands where a person has to answer."""
    return f"{OPEN} {text}"


def draft_column(
    name: str, registered: str, *, typed: bool, variable: Variable | None = None, source: str = ""
) -> DraftedColumn:
    """Draft a column.

    Args:
        name: of the registered column.
        registered: its type, as the ledger has it.
        typed: whether the source has types of its own; a CSV file has none.
        variable: what the codebook says of it, if anything.
        source: what ``domain_source`` says of what comes from the codebook.
    """
    said = variable or Variable(name=name)
    kind = _kind(registered, typed=typed, said=said)
    remarks = [f"registered as {registered}"] if typed else []
    domain = _WAYS[kind].domain(said, registered) if kind in _WAYS else {}
    if shown := [f"{value} = {plain(label, most=60)}" for value, label in said.labels.items()]:
        remarks.append(some_of([plain(label, most=90) for label in shown], most=_SHOWN, separator="; "))
    keys = {
        "type": kind or question("integer, float, categorical, boolean, date or datetime; then its keys"),
        **domain,
        **_of_nulls(said),
        "domain_source": _source(kind, domain, said=said, typed=typed, source=source),
    }
    if said.description:
        keys["description"] = plain(said.description)
    return DraftedColumn(name=name, keys=keys, remarks=tuple(remarks))


def _kind(registered: str, *, typed: bool, said: Variable) -> str | None:
    """Return the kind that is meant: the codebook's, unless the registered type cannot be read so."""
    family = family_of(registered)
    stated, own = said.kind, next((way.kind for way in _WAYS.values() if family in way.families), None)
    if own is None or (family == "text" and not typed):
        return stated or _implied(said)
    if own == "float" and digits_of(registered) == 0:
        own = "integer"
    if own == "datetime" and stated is None and _are_days(said):
        return "date"
    if stated is None or (own, stated) == ("integer", "float"):
        return own
    return own if kind_named(stated).fit(family, decimals=digits_of(registered) or 0)[0] == "never" else stated


def _implied(said: Variable) -> str | None:
    """Return the kind that a codebook means without saying so: by its categories, or else by the ends of its range."""
    if said.categories:
        return "categorical"
    ends = (said.minimum, said.maximum)
    if not all(ends):
        return None
    ways = (way for way in _WAYS.values() if way.read and all(way.read(end) is not None for end in ends))
    return next((way.kind for way in ways), None)


def _are_days(said: Variable) -> bool:
    """Tell whether the ends of a range are days without a time: pandas writes days as timestamps."""
    ends = [end for end in (said.minimum, said.maximum) if end]
    return bool(ends) and all(len(end.strip()) == _DAY_ALONE and _date(end) is not None for end in ends)


def _numbers(said: Variable, registered: str) -> dict[str, Any]:
    """Return the values of whole numbers if they are listed, else their ends."""
    del registered
    values = [int(text) for text in said.categories if _WHOLE.fullmatch(text)]
    if values and len(values) == len(said.categories) <= LARGEST_DOMAIN:
        return {"values": sorted(set(values))}
    return _ends(said, _whole, "a whole number")


def _reals(said: Variable, registered: str) -> dict[str, Any]:
    digits = digits_of(registered)
    decimals: Any = said.decimals if digits is None else digits
    if decimals is None:
        decimals = question(
            f"how many digits behind the point values have, 0 to {_MOST_DECIMALS}; remove this key if any number"
        )
    known = {} if isinstance(decimals, int) and decimals > _MOST_DECIMALS else {"decimals": decimals}
    return {**_ends(said, _real, "a number"), **known}


def _dates(said: Variable, registered: str) -> dict[str, Any]:
    del registered
    return _ends(said, _date, "a date, as 2026-11-22")


def _times(said: Variable, registered: str) -> dict[str, Any]:
    del registered
    ask = (
        "second, minute or hour: what times are rounded down to; if all values are days, which pandas writes as "
        "timestamps, write `type: date` with dates as ends, and remove this key"
    )
    return {**_ends(said, _time, "a time in UTC, as 2026-11-22T00:00:00"), "resolution": question(ask)}


def _categories(said: Variable, registered: str) -> dict[str, Any]:
    del registered
    listed = list(dict.fromkeys(category for category in said.categories if category.strip()))
    if listed and len(listed) <= LARGEST_DOMAIN:
        return {"categories": listed}
    ask = "the list of its values, such as [low, high]"
    words = _WORDS.findall(said.name.lower())
    if _FREE_TEXT.isdisjoint(words) and words != ["name"]:
        ask += "; if nobody has one and many people share each value, `discover` (docs/tutorial.md)"
    else:
        ask = f"its name sounds like free text, which nobody can measure: remove the column; or {ask}"
    many = f"; the codebook lists {len(listed):,}, at most {LARGEST_DOMAIN:,} can be measured" if listed else ""
    return {"categories": question(ask + many)}


def _nothing(said: Variable, registered: str) -> dict[str, Any]:
    del said, registered
    return {}


def _ends(said: Variable, read: Callable[[str], Any], what: str) -> dict[str, Any]:
    asked = {"min": ("smallest", said.minimum), "max": ("largest", said.maximum)}
    ends = {}
    for key, (which, text) in asked.items():
        value = read(text)
        but = f"; the codebook has {plain(text, most=40)!r}" if text else ""
        ends[key] = question(f"the {which} value that there can be, {what}{but}") if value is None else value
    if not any(map(is_open, ends.values())) and ends["min"] > ends["max"]:
        but = f"; the codebook has {plain(said.minimum, most=40)!r} to {plain(said.maximum, most=40)!r}, which is empty"
        return {key: question(f"the {which} value that there can be, {what}{but}") for key, (which, _) in asked.items()}
    return ends


def _of_nulls(said: Variable) -> dict[str, Any]:
    ask = "true if the column has nulls, else false; values that cannot be read then become null"
    nullable = True if said.missing else said.nullable
    tokens = {"null_tokens": list(said.missing)} if said.missing else {}
    return {"nullable": question(ask) if nullable is None else nullable, **tokens}


def _source(kind: str | None, domain: Mapping[str, Any], *, said: Variable, typed: bool, source: str) -> str:
    """Say where the domain comes from, as far as that is known."""
    ends = [value for key, value in domain.items() if key in ("min", "max", "values", "categories")]
    open_ends = [value for value in ends if is_open(value)]
    if kind == "boolean" and (typed or said.kind):
        return source if said.kind else "its registered type: true and false"
    if kind is None or len(open_ends) == len(ends) or not source:
        return question("where the domain comes from: a codebook, a law, a definition; never the rows")
    if open_ends:
        return question(f"{source} says the rest; where does your answer come from")
    return source


def is_open(value: Any) -> bool:
    """Tell whether a value is an open question."""
    return isinstance(value, str) and value.startswith(OPEN)


def _whole(text: str) -> int | None:
    number = text.strip().replace(",", "") if re.fullmatch(r"\s*-?[0-9]{1,3}(,[0-9]{3})+\s*", text) else text.strip()
    number = number.removesuffix(".0")
    return int(number) if _WHOLE.fullmatch(number) else None


def _real(text: str) -> float | None:
    return float(text) if _REAL.fullmatch(text.strip()) else None


def _date(text: str) -> dt.date | None:
    with suppress(ValueError):
        return dt.date.fromisoformat(text.strip())
    return None


def _time(text: str) -> dt.datetime | None:
    with suppress(ValueError, OverflowError):
        moment = dt.datetime.fromisoformat(text.strip() if len(text.strip()) > _DAY_ALONE else "")
        return moment if moment.tzinfo is None else moment.astimezone(dt.UTC).replace(tzinfo=None)
    return None


class _Way(NamedTuple):
    """How columns of a kind are drafted.

    Attributes:
        kind: of column.
        families: of registered types that mean this kind unless a codebook says another.
        domain: its keys, by what is said of it and its registered type.
        read: an end of its range, or ``None`` if a text is none; if it has ends.
    """

    kind: str
    families: tuple[Family, ...]
    domain: Callable[[Variable, str], dict[str, Any]]
    read: Callable[[str], Any] | None = None


_WAYS = {
    way.kind: way
    for way in (
        _Way("integer", ("whole",), _numbers, _whole),
        _Way("float", ("real", "decimal"), _reals, _real),
        _Way("categorical", ("text",), _categories),
        _Way("boolean", ("boolean",), _nothing),
        _Way("date", ("date",), _dates, _date),
        _Way("datetime", ("timestamp",), _times, _time),
    )
}
"""One line per kind of column; a column of a kind without one is asked about as a whole."""
