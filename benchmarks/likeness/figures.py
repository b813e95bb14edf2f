"""All scores of one synthetic table together, as figures that are better the smaller they are, and their worst parts.

Gaps between shares are in percentage points. Only the areas of the classifiers
have their best value at .5.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from .relations import conditional_means, few_valued, new_combinations, orders, varied
from .values import digits, heaping, point_masses, tails

__all__ = ["MEANINGS", "WORST", "Figures", "likeness"]

Figures = dict[str, Any]
WORST = 20
"""Lines of each kind that are kept, the worst first."""
RELATIONS = {"order": "<=", "equal": "=", "zero": "a = 0 | b = 0"}

MEANINGS = {
    "c2st_raw": "AUC of telling rows apart, raw values",
    "c2st_quantiles": "the same on 20 quantiles",
    "masses": "point masses, largest gap, points",
    "masses_mean": "mean gap, points",
    "p99": "p99, largest error, %",
    "p99_mean": "mean error, %",
    "p999": "p99.9, largest error, %",
    "beyond": "rows beyond the real maximum, worst column, %",
    "far_beyond": "beyond 1.5 times it, worst column, %",
    "heaping": "multiples of 10 to 1000, largest gap, points",
    "heaping_mean": "mean gap, points",
    "decimals": "digits behind the point that no real value has, worst column",
    "last_digit": "last digit, worst column, points",
    "order": "a <= b, largest gap, points",
    "order_mean": "mean gap, points",
    "equal": "a = b, largest gap, points",
    "equal_mean": "mean gap, points",
    "zero": "a = 0 where b = 0, largest gap, points",
    "zero_mean": "mean gap, points",
    "group_means": "means inside groups, largest error, deviations",
    "group_means_mean": "weighted mean error, deviations",
    "new_combinations": "rows with three values that never occur together, %",
    "new_combinations_mean": "mean of the triples of columns, %",
}
"""What each figure says, in the order of the page."""


def likeness(real: pd.DataFrame, synthetic: pd.DataFrame, *, numbers: Sequence[str]) -> Figures:
    """Return the figures of all scores but the classifiers', and ``worst``: the worst lines of each.

    Args:
        real: a table of numbers, NaN for null.
        synthetic: the same columns.
        numbers: those that are numbers; others are codes.
    """
    groups, wide = few_valued(real), varied(real, numbers=numbers)
    new, triples = new_combinations(real, synthetic, groups=groups)
    tables = {
        "masses": _with_gap(point_masses(real, synthetic, numbers=numbers)),
        "tails": tails(real, synthetic, numbers=numbers),
        "heaping": _with_gap(heaping(real, synthetic, numbers=numbers)),
        "digits": digits(real, synthetic, numbers=numbers),
        "orders": _with_gap(orders(real, synthetic, numbers=wide)),
        "group_means": conditional_means(real, synthetic, groups=groups, numbers=wide),
        "new_combinations": triples,
    }
    figures = dict(_figures(tables))
    if len(triples):
        figures |= {"new_combinations": 100 * new, "new_combinations_mean": float(100 * triples["share"].mean())}
    worst = {name: _worst_first(table).head(WORST).to_dict("records") for name, table in tables.items()}
    return {**{name: figures[name] for name in MEANINGS if name in figures}, "worst": worst}


def _worst_first(table: pd.DataFrame) -> pd.DataFrame:
    """Put the worst lines first, by what is last in each line."""
    return table.sort_values(str(table.columns[-1]), key=np.abs, ascending=False)


def _with_gap(table: pd.DataFrame) -> pd.DataFrame:
    """Add the gap between two shares in points."""
    return table.assign(gap=100 * (table["synthetic"] - table["real"]))


def _figures(tables: dict[str, pd.DataFrame]) -> Iterator[tuple[str, float]]:
    """Yield the figures that the tables have; a table without a line has none."""
    for name in ("masses", "heaping"):
        yield from _largest_and_mean(name, tables[name]["gap"].abs())
    for name, relation in RELATIONS.items():
        chosen = tables["orders"]["relation"] == relation
        yield from _largest_and_mean(name, tables["orders"].loc[chosen, "gap"].abs())
    far = tables["tails"]
    if len(far):
        yield from _largest_and_mean("p99", 100 * (far["p99"] - 1).abs())
        yield "p999", float(100 * (far["p999"] - 1).abs().max())
        yield "beyond", float(100 * far["beyond"].max())
        yield "far_beyond", float(100 * far["far_beyond"].max())
    written = tables["digits"]
    if len(written):
        yield "decimals", float((written["synthetic_decimals"] - written["real_decimals"]).clip(lower=0).max())
        yield "last_digit", float(100 * written["last_digit"].max())
    means = tables["group_means"]
    if len(means):
        yield "group_means", float(means["largest"].max())
        yield "group_means_mean", float(means["mean"].mean())


def _largest_and_mean(name: str, gaps: "pd.Series[float]") -> Iterator[tuple[str, float]]:
    if len(gaps):
        yield name, float(gaps.max())
        yield f"{name}_mean", float(gaps.mean())
