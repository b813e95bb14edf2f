"""What can be wrong between parts of a contract, each fault with its place and the columns that it is about.

Example:
    >>> (fault,) = name_faults(columns=["age"], unit_column=None, focus=["sex"], target=None, derived=[])
    >>> fault.where, fault.columns
    (('focus', 0), frozenset({'sex'}))
"""

from collections.abc import Callable, Collection, Mapping, Sequence
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

    What reads a table that was not read yet, or a derived column that is at fault itself, is left out.

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
    faults, schema, unknown = _derived_faults(schema, derived, values)
    for name, text in rules.items():
        if unknown and unknown & _read_by(text, derived):
            continue
        try:
            if parse(text, schema).type != pa.bool_():
                message = f"rule `{text}` is not true or false: write a comparison"
                faults.append(CrossFault(("rules", name), message, _read_by(text, derived)))
        except UsageError as error:
            faults.append(CrossFault(("rules", name), f"{error.message}; {error.hint}", _read_by(text, derived)))
    return faults


def _derived_faults(
    schema: pa.Schema, derived: Mapping[str, str | Lookup], values: Callable[[str], frozenset[str] | None]
) -> tuple[list[CrossFault], pa.Schema, set[str]]:
    """Return the faults of derived columns, the schema with the sound ones, and the names of the others."""
    faults, results = list[CrossFault](), dict[str, frozenset[str] | None]()
    unknown = {name for name, how in derived.items() if isinstance(how, Lookup) and how.unread}
    for name, how in derived.items():
        if name in unknown or (unknown and unknown & _read_by(how, derived)):
            unknown.add(name)
            continue
        try:
            kind = derivation(how, schema).type
        except UsageError as error:
            faults.append(CrossFault(("derived", name), f"{error.message}; {error.hint}", _read_by(how, derived)))
            unknown.add(name)
            continue
        schema = schema if name in schema.names else schema.append(pa.field(name, kind))
        results[name] = None
        if isinstance(how, Lookup):
            possible = results[how.lookup] if how.lookup in results else values(how.lookup)
            results[name] = how.results(possible)
            if message := key_faults(how, possible):
                where = ("derived", name, "values" if how.file is None else "file")
                faults.append(CrossFault(where, message, frozenset({how.lookup})))
    return faults, schema, unknown


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
