"""How the values of a row hang together: order and equality of numbers, means inside groups, combinations."""

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["conditional_means", "few_valued", "new_combinations", "orders", "varied"]

Bools = NDArray[np.bool_]

MOST_FEW = 20
"""A column with at most this many distinct values, null included, has groups."""
COMMON = 0.5
"""Two numbers have a common range if their central 98% overlap in this share of the narrower one, and ..."""
FACTOR = 10
"""... if the wider one is at most this many times as wide."""
OFTEN = 0.01
"""Share of the real rows that a condition or a group must hold, to be looked at."""


def few_valued(real: pd.DataFrame) -> list[str]:
    """Return the columns with 2 to 20 distinct values, null included."""
    return [str(name) for name, count in real.nunique(dropna=False).items() if 2 <= count <= MOST_FEW]


def varied(real: pd.DataFrame, *, numbers: Sequence[str]) -> list[str]:
    """Return the numbers with more than two distinct values, which are not just a flag."""
    return [name for name in numbers if real[name].nunique() > 2]


def orders(real: pd.DataFrame, synthetic: pd.DataFrame, *, numbers: Sequence[str]) -> pd.DataFrame:
    """Return the shares of rows in which two numbers with a common range are in order, equal, and zero together.

    Shares of ``a <= b`` and ``a = b`` are those among rows in which both are known.
    ``a = 0 | b = 0`` is the share among rows in which b is zero, asked where at least
    1% of the real rows have that; it is 0 if there is no such synthetic row.

    Returns:
        Columns ``a``, ``b``, ``relation``, ``real`` and ``synthetic``.
    """
    rows = []
    for a, b in combinations(numbers, 2):
        if not _common_range(real[a], real[b]):
            continue
        sides = [table[[a, b]].dropna().to_numpy(np.float64).T for table in (real, synthetic)]
        for relation, known, drawn in (("<=", *map(_in_order, sides)), ("=", *map(_equal, sides))):
            rows.append({"a": a, "b": b, "relation": relation, "real": known, "synthetic": drawn})
    for a, b in permutations(numbers, 2):
        if (real[b] == 0).mean() >= OFTEN and _common_range(real[a], real[b]):
            known, drawn = (_zero_together(table[a], table[b]) for table in (real, synthetic))
            rows.append({"a": a, "b": b, "relation": "a = 0 | b = 0", "real": known, "synthetic": drawn})
    return pd.DataFrame(rows, columns=["a", "b", "relation", "real", "synthetic"])


def _common_range(a: "pd.Series[float]", b: "pd.Series[float]") -> bool:
    lows, highs = zip(*((column.quantile(0.01), column.quantile(0.99)) for column in (a, b)), strict=True)
    widths = sorted(high - low for low, high in zip(lows, highs, strict=True))
    overlap = min(highs) - max(lows)
    return bool(widths[0] > 0 and overlap >= COMMON * widths[0] and widths[1] <= FACTOR * widths[0])


def _in_order(pair: NDArray[np.float64]) -> float:
    return float(np.mean(pair[0] <= pair[1])) if pair.size else 0.0


def _equal(pair: NDArray[np.float64]) -> float:
    return float(np.mean(pair[0] == pair[1])) if pair.size else 0.0


def _zero_together(a: "pd.Series[float]", b: "pd.Series[float]") -> float:
    chosen = (b == 0) & a.notna()
    return float((a[chosen] == 0).mean()) if chosen.any() else 0.0


def conditional_means(
    real: pd.DataFrame, synthetic: pd.DataFrame, *, groups: Sequence[str], numbers: Sequence[str]
) -> pd.DataFrame:
    """Return how far means of numbers inside groups are off, in standard deviations of the real number.

    A group is a value that at least 1% of the real rows have. One that the synthetic
    table lacks is compared with the synthetic table's overall mean.

    Returns:
        Columns ``group`` and ``number``; ``mean`` of the groups' differences, weighted
        by the groups' real shares, and ``largest``.
    """
    rows = []
    for group, number in ((group, number) for group in groups for number in numbers if group != number):
        spread = real[number].std()
        if not spread > 0:
            continue
        known = real.groupby(group, dropna=False)[number].agg(["mean", "size"])
        known = known[(known["size"] >= OFTEN * len(real)) & known["mean"].notna()]
        drawn = synthetic.groupby(group, dropna=False)[number].mean().reindex(known.index)
        gaps = (drawn.fillna(synthetic[number].mean()) - known["mean"]).abs().fillna(np.inf) / spread
        if len(gaps):
            weighted = float(np.average(gaps, weights=known["size"]))
            rows.append({"group": group, "number": number, "mean": weighted, "largest": float(gaps.max())})
    return pd.DataFrame(rows, columns=["group", "number", "mean", "largest"])


def new_combinations(
    real: pd.DataFrame, synthetic: pd.DataFrame, *, groups: Sequence[str]
) -> tuple[float, pd.DataFrame]:
    """Return the share of synthetic rows with combinations of three columns that never occur in the real table.

    Fresh real rows have some too: compare with those of a half of the real rows.

    Returns:
        The share of rows with any such combination, and per triple of columns its
        own share: columns ``columns`` and ``share``.
    """
    codes = {name: pd.factorize(pd.concat([real[name], synthetic[name]]), use_na_sentinel=False)[0] for name in groups}
    new_anywhere: Bools = np.zeros(len(synthetic), dtype=bool)
    rows = []
    for names, new in _unseen(codes, rows=len(real)):
        new_anywhere |= new
        rows.append({"columns": " x ".join(names), "share": float(new.mean())})
    return float(new_anywhere.mean()), pd.DataFrame(rows, columns=["columns", "share"])


def _unseen(codes: dict[str, NDArray[np.intp]], *, rows: int) -> Iterator[tuple[tuple[str, ...], Bools]]:
    """Yield per triple of columns which rows after the first ``rows`` have a combination that is not among those."""
    for names in combinations(codes, 3):
        shape = [int(codes[name].max()) + 1 for name in names]
        cells = np.ravel_multi_index([codes[name] for name in names], shape)
        occurs = np.zeros(int(np.prod(shape)), dtype=bool)
        occurs[cells[:rows]] = True
        yield names, ~occurs[cells[rows:]]
