"""What can be wrong between parts of a contract, each fault with its place and the columns that it is about.

Example:
    >>> (fault,) = name_faults(columns=["age"], unit_column=None, focus=["sex"], target=None, derived=[])
    >>> fault.where, fault.columns
    (('focus', 0), frozenset({'sex'}))
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa

from synth_assets.contract.lookup import Lookup, derivation, key_faults
from synth_assets.domain.expressions import columns_in, parse
from synth_assets.errors import UsageError

__all__ = ["CrossFault", "expression_faults", "name_faults", "threshold_faults"]

_LEAST_THRESHOLD_DELTA = 1e-14
"""Per column and row; below it the maps of thresholds are mostly their own rounding."""
_LONGEST_TEXTS = 200_000


class CrossFault(NamedTuple):
    """One fault between parts of a contract.

    Attributes:
        where: path in the contract.
        message: what is wrong and what to do.
        columns: the declared columns that it is about, which must be readable for it to count; ``None`` means all.
    """

    where: tuple[str | int, ...]
    message: str
    columns: frozenset[str] | None


def name_faults(
    *,
    columns: Sequence[str],
    unit_column: str | None,
    focus: Sequence[str],
    target: str | None,
    derived: Collection[str],
) -> list[CrossFault]:
    """List names that stand for nothing, or for two things."""
    known, faults = ", ".join(columns), []
    if unit_column in columns:
        message = f"the unit column {unit_column!r} cannot be a data column: remove it"
        faults.append(CrossFault(("columns", str(unit_column)), message, frozenset({str(unit_column)})))
    for index, name in enumerate(focus):
        if name not in columns:
            message = f"focus names unknown column {name!r}; measured columns: {known}"
            faults.append(CrossFault(("focus", index), message, frozenset({name})))
    if target is not None and target not in columns:
        message = f"target names unknown column {target!r}; measured columns: {known}"
        faults.append(CrossFault(("target",), message, frozenset({target})))
    for name in derived:
        if name in columns:
            message = f"derived column {name!r} is a measured column too: keep one"
            faults.append(CrossFault(("derived", name), message, frozenset({name})))
    return faults


def threshold_faults(*, delta: float, max_rows: int, discovered: Sequence[str]) -> list[CrossFault]:
    """List what does not fit between the delta of thresholds and the columns whose categories are discovered."""
    least = _LEAST_THRESHOLD_DELTA * max_rows * len(discovered)
    where = ("privacy", "spend", "threshold_delta")
    if delta == 0:
        advice = "needs a part of delta to discover categories: add `threshold_delta: 1.0e-9` to privacy.spend"
        return [
            CrossFault(("columns", name, "categories"), f"column {name!r} {advice}", frozenset({name}))
            for name in discovered
        ]
    if not discovered:
        message = "pays for nothing: no column has `categories: discover`; remove it"
        return [CrossFault(where, message, None)]
    if delta < least:
        message = f"{delta:g} is too small for {len(discovered)} discovered columns: at least {least:g}"
        return [CrossFault(where, message, None)]
    return []


def expression_faults(
    *,
    schema: pa.Schema,
    derived: Mapping[str, str | Lookup],
    rules: Mapping[str, str],
    values: Callable[[str], frozenset[str] | None],
) -> list[CrossFault]:
    """List derived columns and rules that cannot be computed from the columns before them.

    What reads a table that was not read yet is left out.

    Args:
        schema: of the measured columns.
        derived: expressions or tables by name, in order; later ones may read earlier ones.
        rules: expressions by name.
        values: returns all values of a measured column as texts, ``None`` if they are not known.
    """
    texts = [text for text in (*derived.values(), *rules.values()) if isinstance(text, str)]
    if sum(map(len, texts)) > _LONGEST_TEXTS:
        message = f"rules and derived columns have more than {_LONGEST_TEXTS:,} characters together"
        return [CrossFault(("rules",), message, frozenset())]
    faults = list(_key_faults(derived, values))
    unread = {name for name, lookup in derived.items() if isinstance(lookup, Lookup) and lookup.unread}
    for name, text in derived.items():
        if name in unread or unread & _read_by(text, derived):
            continue
        try:
            kind = derivation(text, schema).type
            schema = schema if name in schema.names else schema.append(pa.field(name, kind))
        except UsageError as error:
            faults.append(CrossFault(("derived", name), f"{error.message}; {error.hint}", _read_by(text, derived)))
    for name, text in rules.items():
        if unread & _read_by(text, derived):
            continue
        try:
            if parse(text, schema).type != pa.bool_():
                message = f"rule `{text}` is not true or false: write a comparison"
                faults.append(CrossFault(("rules", name), message, _read_by(text, derived)))
        except UsageError as error:
            faults.append(CrossFault(("rules", name), f"{error.message}; {error.hint}", _read_by(text, derived)))
    return faults


def _key_faults(
    derived: Mapping[str, str | Lookup], values: Callable[[str], frozenset[str] | None]
) -> Iterator[CrossFault]:
    """Yield what tables that were read lack, or have too much, for the columns that are looked up in them."""
    results: dict[str, frozenset[str]] = {}
    for name, lookup in derived.items():
        if not isinstance(lookup, Lookup) or lookup.unread:
            continue
        results[name] = lookup.results()
        try:
            possible = results.get(lookup.lookup) if lookup.lookup in derived else values(lookup.lookup)
        except KeyError:  # there is no such column, which is a fault by itself
            continue
        if message := key_faults(lookup, possible):
            place = "values" if lookup.file is None else "file"
            yield CrossFault(("derived", name, place), message, frozenset({lookup.lookup}))


def _read_by(derived: str | Lookup, others: Mapping[str, str | Lookup]) -> frozenset[str]:
    """Return the names that a derived column or a rule reads, directly or through derived columns."""
    names: set[str] = set()
    waiting = list(_read(derived))
    while waiting:
        name = waiting.pop()
        if name not in names:
            names.add(name)
            waiting += _read(others[name]) if name in others else []
    return frozenset(names)


def _read(derived: str | Lookup) -> tuple[str, ...]:
    return (derived.lookup,) if isinstance(derived, Lookup) else columns_in(derived)
