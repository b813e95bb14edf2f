"""How close a synthetic table is to the real one: marginals, a classifier, NIST's k-marginal score.

References:
    NIST, "SDNist: Diverse Communities Data Excerpts", the k-marginal metric.
"""

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["ACS_GROUP", "density_edges", "k_marginal", "quantile_codes", "read_text", "target_auc", "workload_errors"]

Codes = np.ndarray[Any, Any]
ACS_GROUP, ACS_BINS = "PUMA", 20
LARGEST_TABLE = 4_000_000


def read_text(path: Any) -> pd.DataFrame:
    """Read a table as text: whole numbers without a point, null as ``N``."""
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name in rows.columns.drop("DENSITY", errors="ignore"):
        rows[name] = rows[name].str.replace(r"\.0$", "", regex=True).replace({"": "N", "nan": "N"})
    return rows


def workload_errors(real: pd.DataFrame, synthetic: pd.DataFrame, *, ways: int = 3) -> dict[str, float]:
    """Return the mean L1 distance, 0 to 2, of all marginals of 1 to ``ways`` columns of codes."""
    tables = [{name: table[name].to_numpy(np.int64) for name in real} for table in (real, synthetic)]
    sizes = {name: int(max(codes[name].max() for codes in tables)) + 1 for name in real}
    return {f"l1_{k}way": _mean_gap(tables, sizes, k) for k in range(1, ways + 1)}


def _mean_gap(tables: list[dict[str, Codes]], sizes: Mapping[str, int], k: int) -> float:
    gaps = []
    for clique in itertools.combinations(sizes, k):
        shape = [sizes[name] for name in clique]
        indices = [np.ravel_multi_index([codes[name] for name in clique], shape) for codes in tables]
        if np.prod(shape, dtype=float) > LARGEST_TABLE:  # number only the cells that occur
            both = np.unique(np.concatenate(indices), return_inverse=True)[1]
            indices = np.split(both, [len(indices[0])])
        cells = max(int(index.max()) for index in indices) + 1
        shares = [np.bincount(index, minlength=cells) / len(index) for index in indices]
        gaps.append(np.abs(shares[0] - shares[1]).sum())
    return float(np.mean(gaps))


def target_auc(synthetic: pd.DataFrame, holdout: pd.DataFrame, target: str) -> dict[str, float]:
    """Return the AUC on held-out rows of gradient boosting trained on ``synthetic``; ``target`` is 0 or 1."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score

    features = [name for name in holdout if name != target]
    if synthetic[target].nunique() < 2:
        return {"auc": 0.5}
    model = HistGradientBoostingClassifier(random_state=0).fit(synthetic[features], synthetic[target])
    return {"auc": float(roc_auc_score(holdout[target], model.predict_proba(holdout[features])[:, 1]))}


def quantile_codes(real: pd.DataFrame, table: pd.DataFrame, *, bins: int = 20) -> pd.DataFrame:
    """Code numbers by quantiles of the real column, or by value where it has few; null is code 0."""
    return pd.DataFrame({name: _quantile_code(real[name], table[name], bins=bins) for name in real})


def _quantile_code(real: "pd.Series[float]", values: "pd.Series[float]", *, bins: int) -> Codes:
    known = real.dropna().to_numpy()
    distinct = np.unique(known)
    lower = distinct if len(distinct) <= bins else np.unique(np.quantile(known, np.arange(bins) / bins))
    numbers = values.to_numpy(np.float64)
    codes = 1 + np.clip(np.searchsorted(lower, numbers, side="right") - 1, 0, None)
    return np.where(np.isnan(numbers), 0, codes)


def density_edges(top: float) -> list[float]:
    """Return the published logarithmic bins of the score for DENSITY."""
    return [0, 150, *np.logspace(1, np.log10(top), 21)[8:].tolist()]


def k_marginal(real: pd.DataFrame, dictionary: dict[str, Any], synthetic: pd.DataFrame) -> dict[str, float]:
    """Return the k-marginal score, 0 to 1000: all pairs within each PUMA."""
    coded = {name: _acs_codes(real[name], synthetic[name], dictionary[name].get("values", {})) for name in real}
    sizes = {name: int(max(a.max(), b.max())) + 1 for name, (a, b) in coded.items()}

    def shares(side: int, a: str, b: str) -> Codes:
        index = (coded[ACS_GROUP][side] * sizes[a] + coded[a][side]) * sizes[b] + coded[b][side]
        table = np.bincount(index, minlength=sizes[ACS_GROUP] * sizes[a] * sizes[b]).reshape(sizes[ACS_GROUP], -1)
        return np.asarray(table / np.maximum(table.sum(1, keepdims=True), 1))

    present = np.bincount(coded[ACS_GROUP][0], minlength=sizes[ACS_GROUP]) > 0
    others = [name for name in real if name != ACS_GROUP]
    gaps = [
        np.abs(shares(0, a, b) - shares(1, a, b))[present].sum(1).mean() for a, b in itertools.combinations(others, 2)
    ]
    return {"kmarginal": (2 - float(np.mean(gaps))) * 500}


def _acs_codes(real: "pd.Series[str]", synthetic: "pd.Series[str]", values: dict[str, Any]) -> list[Codes]:
    both = [real, synthetic]
    if real.name == "DENSITY":
        top = values["max"] + 500
        edges = density_edges(top)
        return [pd.cut(pd.to_numeric(s).clip(1e-4, top - 100), edges, labels=False).to_numpy() for s in both]
    if "max" in values and float(values["max"]) - float(values["min"]) > ACS_BINS:
        numbers = [pd.to_numeric(s, errors="coerce").to_numpy() for s in both]
        known, n = numbers[0][~np.isnan(numbers[0])], ACS_BINS - 1
        edges = np.unique(
            [*np.percentile(known, [i * 100 / n for i in range(n)], method="higher"), known.max()]
        ).tolist()
        return [np.where(np.isnan(x), 0, 1 + np.searchsorted(edges[1:-1], x)) for x in numbers]
    index = {value: code for code, value in enumerate(sorted(set(real) | set(synthetic)))}
    return [s.map(index).to_numpy() for s in both]
