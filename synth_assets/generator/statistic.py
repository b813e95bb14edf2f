"""Counts, shares and means as weights on the cells of one table that was measured.

A statistic is ``sum(above * table)``, over ``sum(below * table)`` unless it is a
count, one value per cell of the columns in ``by``. The same weights are applied to
a noisy table, to the model's table and to those of refits, so that the results can
be compared.

Columns that were not measured together have no statistic: the answer would depend
on the model alone, and no error bar covers that.

Some columns were measured in groups of neighbouring values. A condition must not
split a group. A mean may use values inside groups, distributed as in the column's
own table, independently of the other columns.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.domain.cells import MOST_CELLS, cell_values, code_names, conjuncts, group_names, true_cells
from synth_assets.errors import UsageError
from synth_assets.generator.one_way import shares_of
from synth_assets.release import Level, Release

__all__ = ["Statistic", "make_statistic", "refuse_unmeasured"]

Floats = NDArray[np.float64]

Kind = Literal["count", "share", "mean"]
_SHOWN = 12
MOST_GROUPS_SHOWN = 40


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Statistic:
    """A statistic of a table. Every answer is an array with one axis per column of ``by``.

    Attributes:
        text: a description in words.
        kind: determines the possible values.
        by: the columns whose cells have one answer each.
        attributes: the columns that are read, those of ``by`` first.
        level: level of the table.
        above: weights of the sum, of the table's shape.
        below: weights of the sum that it is divided by; ``None`` for a count.
        whole: whether that sum is over the whole table instead of one cell of ``by``.
        names: names of the groups of each column of ``by``.
        bounds: smallest and largest possible value.
        inside: whether it uses values inside groups, which were not measured with the other columns.
    """

    text: str
    kind: Kind
    by: tuple[str, ...]
    attributes: tuple[str, ...]
    level: Level
    above: Floats
    below: Floats | None
    whole: bool
    names: tuple[tuple[str, ...], ...]
    bounds: tuple[float, float]
    inside: bool = False

    def sums(self, table: Floats, *weights: Floats) -> Floats:
        """Return the sum of ``table`` times ``weights`` in each cell of ``by``."""
        return np.asarray(math.prod(weights, start=table).sum(axis=self._inner))

    def base(self, table: Floats, *weights: Floats) -> Floats:
        """Return the sum of ``table`` times ``weights`` of the denominator."""
        return np.asarray(math.prod(weights, start=table).sum(axis=None if self.whole else self._inner))

    def answer(self, table: Floats) -> Floats:
        """Return the statistic of a table of counts; NaN if the denominator is 0."""
        above = self.sums(table, self.above)
        if self.below is None:
            return above
        below = self.base(table, self.below)
        return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0))

    @property
    def _inner(self) -> tuple[int, ...]:
        return tuple(range(len(self.by), len(self.attributes)))


def make_statistic(  # noqa: PLR0913 - the parts of a question, by keyword
    release: Release,
    *,
    by: Sequence[str] = (),
    where: str = "",
    mean: str | None = None,
    share: str | None = None,
    shares: bool = False,
) -> Statistic:
    """Return a statistic of the table behind ``release``; a count by default.

    Args:
        release: defines what was measured together, and at which level.
        by: up to three columns, with one answer per cell.
        where: only rows of which this is true.
        mean: mean of this column, of rows where it is known.
        share: share of the rows of which this is true, as an expression.
        shares: share of each cell of ``by`` of all rows.

    Raises:
        UsageError: a column is unknown, columns were not measured together, or a condition splits
            a group of values that were measured together.
    """
    if sum((mean is not None, share is not None, shares)) > 1:
        raise UsageError("one statistic at a time", hint="ask for a mean, or for a share, or for shares of cells")
    _refuse_unknown(release.domain, [*by, *([mean] if mean else [])])
    conditions = [true_cells(part, domain=release.domain) for part in conjuncts(where)] if where else []
    asked = [true_cells(part, domain=release.domain) for part in conjuncts(share)] if share else []
    named = [name for names, _ in (*conditions, *asked) for name in names]
    attributes = tuple(dict.fromkeys([*by, *([mean] if mean else []), *named]))
    refuse_unmeasured(release, attributes)
    level = _level(release, attributes, by=by, mean=mean, conditions=[*conditions, *asked])
    table = _Weights(release, attributes, level)
    kept = table.product(conditions)
    target = table.product(asked) if share is not None else None
    above, below, bounds = table.ratio(kept, mean=mean, target=target, shares=shares)
    kind: Kind = "count" if below is None else "share" if mean is None else "mean"
    return Statistic(
        text=_words(by=by, where=where, mean=mean, share=share, shares=shares),
        kind=kind,
        by=tuple(by),
        attributes=attributes,
        level=level,
        above=above,
        below=below,
        whole=shares,
        names=tuple(_names(release, name, level) for name in by),
        bounds=bounds,
        inside=mean is not None and level == "coarse" and not _single(release, mean),
    )


def refuse_unmeasured(release: Release, attributes: Sequence[str]) -> None:
    """Refuse columns that no table of the release holds together.

    Raises:
        UsageError: the hint names which of these columns were measured together.
    """
    if not attributes:
        raise UsageError("no column is named", hint="name a column, or a condition")
    wanted = set(attributes)
    cliques = [set(marginal.attributes) for marginal in release.marginals]
    if any(wanted <= clique for clique in cliques):
        return
    parts = sorted({tuple(name for name in attributes if name in clique) for clique in cliques}, key=lambda p: -len(p))
    largest = [part for part in parts if len(part) > 1 and not any(set(part) < set(whole) for whole in parts)]
    shown = ", ".join("+".join(part) for part in largest[:_SHOWN]) or "each of them alone"
    raise UsageError(
        f"{', '.join(attributes)} were not measured together, so there is no interval for them",
        hint=f"measured together of these: {shown}",
    )


def _refuse_unknown(domain: Domain, names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in domain.names]
    if unknown:
        raise UsageError(
            f"{unknown[0]!r} is not a measured column", hint=f"measured columns: {', '.join(domain.names[:_SHOWN])}"
        )
    if len(set(names)) < len(names):
        raise UsageError("a column is named twice", hint="name each once")


Condition = tuple[tuple[str, ...], NDArray[np.bool_]]


def _level(
    release: Release, attributes: Sequence[str], *, by: Sequence[str], mean: str | None, conditions: Sequence[Condition]
) -> Level:
    """Return fine if a fine table is needed and exists, else coarse, which more tables can answer."""
    single = all(_single(release, name) for name in (*by, *([mean] if mean else [])))
    whole = all(_in_groups(release, names, kept) is not None for names, kept in conditions)
    exists = any(
        marginal.level == "fine" and set(attributes) <= set(marginal.attributes) for marginal in release.marginals
    )
    small = math.prod(release.domain.shape(attributes)) <= MOST_CELLS
    return "fine" if exists and small and not (single and whole) else "coarse"


def _single(release: Release, name: str) -> bool:
    """Return whether each coarse code of a column is a single fine code."""
    return int(release.grids[name].max()) + 1 == release.domain[name].size


def _in_groups(release: Release, names: Sequence[str], kept: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    """Return a condition at coarse codes; ``None`` if it splits a group."""
    low, high = kept, kept
    for axis, name in enumerate(names):
        order = np.argsort(release.grids[name], kind="stable")
        starts = np.searchsorted(release.grids[name][order], np.arange(int(release.grids[name].max()) + 1))
        low = np.logical_and.reduceat(low.take(order, axis), starts, axis)
        high = np.logical_or.reduceat(high.take(order, axis), starts, axis)
    return None if (low != high).any() else low


class _Weights:
    """Arrays over the table of some columns at one level."""

    def __init__(self, release: Release, attributes: tuple[str, ...], level: Level) -> None:
        self._release, self._attributes, self._level = release, attributes, level
        self._shape = release.shape(attributes, level)

    def product(self, conditions: Sequence[Condition]) -> Floats:
        """Return 1 where all conditions are true and 0 elsewhere."""
        product = np.ones(self._shape)
        for names, kept in conditions:
            at_level = kept if self._level == "fine" else _in_groups(self._release, names, kept)
            if at_level is None:
                raise _cut(self._release, names)
            product *= self._spread(at_level.astype(np.float64), names)
        return product

    def ratio(
        self, kept: Floats, *, mean: str | None, target: Floats | None, shares: bool
    ) -> tuple[Floats, Floats | None, tuple[float, float]]:
        """Return the weights of numerator and denominator, and the bounds, of a mean, a share, shares or a count."""
        if mean is not None:
            return self.mean(mean, kept)
        if target is not None:
            return kept * target, kept, (0.0, 1.0)
        return (kept, kept, (0.0, 1.0)) if shares else (kept, None, (0.0, math.inf))

    def mean(self, name: str, kept: Floats) -> tuple[Floats, Floats, tuple[float, float]]:
        """Return the weights of numerator and denominator, and the bounds, of a mean."""
        values, known = cell_values(self._release.domain[name])
        bounds = float(values[known].min()), float(values[known].max())
        below = known.astype(np.float64)
        above = values * below
        if self._level == "coarse":
            grid = self._release.grids[name]
            within = shares_of(self._release, name, masses=self._release.project((name,), level="coarse")[0])
            above, below = (np.bincount(grid, weights=within * values).astype(np.float64) for values in (above, below))
        return kept * self._spread(above, (name,)), kept * self._spread(below, (name,)), bounds

    def _spread(self, values: Floats, names: Sequence[str]) -> Floats:
        """Transpose and reshape ``values`` to the axes of the table."""
        axes = [self._attributes.index(name) for name in names]
        turned = values.transpose(np.argsort(axes))
        shape = [size if axis in axes else 1 for axis, size in enumerate(self._shape)]
        return np.asarray(turned.reshape(shape))


def _cut(release: Release, names: Sequence[str]) -> UsageError:
    return UsageError(
        f"the condition on {' and '.join(names)} cuts through values that were measured as one group",
        hint="; ".join(f"groups of {name}: {_shortened(release, name)}" for name in names),
    )


def _shortened(release: Release, name: str) -> str:
    groups = group_names(release.domain[name], release.grids[name])
    return ", ".join(groups[:MOST_GROUPS_SHOWN]) + (", ..." if len(groups) > MOST_GROUPS_SHOWN else "")


def _names(release: Release, name: str, level: Level) -> tuple[str, ...]:
    column = release.domain[name]
    return code_names(column) if level == "fine" else group_names(column, release.grids[name])


def _words(*, by: Sequence[str], where: str, mean: str | None, share: str | None, shares: bool) -> str:
    what = f"mean of {mean}" if mean else f"share of `{share}`" if share else "share" if shares else "count"
    return what + (f" by {', '.join(by)}" if by else "") + (f" where {where}" if where else "")
