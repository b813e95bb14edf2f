"""How the values of single columns look: masses at single values, tails, round numbers, digits."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["MANY", "digits", "heaping", "point_masses", "tails"]

Floats = NDArray[np.float64]

MANY = 20
"""A number with more distinct values than this has a tail and digits."""
MASS = 0.01
"""A value that more than this share of the real rows have is a point mass."""
STEPS = (1000, 500, 100, 50, 10)
TOP_SHARES = {"p999": 0.999, "p99": 0.99}
FAR = 1.5
"""Rows beyond the real maximum times this are far out."""
MOST_DECIMALS = 6
"""Numbers with more decimals than this have a last digit that says nothing."""


def point_masses(real: pd.DataFrame, synthetic: pd.DataFrame, *, numbers: Sequence[str]) -> pd.DataFrame:
    """Return the share of rows, 0 to 1, of each value that more than 1% of the real rows have; null is a value too.

    Returns:
        Columns ``column``, ``value``, ``real`` and ``synthetic``.
    """
    rows = []
    for name in numbers:
        shares = real[name].value_counts(normalize=True, dropna=False)
        rows += [
            {"column": name, "value": value, "real": share, "synthetic": _share_of(synthetic[name], value)}
            for value, share in shares[shares > MASS].items()
        ]
    return pd.DataFrame(rows, columns=["column", "value", "real", "synthetic"])


def _share_of(values: "pd.Series[float]", value: Any) -> float:
    return float((values.isna() if np.isnan(value) else values == value).mean())


def tails(real: pd.DataFrame, synthetic: pd.DataFrame, *, numbers: Sequence[str]) -> pd.DataFrame:
    """Return how far the largest values reach, of numbers with many values whose real p99 is positive.

    Returns:
        Columns ``column``; ``far_beyond`` and ``beyond``, the shares of all rows above 1.5
        times the real maximum and above it; ``p999`` and ``p99``, synthetic over real.
    """
    rows = []
    for name in numbers:
        known, drawn = real[name].dropna(), synthetic[name].dropna()
        if known.nunique() <= MANY or known.quantile(TOP_SHARES["p99"]) <= 0:
            continue
        tops = {"far_beyond": FAR * known.max(), "beyond": known.max()}
        shares = {key: float((synthetic[name] > top).mean()) for key, top in tops.items()}
        ratios = {key: float(_quantile(drawn, share) / known.quantile(share)) for key, share in TOP_SHARES.items()}
        rows.append({"column": name, **shares, **ratios})
    return pd.DataFrame(rows, columns=["column", "far_beyond", "beyond", *TOP_SHARES])


def _quantile(values: "pd.Series[float]", share: float) -> float:
    """Return a quantile; 0 of no value at all."""
    return float(values.quantile(share)) if len(values) else 0.0


def heaping(real: pd.DataFrame, synthetic: pd.DataFrame, *, numbers: Sequence[str]) -> pd.DataFrame:
    """Return the share of multiples of 1000, 500, 100, 50 and 10 among known values other than zero.

    A step counts for columns of many values that reach twice as far from zero in
    one real row in a hundred.

    Returns:
        Columns ``column``, ``step``, ``real`` and ``synthetic``.
    """
    rows = []
    for name in numbers:
        known = _not_zero(real[name])
        if np.unique(known).size <= MANY:
            continue
        reach = np.quantile(np.abs(known), TOP_SHARES["p99"])
        rows += [
            {"column": name, "step": step, "real": _multiples(known, step), "synthetic": _multiples(drawn, step)}
            for drawn in [_not_zero(synthetic[name])]
            for step in STEPS
            if reach >= 2 * step
        ]
    return pd.DataFrame(rows, columns=["column", "step", "real", "synthetic"])


def _not_zero(values: "pd.Series[float]") -> Floats:
    known = values.dropna().to_numpy(np.float64)
    return np.asarray(known[known != 0])


def _multiples(values: Floats, step: int) -> float:
    return float(np.mean(values % step == 0)) if values.size else 0.0


def digits(real: pd.DataFrame, synthetic: pd.DataFrame, *, numbers: Sequence[str]) -> pd.DataFrame:
    """Return how numbers with many values are written.

    Returns:
        Columns ``column``; ``real_decimals`` and ``synthetic_decimals``, the most digits
        behind the point; ``real_fractions`` and ``synthetic_fractions``, how many different
        parts behind the point occur; ``last_digit``, the total variation, 0 to 1, of the
        last digit that real values have (NaN where they have more than six decimals).
    """
    rows = []
    for name in numbers:
        known, drawn = (table[name].dropna().to_numpy(np.float64) for table in (real, synthetic))
        if np.unique(known).size <= MANY:
            continue
        most = _most_decimals(known)
        rows.append(
            {
                "column": name,
                "real_decimals": most,
                "synthetic_decimals": _most_decimals(drawn),
                "real_fractions": _fractions(known),
                "synthetic_fractions": _fractions(drawn),
                "last_digit": _digit_distance(known, drawn, decimals=most),
            }
        )
    columns = ["real_decimals", "synthetic_decimals", "real_fractions", "synthetic_fractions", "last_digit"]
    return pd.DataFrame(rows, columns=["column", *columns])


def _most_decimals(values: Floats) -> int:
    broken = np.unique(values[values != np.floor(values)])
    exponents = [Decimal(repr(value)).as_tuple().exponent for value in broken.tolist()]
    return max((-exponent for exponent in exponents if isinstance(exponent, int)), default=0)


def _fractions(values: Floats) -> int:
    return int(np.unique(np.round(np.abs(values) % 1, 12)).size)


def _digit_distance(known: Floats, drawn: Floats, *, decimals: int) -> float:
    """Return the total variation of the last digit of values that have at least two digits."""
    if decimals > MOST_DECIMALS:
        return float("nan")
    shares = []
    for values in (known, drawn):
        units = np.round(np.abs(values) * 10.0**decimals)
        counts = np.bincount((units[units >= 10] % 10).astype(np.int64), minlength=10)
        shares.append(counts / max(counts.sum(), 1))
    return float(np.abs(shares[0] - shares[1]).sum() / 2)
