"""All that checks need to know of a candidate's rows, counted in one pass, a shard at a time.

A shard is a task, of this process or of any ``concurrent.futures`` executor. What it counts are integers, so sums of
several shards do not depend on who counted which. Rows of a shard come in batches of
:data:`~synth_assets.candidate.model.BATCH_ROWS`, so memory does not grow with the table: one batch, its codes
(two bytes per value) and the synthetic counts of every released table, per process.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synth_assets.candidate import AsDrawn, Candidate
from synth_assets.candidate.rejection import kept
from synth_assets.contract import DatasetContract
from synth_assets.domain import Column, Domain
from synth_assets.domain.lookup import Derivation, derive_values
from synth_assets.release import Release
from synth_assets.release.tabulate import Tabulation
from synth_assets.workers.in_order import in_order

__all__ = ["CandidateCounts", "Tally", "count_candidate", "count_rows", "outside_domain"]

_USUAL = ""
_AT_ONCE = 32
"""Shards whose counts may wait to be summed: a few MB each, 8 bytes per row for each key that may not repeat."""


class Tally(Protocol):
    """Counts in the same pass what one kind of check needs besides. Its memory does not grow with the table.

    Rows may be counted in parts, each by a tally of its own. When what the parts counted is merged into one of
    them, in any order, its figures are those of a tally that counted all rows.
    """

    def add(self, batch: pa.Table) -> None:
        """Count some rows."""
        ...

    def counted(self) -> Any:
        """Return what was counted so far, as numbers, texts and arrays of numbers, for another process to merge."""
        ...

    def merge(self, counted: Any) -> None:
        """Count the rows of another such tally too, by what that one counted."""
        ...

    def figures(self) -> Mapping[str, Any]:
        """Return what was counted, as plain JSON values."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CandidateCounts:
    """What was counted in a candidate.

    Attributes:
        rows: rows in all shards.
        schema: name, type and nullability of each column, in order, of the shards
            (of the first that differs from the contract's, if any).
        as_declared: whether every shard has the contract's schema; if not, nothing else was counted.
        nulls: nulls of each measured column.
        outside: values of each column that lie outside its domain, or are not what it is derived to.
        violations: rows that break each rule.
        tables: synthetic counts of each released table, in the release's order.
        tallies: what the tallies counted, by the type of the check.
        as_drawn: what rules changed, by the candidate's manifest; ``None`` if it does not say so.
        set_aside: rules that were not kept, because too few rows could.
    """

    rows: int
    schema: tuple[Mapping[str, Any], ...]
    as_declared: bool
    nulls: Mapping[str, int]
    outside: Mapping[str, int]
    violations: Mapping[str, int]
    tables: tuple[NDArray[np.int64], ...]
    tallies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    as_drawn: AsDrawn | None = None
    set_aside: tuple[str, ...] = ()


def count_candidate(
    contract: DatasetContract,
    candidate: Candidate,
    release: Release,
    *,
    tallies: Mapping[str, Callable[[], Tally]] | None = None,
    executor: Executor | None = None,
) -> CandidateCounts:
    """Count in one pass what all generated checks look at; domains are those of the release.

    Args:
        contract: what the rows are to be like.
        candidate: whose rows are counted.
        release: says which tables are counted.
        tallies: each makes a tally, by type of check; functions that can be sent to workers.
        executor: counts the shards; this process counts them one by one if omitted.
    """
    schema, declared = _schema(contract, candidate)
    makers: dict[str, Callable[[], Tally]] = {_USUAL: partial(_Usual, contract, release, declared=declared)}
    figures = count_rows(candidate, {**makers, **(tallies or {})} if declared else makers, executor=executor)
    return CandidateCounts(
        **figures.pop(_USUAL),
        schema=tuple({"name": field.name, "type": str(field.type), "nullable": field.nullable} for field in schema),
        as_declared=declared,
        tallies=figures,
        as_drawn=candidate.as_drawn,
        set_aside=candidate.set_aside,
    )


