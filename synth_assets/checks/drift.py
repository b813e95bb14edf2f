"""How far columns moved since an earlier version or release, beyond the noise and sampling of both.

The formula is that of ``checks.fidelity`` for two shares that both carry an error.
With p and q the shares of a cell, r = p - q has mean d and variance

    v = noise of p + noise of q + sampling of p + sampling of q,

so that ``sum (r^2 - v) / w`` estimates D = sum d^2 / w without bias, and half its
root bounds the total variation between what the two were drawn from. Between
releases, noise is all: the private tables are taken as they were counted, and
what is estimated is how far apart these were. Between versions, sampling is all.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.checks.context import Earlier, EarlierColumn
from synth_assets.checks.fidelity import TableDistance, distance_of, mean_excess, worst_column

__all__ = ["column_distances", "describe_drift"]

Floats = NDArray[np.float64]
Cells = list[list[int]]
"""The codes of each cell that is compared; where categories differ, one cell holds several."""


def column_distances(now: Earlier, before: Earlier) -> list[TableDistance]:
    """Compare the marginals of the columns that are laid out as they were, or whose categories have names."""
    return [
        _distance(name, _Shares(column, now, cells[0]), _Shares(before.columns[name], before, cells[1]))
        for name, column in now.columns.items()
        if name in before.columns and (cells := _cells(column, before.columns[name])) is not None
    ]


def describe_drift(now: Earlier, before: Earlier | None) -> dict[str, Any]:
    """Summarise how far the columns moved, as plain JSON values.

    Returns:
        ``compared_with``, the digest of the earlier one, or ``None``; then the estimated ``excess``, the
        ``sure_excess`` (there with 99% confidence) as a mean over ``columns`` compared, the ``worst_column``
        with its own ``worst_column_sure_excess``, both figures per column, and columns ``not_compared``.
    """
    if before is None:
        return {"compared_with": None}
    distances = column_distances(now, before)
    compared = {distance.attributes[0] for distance in distances}
    names = dict.fromkeys((*now.columns, *before.columns))
    summary = {
        "compared_with": before.digest,
        "columns": len(distances),
        "not_compared": [name for name in names if name not in compared],
    }
    return summary | _figures(distances) if distances else summary


def _figures(distances: Sequence[TableDistance]) -> dict[str, Any]:
    (excess, sure), (column_sure, column) = mean_excess(distances), worst_column(distances)
    return {
        "excess": round(excess, 6),
        "sure_excess": round(sure, 6),
        "worst_column": column,
        "worst_column_sure_excess": round(column_sure, 6),
        "by_column": [
            [distance.attributes[0], round(distance.excess, 6), round(distance.sure_excess, 6)]
            for distance in distances
        ],
    }


class _Shares:
    """The shares of a column's cells and what noise and sampling add to their variance."""

    def __init__(self, column: EarlierColumn, whole: Earlier, cells: Cells) -> None:
        rows = max(whole.rows, whole.rows_error, 1.0)
        counts, added = np.asarray(column.counts, dtype=np.float64), np.array([len(codes) for codes in cells])
        self.shares: Floats = np.array([counts[codes].sum() for codes in cells]) / rows
        self.possible: Floats = np.clip(self.shares, 0.0, 1.0)
        self.noise: Floats = added * (column.scale / rows) ** 2 + (self.possible * whole.rows_error / rows) ** 2
        drawn = column.scale == 0
        self.sampling: Floats = drawn * self.possible * (1 - self.possible) / max(rows - 1, 1.0)


def _cells(now: EarlierColumn, before: EarlierColumn) -> tuple[Cells, Cells] | None:
    """Return the codes of each cell in both marginals; ``None`` where these cannot be compared."""
    if now.layout == before.layout and len(now.counts) == len(before.counts) > 0:
        codes = [[code] for code in range(len(now.counts))]
        return codes, codes
    if not (now.labels and before.labels):
        return None
    unknown = (now.labels[now.other], before.labels[before.other])
    theirs = set(before.labels).difference(unknown)
    common = [label for label in now.labels if label in theirs and label not in unknown]
    return _by_label(now, common), _by_label(before, common)


def _by_label(column: EarlierColumn, common: Sequence[str | None]) -> Cells:
    """Return the code of each common category, then all others as one cell: the other side has them as unknown."""
    code_of = {label: code for code, label in enumerate(column.labels)}
    known = [code_of.pop(label) for label in common]
    return [*([code] for code in known), list(code_of.values())]


def _distance(name: str, now: _Shares, before: _Shares) -> TableDistance:
    middle = (now.possible + before.possible) / 2
    return distance_of(
        (name,),
        "fine",
        residual=now.shares - before.shares,
        noise=now.noise + before.noise,
        sampling=now.sampling + before.sampling,
        weight=0.5 * middle + 0.5 / middle.size,
    )
