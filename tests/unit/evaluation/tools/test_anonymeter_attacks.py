"""The script reads what the door writes; that anonymeter's attacks run is for a test with its environment."""

import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from synth_assets.evaluation.tools.anonymeter_attacks import main

COLUMNS = [
    {"name": "age", "kind": "integer"},
    {"name": "born", "kind": "date"},
    {"name": "city", "kind": "categorical"},
]
ROWS = pd.DataFrame({"age": [30.0, None], "born": ["1990-01-01", "1970-01-11"], "city": ["north", None]})


def evaluator(seen: list[dict[str, Any]]) -> type:
    """Return a class that notes what it is asked and finds the same figures each time."""

    class Evaluator:
        def __init__(self, **arguments: Any) -> None:
            seen.append(arguments)
            if arguments.get("secret") == "born":
                raise ValueError("this one cannot be made")

        def evaluate(self, **_: Any) -> "Evaluator":
            return self

        def results(self, **_: Any) -> Any:
            rate = SimpleNamespace(value=0.5, error=0.1)
            risk = SimpleNamespace(value=0.2, ci=(0.1, 0.3))
            return SimpleNamespace(attack_rate=rate, baseline_rate=rate, control_rate=rate, risk=lambda: risk)

    return Evaluator


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    asked: list[dict[str, Any]] = []
    module: Any = ModuleType("anonymeter.evaluators")
    for name in ("SinglingOutEvaluator", "LinkabilityEvaluator", "InferenceEvaluator"):
        setattr(module, name, evaluator(asked))
    monkeypatch.setitem(sys.modules, "anonymeter", ModuleType("anonymeter"))
    monkeypatch.setitem(sys.modules, "anonymeter.evaluators", module)
    return asked


def test_every_column_is_attacked_with_held_out_people_as_control(tmp_path: Path, seen: list[dict[str, Any]]) -> None:
    (tmp_path / "output").mkdir()
    for name in ("synthetic", "measured", "held_out"):
        ROWS.to_parquet(tmp_path / f"{name}.parquet")
    (tmp_path / "task.json").write_text(json.dumps({"columns": COLUMNS, "seed": 3}))
    main(tmp_path)
    figures = json.loads((tmp_path / "output" / "anonymeter.json").read_text())
    assert figures["inference.age"]["risk"] == {"value": 0.2, "interval": [0.1, 0.3]}
    assert figures["inference.born"] == {"not_computed": "ValueError: this one cannot be made"}
    assert {asked["secret"]: asked["regression"] for asked in seen if "secret" in asked} == {
        "age": True,
        "born": True,
        "city": False,
    }
    control = seen[0]["control"]
    assert control["age"].tolist() == [30.0, 29.0]  # what is missing is a number of its own
    assert control["born"].tolist() == [7305.0, 10.0]
    assert control["city"].tolist() == ["north", "null"]