def count_rows(
    candidate: Candidate,
    makers: Mapping[str, Callable[[], Tally]],
    *,
    columns: Sequence[str] | None = None,
    executor: Executor | None = None,
) -> dict[str, Mapping[str, Any]]:
    """Return the figures of tallies of all rows, by their names: each shard is counted by tallies of its own.

    Args:
        candidate: whose rows are counted.
        makers: each makes a tally, by its name.
        columns: what is read; all columns if omitted.
        executor: counts the shards; this process counts them one by one if omitted.
    """
    total = {name: make() for name, make in makers.items()}
    alone = executor is None or len(candidate.shards) == 1  # a worker would have to start first
    job, shards = partial(_count_shard, makers, candidate, columns), range(len(candidate.shards))
    for counted in in_order(job, shards, None if alone else executor, at_once=_AT_ONCE):
        for name, tally in total.items():
            tally.merge(counted[name])
    return {name: tally.figures() for name, tally in total.items()}


def _count_shard(
    makers: Mapping[str, Callable[[], Tally]], candidate: Candidate, columns: Sequence[str] | None, index: int
) -> dict[str, Any]:
    tallies = {name: make() for name, make in makers.items()}
    for batch in replace(candidate, shards=candidate.shards[index : index + 1]).batches(columns=columns):
        for tally in tallies.values():
            tally.add(batch)
    return {name: tally.counted() for name, tally in tallies.items()}


class _Usual:
    """Implements ``Tally``: what most kinds of checks look at, and rows alone if their schema is not the contract's."""

    def __init__(self, contract: DatasetContract, release: Release, *, declared: bool) -> None:
        self._declared, self._names, self._domain = declared, tuple(contract.columns), release.domain
        self._derived, self._rules = contract.derivations(), contract.rule_expressions()
        self._rows, self._tabulation = 0, Tabulation(release)
        self._nulls, self._outside, self._violations = Counter[str](), Counter[str](), Counter[str]()

    def add(self, batch: pa.Table) -> None:
        self._rows += batch.num_rows
        if self._declared:
            self._nulls.update({name: batch[name].null_count for name in self._names})
            self._outside.update(_outside(batch, self._domain, self._derived))
            broken = np.count_nonzero(~kept(batch, self._rules), axis=1)
            self._violations.update(dict(zip(self._rules, broken.tolist(), strict=True)))
            self._tabulation.add(batch)

    def counted(self) -> dict[str, Any]:
        return {
            "rows": self._rows,
            "nulls": dict(self._nulls),
            "outside": dict(self._outside),
            "violations": dict(self._violations),
            "tables": self._tabulation.tables(),
        }

    def merge(self, counted: Mapping[str, Any]) -> None:
        self._rows += counted["rows"]
        self._nulls.update(counted["nulls"])
        self._outside.update(counted["outside"])
        self._violations.update(counted["violations"])
        self._tabulation.merge(counted["tables"])

    figures = counted


def _schema(contract: DatasetContract, candidate: Candidate) -> tuple[pa.Schema, bool]:
    wanted = contract.table_schema()
    for schema in candidate.schemas():
        if not schema.equals(wanted):
            return schema, False
    return wanted, True


def _outside(batch: pa.Table, domain: Domain, derived: Mapping[str, Derivation]) -> dict[str, int]:
    outside = {column.name: outside_domain(column, batch[column.name]) for column in domain.columns}
    for name, values in zip(derived, derive_values(list(derived.values()), batch), strict=True):
        outside[name] = _unequal(batch[name], values)
    return outside


def outside_domain(column: Column, values: pa.ChunkedArray) -> int:
    """Count the values that the declared domain does not have; nulls are another check's business."""
    inside = column.kind_of.inside(column, values)
    return int(pc.sum(pc.and_(pc.is_valid(values), pc.invert(pc.fill_null(inside, False)))).as_py() or 0)


def _unequal(stored: pa.ChunkedArray, wanted: pa.ChunkedArray) -> int:
    same = pc.or_(pc.fill_null(pc.equal(stored, wanted), False), pc.and_(pc.is_null(stored), pc.is_null(wanted)))
    return len(stored) - int(pc.sum(same).as_py() or 0)
