"""Synthetic rows to measure distances from, and the distance of a row to the nearest of them.

The distance of two rows is the mean over columns of a number between 0 and 1: for
categories whether they differ, for values with an order their difference as a share of
the column's range. Null and special values differ from everything else by 1. Inside,
distances are whole numbers, so that they are exact in whatever order they are added,
and a row's distance cannot depend on its neighbours through rounding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Column, Domain
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.rowwise.axis import Codes
from synth_assets.rowwise.features import layout_of, refuse_other_layout, scaled_values
from synth_assets.rowwise.material import Arrays, digest_of
from synth_assets.rowwise.shared import once

__all__ = ["MOST_ROWS", "PublicRows"]

Positions = NDArray[np.uint16]

MOST_ROWS = 50_000
"""Most public rows that distances are taken from."""
_TOP = np.iinfo(np.uint16).max
_CELLS = 1 << 17
"""Pairs of rows that are compared at once: few enough for a processor's cache."""
_POINTS = 1 << 12
"""Public rows that are compared at once."""
_HINT = "make it again: that is free"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PublicRows:
    """Implements ``Material``: distinct synthetic rows, as positions on whole-numbered scales.

    Attributes:
        columns: the columns that are compared.
        layout: digest of these columns, see ``features.layout_of``.
        ordered: of each column, whether positions have a distance, or only differ.
        full: the distance that stands for 1.
        scales: position of each fine code of each column, uint16, shape (codes,).
        points: positions of the rows, uint16, shape (rows, columns).
    """

    what: ClassVar[str] = "rows"

    columns: tuple[str, ...]
    layout: str
    ordered: tuple[bool, ...]
    full: int
    scales: tuple[Positions, ...]
    points: Positions

    def __post_init__(self) -> None:
        count, ranks = len(self.columns), [scale.ndim for scale in self.scales]
        if (
            not (0 < count == len(self.ordered) and ranks == [1] * count)
            or not all(part.dtype == np.uint16 for part in (*self.scales, self.points))
            or self.points.shape[1:] != (count,)
            or not 0 < len(self.points) <= MOST_ROWS
            or not 0 < self.full * count <= _TOP
        ):
            raise IntegrityError("the public rows cannot be compared with others", hint=_HINT)

    @classmethod
    def of(cls, codes: Codes, *, domain: Domain, columns: Sequence[str] | None = None) -> Self:
        """Return the distinct rows among ``codes``, which are the fine codes of synthetic rows.

        Args:
            codes: one array per column of the domain, each of shape (rows,).
            domain: the columns.
            columns: those to compare; all if omitted.

        Raises:
            UsageError: there are no rows, or more than :data:`MOST_ROWS`, or no columns, or too many.
        """
        names = domain.names if columns is None else tuple(columns)
        rows = codes[0].size
        if not 0 < rows <= MOST_ROWS:
            raise UsageError(f"{rows:,} rows to compare with, 1 to {MOST_ROWS:,} are possible", hint="take fewer rows")
        full = _full([domain[name] for name in names])
        scales = tuple(_scale(domain[name], full=full) for name in names)
        points = [scale[codes[domain.index(name)]] for scale, name in zip(scales, names, strict=True)]
        return cls(
            columns=names,
            layout=layout_of(domain, names),
            ordered=tuple(domain[name].numeric for name in names),
            full=full,
            scales=scales,
            points=np.unique(np.stack(points, axis=1), axis=0),
        )

    @property
    def digest(self) -> str:
        """See ``Material``."""
        return digest_of(self)

    def distances(self, rows: Codes, domain: Domain) -> NDArray[np.float64]:
        """Return the distance of each row to the nearest public one, float64 in [0, 1], shape (rows,).

        Shared rows are compared once, see ``shared.once``.

        Raises:
            IntegrityError: the domain has other columns; decided before any row is looked at.
        """
        return once(rows, (self, domain), partial(self._distances, rows, domain))

    def _distances(self, rows: Codes, domain: Domain) -> NDArray[np.float64]:
        refuse_other_layout(domain, self.columns, layout=self.layout, tables=self.scales)
        wanted = [scale[rows[domain.index(name)]] for scale, name in zip(self.scales, self.columns, strict=True)]
        nearest = np.full(rows[0].size, _TOP, dtype=np.uint16)
        others = min(len(self.points), _POINTS)
        at_once = _CELLS // others
        for start in range(0, nearest.size, at_once):
            part = slice(start, start + at_once)
            for first in range(0, len(self.points), others):
                between = self._between([column[part] for column in wanted], self.points[first : first + others])
                nearest[part] = np.minimum(nearest[part], between.min(axis=1))
        return nearest / (self.full * len(self.columns))

    def _between(self, wanted: Sequence[Positions], points: Positions) -> Positions:
        """Return the distance of each pair, uint16, shape (rows, points), in units of ``full`` per column."""
        unequal = np.zeros((wanted[0].size, len(points)), dtype=np.uint16)
        total = np.zeros_like(unequal)
        for column, other, ordered in zip(wanted, np.ascontiguousarray(points.T), self.ordered, strict=True):
            if ordered:
                apart = np.maximum(column[:, None], other) - np.minimum(column[:, None], other)
                total += np.minimum(apart, np.uint16(self.full))
            else:
                unequal += column[:, None] != other
        total += unequal * np.uint16(self.full)
        return total

    def facts(self) -> dict[str, Any]:
        """See ``Material``."""
        return {
            "columns": list(self.columns),
            "layout": self.layout,
            "ordered": list(self.ordered),
            "full": self.full,
        }

    def arrays(self) -> dict[str, NDArray[Any]]:
        """See ``Material``."""
        return {"points": self.points, **{f"scale.{index}": scale for index, scale in enumerate(self.scales)}}

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """See ``Material``."""
        return cls(
            columns=tuple(facts["columns"]),
            layout=str(facts["layout"]),
            ordered=tuple(map(bool, facts["ordered"])),
            full=int(facts["full"]),
            scales=tuple(arrays[f"scale.{index}"] for index in range(len(facts["columns"]))),
            points=arrays["points"],
        )


def _full(columns: Sequence[Column]) -> int:
    """Return the finest unit in which a sum over columns, and a position beyond the range, is a small number."""
    others = max((_others(column) for column in columns if column.numeric), default=0)
    full = _TOP // max(len(columns), 1 + others, 1)
    if not columns or full < 1:
        raise UsageError(f"{len(columns)} columns cannot be compared", hint=f"name 1 to {_TOP:,} columns")
    return full


def _scale(column: Column, *, full: int) -> Positions:
    """Return the position of each fine code; null and special values stand ``full`` apart from all others."""
    if not column.numeric:
        return np.arange(column.size, dtype=np.uint16)
    beyond = full * np.arange(2, 2 + _others(column))
    return np.concatenate([np.round(scaled_values(column) * full), beyond]).astype(np.uint16)


def _others(column: Column) -> int:
    return column.size - column.regular
