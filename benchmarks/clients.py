"""Tables that no constant was tuned on: credit card clients, and persons of a liver study.

The contracts are written from public descriptions, with round bounds and round
bin edges as someone would declare them who has not seen the rows.

References:
    Yeh, "Default of Credit Card Clients", UCI Machine Learning Repository, 2009.
    Allen et al., "Nonalcoholic fatty liver disease incidence and impact on
    metabolic burden and death", 2018, as packaged by R's survival (``nafld``).
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from cases import Case, split_rows
from scores import quantile_codes, target_auc, workload_errors

__all__ = ["credit", "credit_bounds", "nafld", "nafld_tests"]

DEFAULT = "default payment next month"
STEPS = (*np.arange(1, 2, 0.2), *np.arange(2, 3, 0.25), *np.arange(3, 10, 0.5))
TOP = 2_000_000


def credit(data: Path, *, bounds_only: bool = False) -> Case:
    """Load ``credit_default/``: 30,000 clients, 23 columns and whether they defaulted; amounts in round log bins."""
    rows = pd.read_csv(data / "credit_default" / "credit_default.csv.gz").drop(columns="ID")
    train, holdout = split_rows(rows)
    columns = {name: _client(name, bounds_only=bounds_only) for name in rows}
    coded = quantile_codes(train, train)

    def score(synthetic: pd.DataFrame) -> dict[str, float]:
        numbers = synthetic[list(train)].apply(pd.to_numeric)
        return workload_errors(coded, quantile_codes(train, numbers)) | target_auc(numbers, holdout, DEFAULT)

    name = "credit_bounds" if bounds_only else "credit"
    return Case(name=name, delta=1e-9, real=train, keys={"columns": columns, "target": DEFAULT}, score=score)


def credit_bounds(data: Path) -> Case:
    """Load the same table with bounds only, as someone in a hurry would declare it, so with default bins."""
    return credit(data, bounds_only=True)


def _client(name: str, *, bounds_only: bool) -> dict[str, Any]:
    amount: dict[str, Any] = {"type": "integer", "max": TOP}
    edges = [round(step * 10**power) for power in (2, 3, 4, 5) for step in STEPS]
    below = [-100_000, -10_000, -1000]
    if name.startswith("BILL_AMT"):
        return amount | {"min": -TOP} | ({} if bounds_only else {"special_values": [0], "edges": [*below, 0, *edges]})
    if name.startswith("PAY_AMT"):
        return amount | {"min": 0} | ({} if bounds_only else {"special_values": [0], "edges": edges})
    if name.startswith("PAY_"):
        return {"type": "integer", "min": -2, "max": 9}
    return {
        "LIMIT_BAL": {"type": "integer", "min": 0, "max": 1_000_000} | ({} if bounds_only else {"bins": 100}),
        "SEX": {"type": "integer", "values": [1, 2]},
        "EDUCATION": {"type": "integer", "min": 0, "max": 6},
        "MARRIAGE": {"type": "integer", "min": 0, "max": 3},
        "AGE": {"type": "integer", "min": 18, "max": 100},
        DEFAULT: {"type": "integer", "min": 0, "max": 1},
    }[name]


def nafld(data: Path) -> Case:
    """Load ``nafld/nafld1``: one row per person, the person is the privacy unit; a third of the weights are missing."""
    rows = pd.read_parquet(data / "nafld" / "nafld1.parquet").drop(columns="case.id")
    measured: dict[str, Any] = {"nullable": True, "null_tokens": ["N"]}
    columns: dict[str, Any] = {
        "age": {"type": "integer", "min": 18, "max": 110},
        "male": {"type": "integer", "min": 0, "max": 1},
        "weight": {"type": "float", "min": 30.0, "max": 230.0, "bins": 100, **measured},
        "height": {"type": "float", "min": 100.0, "max": 230.0, "bins": 130, **measured},
        "bmi": {"type": "float", "min": 5.0, "max": 105.0, "bins": 100, **measured},
        "futime": {"type": "integer", "min": 0, "max": 7500, "bins": 75},
        "status": {"type": "integer", "min": 0, "max": 1},
    }
    return _person_case("nafld", rows, columns, max_rows=1)


def nafld_tests(data: Path) -> Case:
    """Load ``nafld/nafld2``: 400,000 laboratory tests, about 23 per person, of which at most 20 are counted."""
    rows = pd.read_parquet(data / "nafld" / "nafld2.parquet")
    columns: dict[str, Any] = {
        "days": {"type": "integer", "min": -7700, "max": 7300, "bins": 150},
        "test": {"type": "categorical", "categories": ["chol", "dbp", "fib4", "hdl", "sbp", "smoke"]},
        "value": {"type": "float", "min": 0.0, "max": 500.0, "bins": 250},
    }
    return _person_case("nafld_tests", rows, columns, max_rows=20)


def _person_case(name: str, rows: pd.DataFrame, columns: dict[str, Any], *, max_rows: int) -> Case:
    codes = {name: code for code, name in enumerate(columns.get("test", {}).get("categories", ()))}
    real = rows[list(columns)].replace(codes) if codes else rows[list(columns)]
    real = real.apply(pd.to_numeric)
    coded = quantile_codes(real, real)

    def score(synthetic: pd.DataFrame) -> dict[str, float]:
        numbers = synthetic[list(columns)].replace({"N": None, **codes}).apply(pd.to_numeric)
        return workload_errors(coded, quantile_codes(real, numbers))

    unit = {"column": "id", "max_rows": max_rows}
    return Case(name=name, delta=1e-6, real=rows, keys={"columns": columns}, score=score, unit=unit)
