"""A made-up table and one question about it, by which the mechanism of a kind of answers is tested.

The table has two parts, as files of a source have. Its neighbours have one privacy unit
more, which is chosen to be as bad as it can be: with as many rows as count, with far more
in both parts, with nulls, with values outside of the domain, and without any row. Exact
values are made by the code that measures: reading, encoding, bounding, counting.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from synth_assets.privacy import PrivacyUnit, atto_delta_of, epsilon_of, nano_rho_of
from synth_assets.privacy.loss import PrivacyLoss
from synth_assets.privacy.noise import Noise, ThresholdNoise
from synth_assets.release.answers import Query
from synth_assets.source.bounding import SECRET_BYTES
from synth_assets.source.kernel import LocalKernel
from synth_assets.source.queries import exact_values

__all__ = ["ALL", "DELTA", "MOST", "RHO", "STRANGE", "TOO_MANY", "Example", "Row", "Table"]

RHO, DELTA = 0.5, 0.02
"""What each question may cost."""
MOST = 2
"""Rows of one unit that count."""
TOO_MANY = "with far too many rows, in both parts"
ALL = "with as many rows as it may have"
STRANGE = "with values outside of the domain"
_UNIT = "unit"
_NEW = "new"
_MANY = 25
_SECRET = bytes(SECRET_BYTES)
"""Rows here are nobody's, so that nothing has to be hidden by it."""

Row = tuple[str | None, ...]
Table = tuple[tuple[Row, ...], ...]
"""Rows of each part; the unit's id comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A made-up table and a question about it.

    Attributes:
        query: the question.
        columns: names of the table's columns, without the unit's.
        others: rows of the table, the id of the unit first.
        own: the row that the further unit has, as many times as it has rows.
        strange: a row of values outside of the domain.
        miscalibrated: noises that are broken on purpose and that only this kind could have, by name.
        too_low: of a kind with thresholds, noise whose threshold is too low.
    """

    query: Query
    columns: tuple[str, ...]
    others: tuple[Row, ...]
    own: Row
    strange: Row
    miscalibrated: Mapping[str, Noise] = field(default_factory=dict)
    too_low: ThresholdNoise | None = None

    @property
    def unit(self) -> PrivacyUnit:
        """Who is protected."""
        return PrivacyUnit(column=_UNIT, max_rows=MOST)

    @property
    def noise(self) -> Noise:
        """The noise of the question, as a measurement asks for it."""
        return self.query.noise(unit=self.unit, rho=RHO, delta=DELTA)

    @property
    def table(self) -> Table:
        """The table without the further unit."""
        return self.others[::2], self.others[1::2]

    def neighbours(self) -> dict[str, Table]:
        """Return tables with one unit more, by what it is like."""
        nulls: Row = (None,) * len(self.columns)
        return {
            ALL: self._with([self.own] * MOST, []),
            TOO_MANY: self._with([self.own] * _MANY, [self.own] * _MANY),
            "with nulls": self._with([nulls], [nulls]),
            STRANGE: self._with([self.strange] * MOST, []),
            "without any row": self._with([], []),
        }

    def exact(self, table: Table) -> Any:
        """Return the exact answer on a table, by the code that measures."""
        with tempfile.TemporaryDirectory() as scratch:
            kernel = LocalKernel(
                lambda names: self._batches(table, names), unit=self.unit, secret=_SECRET, scratch=Path(scratch)
            )
            (values,) = exact_values([self.query], kernel)
        return values

    def epsilon(self, *, rho: float, delta: float, at: float) -> float:
        """Return the epsilon at delta ``at`` that a price implies, the delta of its threshold included in it."""
        loss = PrivacyLoss(nano_rho=nano_rho_of([rho]), atto_delta=atto_delta_of([delta]))
        return epsilon_of(loss, delta=at)

    def _with(self, first: Sequence[Row], second: Sequence[Row]) -> Table:
        added = ([(_NEW, *row) for row in part] for part in (first, second))
        one, other = ((*part, *rows) for part, rows in zip(self.table, added, strict=True))
        return one, other

    def _batches(self, table: Table, names: Sequence[str]) -> list[pa.RecordBatch]:
        schema = pa.schema([(name, pa.string()) for name in (_UNIT, *self.columns)])
        wanted = list(dict.fromkeys([*names, _UNIT]))
        batches = (
            pa.record_batch([list(column) for column in zip(*part, strict=True)] or [[]] * len(schema), schema=schema)
            for part in table
        )
        return [batch.select(wanted) for batch in batches]
