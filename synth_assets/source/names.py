"""Names of columns, before an officer's entry makes them public for good.

A file without a first line of names has a row there, and names stand in the ledger, in messages and in
contracts. So what cannot be a name is refused, and what may be a value is accepted only from somebody who says that it
is a name. No message here repeats a name: it may be a person's value.

A first line of plain words alone cannot be told from names. Stating the names is the only protection then.

Example:
    >>> are_plain(["patient_id", "Income, yearly (EUR)"]), are_plain(["37", "3,50", "2026-11-02"]), are_plain(["a;b"])
    (True, False, False)
"""

import difflib
import re
from collections.abc import Callable, Sequence

from synth_assets.characters import refused_in
from synth_assets.errors import UsageError
from synth_assets.listing import some_of

__all__ = ["LONGEST_NAME", "Accept", "are_plain", "lacking_unit", "refuse_unaccepted", "refuse_unusable"]

LONGEST_NAME = 200
"""Most characters of a name: some surveys name columns by whole questions, and no row should be one."""

Accept = Callable[[Sequence[str]], bool]
"""Tells whether texts are the names of columns."""

_SHOWN = 12
_LONGEST_PLAIN = 60
_PLAIN = re.compile(r"""[^\W\d][^;:^~!|\t"@{}<>=]*""")
"""Begins with a letter or an underscore, and has no character of addresses, markup or other delimiters in it."""
_DIGITS = re.compile(r"\d{5}")
"""So many in a row are an id, a postal code or a telephone number more often than a part of a name."""
_FRACTION = re.compile(r"\d[.,]\d")
_MOST_DIGITS = 8
"""Two years, as in `income_2019_2020`; accounts, identifiers and times have more."""
_VALUES = frozenset({"true", "false", "yes", "na", "n/a", "nan", "null", "none", "inf"})


def are_plain(names: Sequence[str]) -> bool:
    """Tell whether names look like names, and like nothing that stands in a row."""
    if len(names) == 1 and re.search(r"[,\s]", names[0]):
        return False  # the columns of a line that was cut at another character than its delimiter
    return all(map(_is_plain, names))


def refuse_unusable(source: str, names: Sequence[str]) -> None:
    """Refuse what cannot name columns, whoever says that it does; columns are told by their positions.

    Raises:
        UsageError: there is none, or one is empty, there twice, too long, or has an invisible character.
    """
    if not names:
        raise UsageError(f"source {source!r} has no columns", hint="the first line of a file must have their names")
    for position, name in enumerate(names, start=1):
        fault, hint = _fault(name, before=names[: position - 1])
        if fault:
            raise UsageError(f"column {position} of source {source!r} {fault}", hint=hint)


def refuse_unaccepted(source: str, names: Sequence[str], *, stated: Sequence[str] | None, accept: Accept) -> None:
    """Refuse names that differ from the stated ones or, if none are stated, that nobody accepts.

    Raises:
        UsageError: without a name.
    """
    if stated is not None and sorted(stated) != sorted(names):
        raise UsageError(
            f"the columns of source {source!r} are not the {len(stated)} that are stated",
            hint="compare them with the file, also the delimiter; what the file has is not shown, as it may be a row",
        )
    if stated is None and not accept(names):
        raise UsageError(
            f"the names of the columns of source {source!r} look like values of a row; nothing was registered",
            hint='write names into the first line, or say the delimiter, such as --options \'{"delimiter": ";"}\'; '
            "if they are names, state them: --columns NAME,NAME,... (in Python columns=[...])",
        )


def lacking_unit(source: str, names: Sequence[str], *, column: str, declared: bool) -> UsageError:
    """Return the refusal of a source without the column of its unit.

    Args:
        source: its name.
        names: its columns.
        column: of the unit.
        declared: whether names come from a schema, or were stated. Those of a text file may be a row, of which this is
            a sign; then only a name that is nearly the unit's is shown.
    """
    near = difflib.get_close_matches(column, names, n=1, cutoff=0.8)
    if near:
        hint = f"did you mean {near[0]!r}?"
    elif declared:
        hint = f"it has: {some_of(list(names), most=_SHOWN)}"
    else:
        hint = "look at the first line of the file: it must have the names of the columns"
    return UsageError(f"source {source!r} has no column {column!r}, which names its unit", hint=hint)


def _is_plain(name: str) -> bool:
    return bool(
        len(name) <= _LONGEST_PLAIN
        and _PLAIN.fullmatch(name)
        and not _DIGITS.search(name)
        and not _FRACTION.search(name)
        and sum(map(str.isdigit, name)) <= _MOST_DIGITS
        and name.casefold() not in _VALUES
    )


def _fault(name: str, *, before: Sequence[str]) -> tuple[str, str]:
    """Return what is wrong with a name and what to do, or empty texts."""
    if not name.strip():
        return "has no name", "write one into the file; pandas writes its index without one unless index=False"
    if name in before:
        return f"has the name of column {before.index(name) + 1}", "each column needs a name of its own"
    if len(name) > LONGEST_NAME:
        return f"has a name of more than {LONGEST_NAME} characters", "check the delimiter, and that names come first"
    if refused_in(name):
        return "has an invisible character in its name", "write the names again by hand; check the delimiter"
    return "", ""
