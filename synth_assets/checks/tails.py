"""Tails that are heavier or lighter than a release allows: no private row is looked at.

Both figures are shares of the rows that are *surely* too many or too few, with 99%
confidence for all codes of all ends at once.

*Heavy.* For each code of an ordered column, the rows beyond it are at most what the
release counts there plus its error, and at most what they are beyond any code further
inside. So noise in many empty codes far out does not excuse rows there, if the rows beyond
the first of them are well known. Where tables of pairs say more than the column's own, the smaller bound holds.

*Light.* The other way round: the rows beyond a code are at least what the release counts
there less its error, or what is left of all rows by those that it counts elsewhere, where that has less noise. It is
looked at where the groups of a column begin, which tables of pairs know better, and where its outer 1, 2, 4, 8, ...
codes do, as far as the release has a quarter of all rows outwards, or fewer.

A generator was fitted to these numbers, so it is nearer to them than chance would have
it; that makes none of the figures larger.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.checks.realism import Tables, confident, own_tables
from synth_assets.domain import Column
from synth_assets.generator.tails import body_of
from synth_assets.release import Release

__all__ = ["Tail", "light_tails", "tails"]

Floats = NDArray[np.float64]

PARTS = (0.01, 0.001)
"""Shares of the rows outside, of the quantiles that are shown: p99 and p99.9, and p1 and p0.1 at lower ends."""
OUTER = 0.25
"""Share of all rows that the tail of a column is at most."""
_UP, _DOWN = slice(None), slice(None, None, -1)
_WAYS = {"upper": _UP, "lower": _DOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """One end of an ordered column, heavy or light.

    Attributes:
        column: its name.
        end: ``upper`` or ``lower``.
        beyond: where counts stop being clear of noise, or where most rows are missing, as the column's values are
            written.
        share: synthetic rows beyond that, as a share of all.
        released: the same by the release; below 0 by chance.
        sure: the largest share beyond any code of the tail that the release surely does not have, or that is surely
            missing.
        quantiles: per share of rows outside (.01 and .001) where the synthetic column has it, and where the release
            has it at the furthest, of a light tail at the nearest; ``None`` if its noise cannot tell; both by codes.
    """

    column: str
    end: str
    beyond: Any
    share: float
    released: float
    sure: float
    quantiles: Mapping[float, tuple[Any, Any]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Anchors:
    """Codes of one end of a column from which on rows are compared, shape (anchors,) each.

    Attributes:
        positions: the codes, counted outwards.
        rows: released rows from each outwards.
        errors: their standard errors.
    """

    positions: NDArray[np.int64]
    rows: Floats
    errors: Floats


def tails(release: Release, tables: Tables) -> list[Tail]:
    """Return both ends of each ordered column that has codes beyond those that are clear of noise."""
    own = own_tables(release, tables)
    ordered = [column for column in release.domain.columns if column.numeric]
    quantile = confident(sum(4 * column.regular for column in ordered))  # two ends, at most two levels
    return [tail for column in ordered for tail in _tails(release, column, own[column.name], quantile=quantile)]


def light_tails(release: Release, tables: Tables) -> list[Tail]:
    """Return both ends of each ordered column that has several codes.

    Args:
        release: the noisy tables.
        tables: synthetic counts of the same cells, in the release's order.
    """
    own = own_tables(release, tables)
    ends = [
        (column, end, _anchors(release, column, way=way))
        for column in release.domain.columns
        if column.numeric and column.regular > 1
        for end, way in _WAYS.items()
    ]
    quantile = confident(sum(anchors.positions.size for _, _, anchors in ends))
    return [
        _light(release, column, own[column.name], end=end, anchors=anchors, quantile=quantile)
        for column, end, anchors in ends
        if (anchors.rows <= OUTER * release.total()).any()
    ]


def _tails(release: Release, column: Column, table: NDArray[np.int64], *, quantile: float) -> Iterator[Tail]:
    counts, variance = release.project((column.name,))
    rows, error, sampled = max(release.total(), 1.0), release.total_standard_error(), max(int(table.sum()), 1)
    body = body_of(np.rint(counts[: column.regular]).astype(np.int64), scale=float(np.sqrt(variance.mean())))
    for end, way, start in (("upper", _UP, body.stop), ("lower", _DOWN, column.regular - body.start)):
        if start == column.regular:
            continue
        share = _outwards(table[: column.regular][way] / sampled)
        chance = np.sqrt(share * (1 - share) / sampled + (share * error / rows) ** 2)
        most = np.minimum.accumulate(np.maximum(_most_rows(release, column, way=way, quantile=quantile) / rows, 0))
        yield Tail(
            column=column.name,
            end=end,
            beyond=_written(column, start, end=end),
            share=float(share[start]),
            released=float(counts[: column.regular][way][start:].sum() / rows),
            sure=max(0.0, float((share - quantile * chance - most)[start:].max())),
            quantiles={
                part: tuple(_quantile_of(column, one, part, end=end) for one in (share, most)) for part in PARTS
            },
        )


def _quantile_of(column: Column, outside: Floats, part: float, *, end: str) -> Any:
    """Return the first code that has at most so many rows from itself outwards, as a value; ``None`` if none has."""
    few = np.flatnonzero(outside <= part)
    return _written(column, int(few[0]), end=end) if few.size else None


def _most_rows(release: Release, column: Column, *, way: slice, quantile: float) -> Floats:
    """Return the most rows from each code outwards by the tables of one level or the other, shape (regular,)."""
    counts, variance = release.project((column.name,))
    most = _bound(counts[: column.regular][way], variance[: column.regular][way], quantile=quantile)
    groups = release.grids[column.name][: column.regular]
    if (np.diff(groups) < 0).any():
        return most
    counts, variance = release.project((column.name,), level="coarse")
    inside = slice(0, int(groups[-1]) + 1)
    grouped, ordered = _bound(counts[inside][way], variance[inside][way], quantile=quantile), groups[way]
    first = np.flatnonzero(np.diff(ordered, prepend=ordered[0] - 1))  # where a group begins, it says where rows are
    most[first] = np.minimum(most[first], grouped)
    return most


def _bound(counts: Floats, variance: Floats, *, quantile: float) -> Floats:
    return np.asarray(_outwards(counts) + quantile * np.sqrt(_outwards(variance)))


def _outwards(values: Floats) -> Floats:
    """Return the sums from each position to the end."""
    return np.asarray(np.cumsum(values[::-1])[::-1], dtype=np.float64)


def _light(  # noqa: PLR0913 - one end of a column, by keyword
    release: Release, column: Column, table: NDArray[np.int64], *, end: str, anchors: _Anchors, quantile: float
) -> Tail:
    rows, error, sampled = max(release.total(), 1.0), release.total_standard_error(), max(int(table.sum()), 1)
    outwards = _outwards(table[: column.regular][_WAYS[end]] / sampled)
    share, released = outwards[anchors.positions], anchors.rows / rows
    chance = np.sqrt(share * (1 - share) / sampled + (share * error / rows) ** 2)
    least = np.maximum(released - quantile * anchors.errors / rows, 0)
    outer = released <= OUTER
    missing = np.where(outer, least - quantile * chance - share, -1.0)
    likely = np.where(outer, (released - share) / anchors.errors, -np.inf)
    worst = int(np.argmax(missing)) if missing.max() > 0 else int(np.argmax(likely))
    bound = np.zeros(column.regular)
    bound[anchors.positions] = least
    bound = np.maximum.accumulate(bound[::-1])[::-1]
    return Tail(
        column=column.name,
        end=end,
        beyond=_written(column, int(anchors.positions[worst]), end=end),
        share=float(share[worst]),
        released=float(released[worst]),
        sure=max(0.0, float(missing.max())),
        quantiles={
            part: (_quantile_of(column, outwards, part, end=end), _nearest(column, bound, part, end=end))
            for part in PARTS
        },
    )


def _nearest(column: Column, least: Floats, part: float, *, end: str) -> Any:
    """Return the last code that surely has more than so many rows from itself outwards, as a value, or ``None``."""
    many = np.flatnonzero(least > part)
    return _written(column, int(many[-1]), end=end) if many.size else None


def _anchors(release: Release, column: Column, *, way: slice) -> _Anchors:
    """Return where rows outwards are compared: where groups begin, and where the outer 1, 2, 4, 8, ... codes do."""
    fine = _known(release, *release.project((column.name,)), slice(0, column.regular), way=way)
    codes = np.unique(column.regular - 2 ** np.arange(int(np.log2(column.regular)) + 1))
    codes = codes[codes > 0]
    chosen = [(codes, *(part[codes] for part in fine))]
    groups = release.grids[column.name][: column.regular]
    if not (np.diff(groups) < 0).any():
        grouped = _known(
            release, *release.project((column.name,), level="coarse"), slice(0, int(groups[-1]) + 1), way=way
        )
        first = 1 + np.flatnonzero(np.diff(groups[way]))  # where a group begins, it says where rows are
        chosen += [(first, *(part[1:] for part in grouped))]
    positions, rows, errors = (np.concatenate(parts) for parts in zip(*chosen, strict=True))
    return _Anchors(positions=positions, rows=rows, errors=errors)


def _known(release: Release, counts: Floats, variance: Floats, inside: slice, *, way: slice) -> tuple[Floats, Floats]:
    """Return the rows from each code outwards with their standard errors: counted there, or all others taken off."""
    outwards, noise = (_outwards(values[inside][way]) for values in (counts, variance))
    by_rest = variance.sum() - noise + release.total_standard_error() ** 2
    rows = np.where(by_rest < noise, release.total() - (counts.sum() - outwards), outwards)
    return np.asarray(rows), np.asarray(np.sqrt(np.minimum(noise, by_rest)))


def _written(column: Column, position: int, *, end: str) -> Any:
    """Return where the code at a position, counted outwards, begins, as the column's values are written."""
    code = position if end == "upper" else column.regular - 1 - position
    number = column.values[code] if column.values else column.bounds()[code + (end == "lower")]
    return column.kind_of.plain(column, float(number))  # type: ignore[attr-defined]
