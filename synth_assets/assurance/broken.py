"""Copies of the measurement that are broken on purpose, on made-up rows in memory, which the tests must notice.

Nothing but :mod:`~synth_assets.assurance.mechanisms` calls them, and none of them takes a
source, a ledger or a permit.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from synth_assets.assurance.draws import ABSENT
from synth_assets.assurance.example import Example, Row, Table
from synth_assets.domain import Column, Domain
from synth_assets.measurement.noise import draw_counts
from synth_assets.privacy.noise import Noise, least_gaussian
from synth_assets.release.kinds.marginals import MarginalQuery

__all__ = ["bounded_per_part", "draws_over_data", "half_the_noise"]


def half_the_noise(noise: Noise) -> Noise:
    """Return noise of half the scale at the same stated price."""
    return replace(noise, scale=noise.scale / 2)


def bounded_per_part(table: Table) -> Table:
    """Return a table in which each part bounds a unit's rows by itself: a unit has another id in each part."""
    one, other = (tuple(_renamed(row, index) for row in part) for index, part in enumerate(table))
    return one, other


def draws_over_data(example: Example, tables: Sequence[Table], *, runs: int) -> list[NDArray[np.int64]]:
    """Measure the one column of a table whose domain is what is in the data; shape (runs, values of all tables) each.

    The noise is right. A value that nobody has is not in the answer, which is the fault.
    """
    present = [sorted({str(row[-1]) for part in table for row in part}) for table in tables]
    known = sorted({value for values in present for value in values})
    noise = least_gaussian(d_in=example.unit.max_rows, rho=example.noise.rho)
    measured = []
    for table, values in zip(tables, present, strict=True):
        column = Column(name=example.columns[-1], kind="categorical", categories=tuple(values))
        query = MarginalQuery(attributes=(column.name,), level="fine", domain=Domain(columns=(column,)), grids={})
        counts = replace(example, query=query).exact(table)
        drawn = np.full((runs, len(known)), ABSENT, dtype=np.int64)
        drawn[:, [known.index(value) for value in values]] = draw_counts(np.tile(counts, (runs, 1)), noise)
        measured.append(drawn)
    return measured


def _renamed(row: Row, part: int) -> Row:
    return (f"{row[0]} in part {part}", *row[1:])
