"""The tables of docs/benchmarks.md, from the JSON that accuracy.py wrote.

    python benchmarks/tables.py ours.json peers.json

prints Markdown, one table per case, with the median of each participant's runs;
results in later files replace those of the same participant in earlier ones.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

DIGITS = {"seconds": 0, "cpu_seconds": 0, "peak_mb": 0, "kmarginal": 0, "load": 0}
NAMES = {"cpu_seconds": "CPU s", "peak_mb": "peak MB", "kmarginal": "k-marginal", "auc": "AUC", "seconds": "seconds"}


def medians(paths: Iterable[Path]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return figures by case and participant; only ``failure`` if there are none."""
    cases: dict[str, dict[str, dict[str, Any]]] = {}
    for path in paths:
        for row in json.loads(path.read_text())["results"]:
            runs = pd.DataFrame(row.get("runs", []))
            figures = {"failure": row["failure"]} if runs.empty else dict(runs.median(numeric_only=True))
            cases.setdefault(row["case"], {})[row["who"]] = figures | {"load": row["load"]}
    return cases


def table(participants: dict[str, dict[str, Any]]) -> list[str]:
    """Return the lines of one Markdown table."""
    full = max(participants.values(), key=len)
    keys = [key for key in full if key != "failure"]
    lines = ["| | " + " | ".join(_name(key) for key in keys) + " |", "|---" * (len(keys) + 1) + "|"]
    for who, figures in participants.items():
        cells = [_cell(key, figures.get(key)) for key in keys]
        if "failure" in figures:
            cells = [figures["failure"], *[""] * (len(keys) - 1)]
        lines.append(f"| {who} | " + " | ".join(cells) + " |")
    return lines


def _name(key: str) -> str:
    return NAMES.get(key, key.replace("l1_", "").replace("way", "-way"))


def _cell(key: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.{DIGITS[key]}f}" if key in DIGITS else f"{value:.3f}".replace("0.", ".", 1)


if __name__ == "__main__":
    for case, participants in medians(map(Path, sys.argv[1:])).items():
        print(f"\n**{case}**\n\n" + "\n".join(table(participants)))
