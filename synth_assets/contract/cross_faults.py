"""What can be wrong between parts of a contract, each fault with its place and the columns that it is about.

Example:
    >>> (fault,) = name_faults(columns=["age"], unit_column=None, focus=["sex"], target=None, derived=[])
    >>> fault.where, fault.columns
    (('focus', 0), frozenset({'sex'}))
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa

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


def expression_faults(*, schema: pa.Schema, derived: Mapping[str, str], rules: Mapping[str, str]) -> list[CrossFault]:
    """List derived columns and rules that cannot be computed from the columns before them.

    Args:
        schema: of the measured columns.
        derived: expressions by name, in order; later ones may read earlier ones.
        rules: expressions by name.
    """
    if sum(map(len, (*derived.values(), *rules.values()))) > _LONGEST_TEXTS:
        message = f"rules and derived columns have more than {_LONGEST_TEXTS:,} characters together"
        return [CrossFault(("rules",), message, frozenset())]
    faults: list[CrossFault] = []
    for name, text in derived.items():
        try:
            kind = parse(text, schema).type
            schema = schema if name in schema.names else schema.append(pa.field(name, kind))
        except UsageError as error:
            faults.append(CrossFault(("derived", name), f"{error.message}; {error.hint}", _read_by(text, derived)))
    for name, text in rules.items():
        try:
            if parse(text, schema).type != pa.bool_():
                message = f"rule `{text}` is not true or false: write a comparison"
                faults.append(CrossFault(("rules", name), message, _read_by(text, derived)))
        except UsageError as error:
            faults.append(CrossFault(("rules", name), f"{error.message}; {error.hint}", _read_by(text, derived)))
    return faults


def _read_by(text: str, derived: Mapping[str, str]) -> frozenset[str]:
    """Return the names that an expression reads, directly or through derived columns."""
    names: set[str] = set()
    waiting = list(columns_in(text))
    while waiting:
        name = waiting.pop()
        if name not in names:
            names.add(name)
            waiting += columns_in(derived[name]) if name in derived else []
    return frozenset(names)
