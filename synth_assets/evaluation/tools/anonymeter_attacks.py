"""Attacks of anonymeter on a candidate: singling out, linkability, inference, each against held-out people.

It runs in an environment that has anonymeter and not this package: ``python -I anonymeter_attacks.py FOLDER``.
A risk says how much better an attack works on people whom the release measured than on held-out ones; its interval
covers the chance of the attacks, at 95% each, and not that of who was held out. Values of a column are numbers or
texts, as anonymeter takes them; a missing number is the column's smallest value less one.

References:
    Giomi, Boenisch, Wehmeyer and Tasnadi (2023), "A Unified Framework for Quantifying Privacy Risk in Synthetic
    Data", PoPETs 2023(2), https://arxiv.org/abs/2211.10459.
"""

import json
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

__all__ = ["attack", "main"]

Tables = Mapping[str, pd.DataFrame]
_ATTACKS = 500
_COLUMNS = 30
"""Most columns that are inferred, in the contract's order; each takes a nearest-neighbour search."""
_NEIGHBOURS = 5
_ATTEMPTS = 20_000
"""Most guesses at a question that singles somebody out: a table of few different rows has none, however many."""
_NUMBERS = ("integer", "float", "date", "datetime")
_NAMES = ("synthetic", "measured", "held_out")


def main(folder: Path) -> None:
    """Read the tables of a folder, attack, and write ``output/anonymeter.json``."""
    warnings.simplefilter("ignore")  # they tell of single attacks, which the figures count
    task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    columns = {column["name"]: column["kind"] for column in task["columns"]}
    tables = {name: _plain(pd.read_parquet(folder / f"{name}.parquet"), columns) for name in _NAMES}
    text = json.dumps(attack(tables, columns, seed=task["seed"]), indent=1)
    (folder / "output" / "anonymeter.json").write_text(text, encoding="utf-8")


def attack(tables: Tables, columns: Mapping[str, str], *, seed: int) -> dict[str, Any]:
    """Return the figures of all attacks as JSON values; one that cannot be made says why."""
    from anonymeter.evaluators import InferenceEvaluator, LinkabilityEvaluator, SinglingOutEvaluator

    people = {"ori": tables["measured"], "syn": tables["synthetic"], "control": tables["held_out"]}
    attacks, names = min([_ATTACKS, *map(len, tables.values())]), list(columns)
    figures: dict[str, Any] = {"attacks": attacks, "confidence": 0.95}
    for mode in ("univariate", "multivariate"):
        columns_at_once = min(3, len(names))
        how_many = {"n_attacks": attacks, "n_cols": columns_at_once, "max_attempts": _ATTEMPTS, "seed": seed}
        evaluator = _later(SinglingOutEvaluator, **people, **how_many)
        figures[f"singling_out.{mode}"] = _figures(evaluator, mode=mode)
    halves = (names[::2], names[1::2])
    linking = _later(LinkabilityEvaluator, **people, aux_cols=halves, n_attacks=attacks, n_neighbors=_NEIGHBOURS)
    figures["linkability"] = {**_figures(linking, n_jobs=1), "halves": halves, "neighbours": _NEIGHBOURS}
    for secret in names[:_COLUMNS]:
        known = [name for name in names if name != secret]
        guess = {"aux_cols": known, "secret": secret, "regression": columns[secret] in _NUMBERS, "n_attacks": attacks}
        figures[f"inference.{secret}"] = _figures(_later(InferenceEvaluator, **people, **guess), n_jobs=1)
    return figures


def _later(kind: Any, **arguments: Any) -> Callable[[], Any]:
    return lambda: kind(**{name: _copied(value) for name, value in arguments.items()})


def _copied(value: Any) -> Any:
    return value.copy() if isinstance(value, pd.DataFrame) else value


def _figures(make: Callable[[], Any], **how: Any) -> dict[str, Any]:
    """Attack, and return success rates with their errors and the risk with its interval."""
    try:
        results = make().evaluate(**how).results(confidence_level=0.95)
        risk = results.risk()
    except Exception as error:  # noqa: BLE001 - one attack that cannot be made must not cost the others
        return {"not_computed": f"{type(error).__name__}: {error}"}
    rates = {"attack": results.attack_rate, "baseline": results.baseline_rate, "control": results.control_rate}
    return {
        "risk": {"value": float(risk.value), "interval": [float(end) for end in risk.ci]},
        **{name: {"value": float(rate.value), "error": float(rate.error)} for name, rate in rates.items()},
    }


def _plain(table: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """Return a table of numbers and texts without nulls."""
    return pd.DataFrame({name: _values(table[name], kind) for name, kind in columns.items()})


def _values(values: "pd.Series[Any]", kind: str) -> "pd.Series[Any]":
    if kind not in _NUMBERS:
        return values.astype(object).where(values.notna(), "null").map(str)
    if kind in ("date", "datetime"):
        values = (pd.to_datetime(values) - pd.Timestamp(0)) / pd.Timedelta(days=1)
    numbers = pd.to_numeric(values).astype("float64")
    return numbers.fillna(numbers.min() - 1 if numbers.notna().any() else 0.0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
