"""Whether a classifier can tell synthetic rows from real ones (a classifier two-sample test, C2ST).

References:
    Lopez-Paz and Oquab (2017), "Revisiting Classifier Two-Sample Tests".
"""

from collections.abc import Sequence
from itertools import combinations
from math import prod

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["MOST_ROWS", "c2st", "combination_areas"]

MOST_ROWS = 20_000
"""Rows of each table that a classifier sees."""
FOLDS = 5


def c2st(
    real: pd.DataFrame, synthetic: pd.DataFrame, *, most_rows: int = MOST_ROWS, twins: bool = False, seed: int = 0
) -> float:
    """Return the cross-validated AUC of gradient boosting that tells the tables apart: .5 if it cannot.

    Args:
        real: a table of numbers; null is NaN and a value of its own.
        synthetic: the same columns.
        most_rows: of each table; as many rows are drawn from both.
        twins: whether each row of ``synthetic`` was made from the real one at its position. Then rows are drawn
            from other positions: a classifier that learnt a row as real would take its twin for real too,
            and end below .5.
        seed: of the rows, the folds and the classifier.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from threadpoolctl import threadpool_limits

    both, labels = _together(real, synthetic, most_rows=most_rows, twins=twins, seed=seed)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    model = HistGradientBoostingClassifier(random_state=seed)
    with threadpool_limits(1, user_api="openmp"):  # on a busy machine threads wait for each other ten times as long
        areas = cross_val_score(model, both.to_numpy(np.float64), labels, scoring="roc_auc", cv=folds)
    return float(areas.mean())


def _together(
    real: pd.DataFrame, synthetic: pd.DataFrame, *, most_rows: int, twins: bool, seed: int
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Return as many rows of each table, and 1 where they are synthetic."""
    random = np.random.default_rng(seed)
    rows = min(len(real) // 2 if twins else len(real), len(synthetic), most_rows)
    if twins:
        places = list(random.permutation(len(real))[: 2 * rows].reshape(2, rows))
    else:
        places = [random.choice(len(table), rows, replace=False) for table in (real, synthetic)]
    drawn = [table.iloc[places[side]] for side, table in enumerate((real, synthetic[list(real)]))]
    return pd.concat(drawn, ignore_index=True), np.repeat([0, 1], rows)


def combination_areas(  # noqa: PLR0913 - those of c2st, and how many columns
    real: pd.DataFrame,
    synthetic: pd.DataFrame,
    *,
    size: int,
    most_rows: int = MOST_ROWS,
    twins: bool = False,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the AUC of a classifier that sees ``size`` columns only, for each combination, the largest first.

    The classifier is a table of the combination's cells, learnt on one half of the
    rows and asked about the other half. ``gain`` is what it has over the best
    combination of one column fewer: what its parts do not tell. A table of many
    cells learns less from as many rows, so code columns in fewer values for larger
    combinations.

    Args:
        real: a table of codes, each column from 0 up.
        synthetic: the same columns.
        size: columns of a combination.
        most_rows: of each table.
        twins: see :func:`c2st`.
        seed: of the rows and the halves.

    Returns:
        Columns ``columns``, ``auc`` and ``gain``.
    """
    both, labels = _together(real, synthetic, most_rows=most_rows, twins=twins, seed=seed)
    halves = np.random.default_rng(seed + 1).integers(0, 2, len(both))
    codes = {str(name): both[name].to_numpy(np.int64) for name in both}
    areas = {
        names: _area_of_cells([codes[name] for name in names], labels, halves)
        for width in (size - 1, size)
        for names in combinations(codes, width)
    }
    rows = [
        {"columns": " x ".join(names), "auc": areas[names], "gain": areas[names] - _best_part(names, areas)}
        for names in combinations(codes, size)
    ]
    return pd.DataFrame(rows).sort_values("auc", ascending=False, ignore_index=True)


def _best_part(names: tuple[str, ...], areas: dict[tuple[str, ...], float]) -> float:
    return max(areas[part] for part in combinations(names, len(names) - 1))


def _area_of_cells(codes: Sequence[NDArray[np.int64]], labels: NDArray[np.int64], halves: NDArray[np.int64]) -> float:
    """Return the mean AUC of the table of each half of the rows on the other half; .5 without columns."""
    shape = [int(column.max()) + 1 for column in codes]
    cells = np.ravel_multi_index(list(codes), shape) if codes else np.zeros(len(labels), np.int64)
    # Axes: half, label, cell.
    index = (halves * 2 + labels) * prod(shape) + cells
    counts = np.bincount(index, minlength=4 * prod(shape)).reshape(2, 2, -1)
    return float(np.mean([_area(counts[half], counts[1 - half]) for half in (0, 1)]))


def _area(learnt: NDArray[np.int64], asked: NDArray[np.int64]) -> float:
    """Return the AUC on one table of counts, shape (labels, cells), of the shares of another one."""
    shares = (learnt[1] + 0.5) / (learnt.sum(axis=0) + 1)
    _, rank = np.unique(shares, return_inverse=True)
    real, synthetic = (np.bincount(rank, weights=counts) for counts in asked)
    below = np.cumsum(real) - real / 2
    return float(synthetic @ below / (real.sum() * synthetic.sum()))
