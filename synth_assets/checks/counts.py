"""All that checks need to know of a candidate's rows, counted in one pass.

Rows come in batches of :data:`~synth_assets.candidate.model.BATCH_ROWS`, so
memory does not grow with the table: one batch, its codes (two bytes per value)
and the synthetic counts of every released table.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
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

__all__ = ["CandidateCounts", "Tally", "count_candidate", "outside_domain"]


class Tally(Protocol):
    """Counts in the same pass what one kind of check needs besides. Its memory does not grow with the table."""

    def add(self, batch: pa.Table) -> None:
        """Count some rows."""
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
    contract: DatasetContract, candidate: Candidate, release: Release, *, tallies: Mapping[str, Tally] | None = None
) -> CandidateCounts:
    """Count in one pass what all generated checks look at; domains are those of the release."""
    tallies = tallies or {}
    schema, declared = _schema(contract, candidate)
    nulls, outside, violations = Counter[str](), Counter[str](), Counter[str]()
    tabulation = Tabulation(release)
    derived, rules, rows = contract.derivations(), contract.rule_expressions(), 0
    for batch in candidate.batches():
        rows += batch.num_rows
        if not declared:
            continue
        nulls.update({name: batch[name].null_count for name in contract.columns})
        outside.update(_outside(batch, release.domain, derived))
        broken = np.count_nonzero(~kept(batch, rules), axis=1)
        violations.update(dict(zip(rules, broken.tolist(), strict=True)))
        tabulation.add(batch)
        for tally in tallies.values():
            tally.add(batch)
    return CandidateCounts(
        rows=rows,
        schema=tuple({"name": field.name, "type": str(field.type), "nullable": field.nullable} for field in schema),
        as_declared=declared,
        nulls=dict(nulls),
        outside=dict(outside),
        violations=dict(violations),
        tables=tabulation.tables(),
        tallies={name: tally.figures() for name, tally in tallies.items()} if declared else {},
        as_drawn=candidate.as_drawn,
        set_aside=candidate.set_aside,
    )


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
