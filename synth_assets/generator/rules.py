"""What a generator is told of the rules that its rows have to keep.

Rules are public and free: a release has nothing of them, and a fit does not see them. A kind that is
:class:`~synth_assets.generator.protocol.Keeping` samples by them; of any other, rows that break one are drawn again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.domain.possible import CellRule

__all__ = ["Rules", "kept_inside"]

Codes = NDArray[np.uint16]
ROUNDS = 96
"""Draws of values inside bins; of two in one bin, half are in order."""
_MOST_AGAIN = 4
"""How many times as many rows as there are are drawn again in all rounds, and :data:`_FEWEST` besides."""
_FEWEST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rules:
    """Rules of a contract.

    Attributes:
        cells: what codes can tell of them.
        kept: returns of rows of all measured columns which keep every rule, shape (rows,).
    """

    cells: tuple[CellRule, ...]
    kept: Callable[[pa.RecordBatch], NDArray[np.bool_]]

    @property
    def columns(self) -> frozenset[str]:
        """The columns that the rules of cells read."""
        return frozenset(name for rule in self.cells for name in rule.columns)


def kept_inside(
    batch: pa.RecordBatch,
    codes: Sequence[Codes],
    domain: Domain,
    rules: Rules,
    *,
    values: Callable[[Column, Codes], pa.Array],
) -> pa.RecordBatch:
    """Return rows whose values were drawn again inside their bins, where rows broke a rule.

    Rows keep their codes; those that still break a rule after :data:`ROUNDS` are as they were drawn.

    Args:
        batch: the rows.
        codes: the fine codes of each column.
        domain: the columns.
        rules: what rows have to keep.
        values: draws the values of codes.
    """
    binned = {column.name for column in domain.columns if not column.exact and column.name in rules.columns}
    broken, pieces = np.flatnonzero(~rules.kept(batch)), [batch]
    source, total, left = np.arange(batch.num_rows), batch.num_rows, _MOST_AGAIN * batch.num_rows + _FEWEST
    for _ in range(ROUNDS if binned else 0):
        left -= broken.size
        if not broken.size or left < 0:  # what breaks rules that codes tell nothing of may never get better
            break
        again = pa.RecordBatch.from_arrays(
            [
                values(column, code[broken]) if column.name in binned else array.take(pa.array(broken))
                for column, code, array in zip(domain.columns, codes, batch.columns, strict=True)
            ],
            schema=batch.schema,
        )
        kept = rules.kept(again)
        pieces.append(again.filter(pa.array(kept)))
        source[broken[kept]] = total + np.arange(int(kept.sum()))
        total, broken = total + int(kept.sum()), broken[~kept]
    if len(pieces) == 1:
        return batch
    return pa.Table.from_batches(pieces).take(pa.array(source)).combine_chunks().to_batches()[0]
