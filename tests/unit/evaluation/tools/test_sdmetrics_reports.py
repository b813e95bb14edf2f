"""The script reads what the door writes; that SDMetrics' reports run is for a test with its environment."""

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from synth_assets.evaluation.tools.sdmetrics_reports import main

COLUMNS = [
    {"name": "age", "kind": "integer"},
    {"name": "born", "kind": "date"},
    {"name": "city", "kind": "categorical"},
]
ROWS = pd.DataFrame({"age": [30.0, None], "born": ["1990-01-01", "1970-01-11"], "city": ["north", None]})


class Report:
    """Scores everything the same, and one property not at all."""

    metadata: Any = None

    def generate(self, real: pd.DataFrame, synthetic: pd.DataFrame, metadata: Any, *, verbose: bool) -> None:
        type(self).metadata = metadata
        assert real["born"].dtype.kind == synthetic["born"].dtype.kind == "M"
        assert not verbose

    def get_score(self) -> float:
        return 0.5

    def get_properties(self) -> pd.DataFrame:
        return pd.DataFrame({"Property": ["Column Shapes", "Other"], "Score": [0.25, float("nan")]})

    def get_details(self, _: str) -> pd.DataFrame:
        return pd.DataFrame({"Column": ["age"], "Score": [0.25]})


def test_scores_are_by_people_report_and_property(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = ModuleType("sdmetrics.reports.single_table")
    module.QualityReport = module.DiagnosticReport = Report
    for name in ("sdmetrics", "sdmetrics.reports"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "sdmetrics.reports.single_table", module)
    (tmp_path / "output").mkdir()
    for name in ("synthetic", "measured"):
        ROWS.to_parquet(tmp_path / f"{name}.parquet")
    (tmp_path / "task.json").write_text(json.dumps({"columns": COLUMNS}))
    main(tmp_path)
    scores = {"overall": 0.5, "properties": {"Column Shapes": 0.25, "Other": None}}
    written = json.loads((tmp_path / "output" / "sdmetrics.json").read_text())
    assert written == {"measured": {"quality": scores, "diagnostic": scores}}
    assert (tmp_path / "output" / "measured.quality.column_shapes.csv").read_text() == "Column,Score\nage,0.25\n"
    sorts = {name: column["sdtype"] for name, column in Report.metadata["columns"].items()}
    assert sorts == {"age": "numerical", "born": "datetime", "city": "categorical"}
