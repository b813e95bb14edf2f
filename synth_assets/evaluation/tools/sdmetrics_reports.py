"""Reports of SDMetrics on a candidate: quality and diagnostic, overall, by column and by pair of columns.

It runs in an environment that has sdmetrics and not this package: ``python -I sdmetrics_reports.py FOLDER``.
Real rows are those whom the release measured; where some are held out, the quality against those is reported too.
"""

import json
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

__all__ = ["main", "report"]

_SORTS = {
    **dict.fromkeys(("integer", "float"), "numerical"),
    **dict.fromkeys(("date", "datetime"), "datetime"),
    "boolean": "boolean",
}
"""What SDMetrics calls our kinds of columns; any other is categorical."""


def main(folder: Path) -> None:
    """Read the tables of a folder, compare, and write ``output/sdmetrics.json`` and a CSV file per property."""
    warnings.simplefilter("ignore")  # they tell of single columns, whose scores are empty
    task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    columns = {column["name"]: column["kind"] for column in task["columns"]}
    synthetic = _read(folder / "synthetic.parquet", columns)
    overall: dict[str, Any] = {}
    for people in ("measured", "held_out"):
        path = folder / f"{people}.parquet"
        if not path.exists():
            continue
        overall[people] = {}
        for name, scores, details in report(_read(path, columns), synthetic, columns):
            overall[people][name] = scores
            for what, table in details.items():
                table.to_csv(folder / "output" / f"{people}.{name}.{what}.csv", index=False)
    text = json.dumps(overall, indent=1)
    (folder / "output" / "sdmetrics.json").write_text(text, encoding="utf-8")


def report(
    real: pd.DataFrame, synthetic: pd.DataFrame, columns: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, Any], dict[str, pd.DataFrame]]]:
    """Yield each report's name, its overall scores as JSON values, and its details by property."""
    from sdmetrics.reports.single_table import DiagnosticReport, QualityReport

    metadata = {"columns": {name: _described(kind) for name, kind in columns.items()}}
    for name, kind in (("quality", QualityReport), ("diagnostic", DiagnosticReport)):
        made = kind()
        made.generate(real.copy(), synthetic.copy(), metadata, verbose=False)
        properties = made.get_properties()
        by_name = {row["Property"]: _number(row["Score"]) for row in properties.to_dict("records")}
        details = {_file(what): made.get_details(what) for what in by_name}
        yield name, {"overall": _number(made.get_score()), "properties": by_name}, details


def _described(kind: str) -> dict[str, str]:
    return {"sdtype": _SORTS.get(kind, "categorical")}


def _read(path: Path, columns: Mapping[str, str]) -> pd.DataFrame:
    table = pd.read_parquet(path)[list(columns)]
    times = {name: pd.to_datetime(table[name]) for name, kind in columns.items() if kind in ("date", "datetime")}
    return table.assign(**times)


def _number(score: Any) -> float | None:
    return None if pd.isna(score) else float(score)


def _file(what: str) -> str:
    return what.lower().replace(" ", "_")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
