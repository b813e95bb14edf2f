"""Noisy tables of what bins do not say: how round the values of a column are, and how many rows single values have.

A table is either of a column's heaps, which follow from the column, see ``domain.heaping``; or of
some public values, which its descriptor lists, and of all others together. A row of a unit adds 1 to one of
its numbers, so the L2 bound is ``max_rows`` (``docs/privacy/heaping.md``).

Example:
    >>> query = HeapingQuery(column=Column(name="paid", kind="integer", maximum=99_999, edges=(100, 1_000)))
    >>> query.descriptor(), query.shape()
    ({'column': 'paid', 'coding': 1}, (117,))
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from synth_assets.domain import Column, Domain
from synth_assets.domain.heaping import Heaping, has_heaps
from synth_assets.domain.kinds.grid import LARGEST_COUNT
from synth_assets.privacy import PrivacyUnit
from synth_assets.privacy.noise import GaussianNoise, least_gaussian
from synth_assets.release.answers import Answer, Audited, Grids, require

__all__ = ["MOST_LISTED", "HeapingQuery", "NoisyHeaping", "Runs", "values_of"]

CODING = 1
"""Of values into heaps; what ``domain.heaping`` does."""
MOST_LISTED = 20_000
"""Values of one table."""
_PARTS = ({"column", "coding"}, {"column", "runs"})
Runs = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeapingQuery:
    """A query for the table of one column's heaps, or of some of its values.

    Attributes:
        column: has heaps.
        runs: of values of the column, see :func:`values_of`; none for its heaps.
    """

    kind: ClassVar[str] = "heaping"

    column: Column
    runs: Runs = ()

    @property
    def listed(self) -> tuple[float, ...]:
        """The single values that it asks for, ascending."""
        return values_of(self.runs, self.column)

    def noise(self, *, unit: PrivacyUnit, rho: float, delta: float) -> GaussianNoise:
        """See ``Query``."""
        del delta
        return least_gaussian(d_in=unit.max_rows, rho=rho)

    def descriptor(self) -> dict[str, Any]:
        """Return what the values describe, see ``Answer``."""
        return {"column": self.column.name, **({"runs": self.runs} if self.runs else {"coding": CODING})}

    def shape(self) -> tuple[int, ...]:
        """See ``Query``."""
        return (1 + len(self.listed) if self.runs else Heaping.of(self.column).size,)


class NoisyHeaping(Answer):
    """One released table: noisy rows of a column's heaps, or of what is not listed and of each listed value."""

    __slots__ = ()
    kind: ClassVar[str] = "heaping"
    page: ClassVar[str] = "docs/privacy/heaping.md"
    claim: ClassVar[str] = "heaping maps"
    absent: ClassVar[str] = "no table of heaps was measured: no number lies in bins, or an earlier version measured"
    ask_for: ClassVar[str] = "new releases have them of numbers that lie in bins"

    @property
    def column(self) -> str:
        """Name of the column."""
        return str(self.descriptor["column"])

    @property
    def runs(self) -> Runs:
        """The runs of its single values; none if it is of heaps."""
        return tuple(self.descriptor.get("runs", ()))

    def sensitivity(self, max_rows: int) -> int:
        """See ``Answer``."""
        return max_rows

    def check(self, domain: Domain, grids: Grids) -> None:
        """See ``Answer``."""
        del grids
        require(set(self.descriptor) in _PARTS, "has a table of heaps of another kind")
        require(self.descriptor["column"] in domain.names, "has heaps of an unknown column")
        column = domain[self.column]
        require(has_heaps(column), "has heaps of a column without any")
        if "runs" in self.descriptor:
            _check_runs(self.descriptor["runs"], column)
        else:
            coding = self.descriptor["coding"]
            require(type(coding) is int and coding == CODING, "has unknown heaps")
        shape = HeapingQuery(column=column, runs=self.runs).shape()
        require(self.values.shape == shape, "has a table of heaps of odd shape")

    def label(self) -> str:
        """See ``Answer``."""
        return f"{'values' if self.runs else 'heaps'} of {self.column!r}"

    @classmethod
    def verified(cls, answers: Sequence[Any], audited: Audited) -> str:
        """See ``Answer``."""
        return (
            f"{len(answers)} tables of heaps, each map recomputed by OpenDP at d_in = {audited.max_rows} ({cls.page})"
        )

    @classmethod
    def mechanisms(cls, answers: Sequence[Any], *, max_rows: int) -> list[dict[str, Any]]:
        """See ``Answer``; listed values are in the release."""
        stated = super().mechanisms(answers, max_rows=max_rows)
        return [
            {**mechanism, "heaping": {"column": answer.column, "cells": answer.values.size}}
            for mechanism, answer in zip(stated, answers, strict=True)
        ]


def values_of(runs: Runs, column: Column) -> tuple[float, ...]:
    """Return the values of runs, ascending: of each its first number of units, the distance to the next, how many."""
    counts = [first + distance * np.arange(many) for first, distance, many in runs]
    units = np.unique(np.concatenate([np.zeros(0, np.int64), *counts]))
    return tuple(Heaping.of(column).grid.values(units.astype(np.float64)).tolist())


def _check_runs(runs: Any, column: Column) -> None:
    """Check runs that may come from an untrusted bundle."""
    require(isinstance(runs, tuple) and len(runs) > 0, "has a table of no values")
    whole = all(isinstance(run, tuple) and [type(part) for part in run] == [int] * 3 for run in runs)
    require(whole, "has listed values that are not runs of whole numbers")
    most = LARGEST_COUNT
    small = all(
        abs(first) <= most and 0 < distance <= most and 0 < many <= MOST_LISTED for first, distance, many in runs
    )
    require(small and sum(many for *_, many in runs) <= MOST_LISTED, "has runs of too many values, or of odd ones")
    values = values_of(runs, column)
    require(column.minimum <= values[0] and values[-1] <= column.maximum, "has listed values out of range")
