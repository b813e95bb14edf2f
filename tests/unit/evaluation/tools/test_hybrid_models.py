"""Models of synthetic and real rows are scored exactly, and each file says that it is a curator's."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors import safe_open

from synth_assets.domain import Column, Domain
from synth_assets.evaluation.tools.hybrid_models import figures_of, main
from synth_assets.rowwise.axis import CodeAxis
from synth_assets.rowwise.fitted import FittedScorer

DOMAIN = Domain(
    columns=(
        Column(name="age", kind="integer", minimum=0, maximum=9),
        Column(name="ill", kind="boolean"),
    )
)
TARGET = CodeAxis(column="ill", places_of=(0, 1), labels=("otherwise", "true"))


def table(rows: int, *, ill_from: int) -> pa.Table:
    ages = np.arange(rows) % 10
    return pa.table([pa.array(ages), pa.array(ages >= ill_from)], schema=DOMAIN.arrow_schema())


def furnish(folder: Path, *, held_out: bool) -> None:
    (folder / "output").mkdir()
    pq.write_table(table(200, ill_from=9), folder / "synthetic.parquet")
    pq.write_table(table(100, ill_from=5), folder / "measured.parquet")
    if held_out:
        pq.write_table(table(50, ill_from=5), folder / "held_out.parquet")
    task = {
        "columns": DOMAIN.as_json(),
        "label": TARGET.as_json(),
        "seed": 1,
        "warning": "no epsilon",
        "reading": "0123",
        "candidate": "c" * 64,
    }
    (folder / "task.json").write_text(json.dumps(task))


def test_what_real_rows_add_shows_in_the_figures_of_held_out_people(tmp_path: Path) -> None:
    furnish(tmp_path, held_out=True)
    main(tmp_path)
    models = json.loads((tmp_path / "output" / "hybrid.json").read_text())["models"]
    assert models["gradient_boosting.real"]["accuracy"] == 1.0
    assert models["gradient_boosting.synthetic"]["accuracy"] == 0.6
    assert models["gradient_boosting.both"]["fitted_to_rows"] == 300
    assert models["gradient_boosting.real"]["rows"] == 50


def test_without_held_out_people_there_are_marked_models_and_no_figures(tmp_path: Path) -> None:
    furnish(tmp_path, held_out=False)
    main(tmp_path)
    models = json.loads((tmp_path / "output" / "hybrid.json").read_text())["models"]
    assert all(set(figures) == {"fitted_to_rows"} for figures in models.values())
    for name in models:
        with safe_open(tmp_path / "output" / f"{name}.safetensors", framework="numpy") as file:
            metadata, arrays = file.metadata(), {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        assert (metadata["class"], metadata["warning"], metadata["reading"]) == ("CURATOR", "no epsilon", "0123")
        again = FittedScorer.from_parts(json.loads(metadata["scorer"]), arrays)
        assert figures_of(again, table(10, ill_from=5), domain=DOMAIN, target=TARGET)["rows"] == 10


def test_the_area_under_the_curve_is_the_chance_to_rank_a_pair_right(tmp_path: Path) -> None:
    furnish(tmp_path, held_out=True)
    main(tmp_path)
    with safe_open(tmp_path / "output" / "logistic_regression.real.safetensors", framework="numpy") as file:
        fitted = FittedScorer.from_parts(
            json.loads(file.metadata()["scorer"]),
            {key: file.get_tensor(key) for key in file.keys()},  # noqa: SIM118
        )
    people = table(40, ill_from=3)
    codes = [np.asarray(people["age"], dtype=np.uint16), np.asarray(people["ill"]).astype(np.uint16)]
    scores, ill = fitted.score(codes, DOMAIN)[:, 1], codes[1] == 1
    pairs = scores[ill][:, None] - scores[~ill][None, :]
    expected = ((pairs > 0) + 0.5 * (pairs == 0)).mean()
    assert abs(figures_of(fitted, people, domain=DOMAIN, target=TARGET)["auc"] - expected) < 1e-12  # type: ignore[operator]
    nobody = figures_of(fitted, people.slice(0, 0), domain=DOMAIN, target=TARGET)
    assert nobody == {"auc": None, "accuracy": None, "brier": None, "rows": 0}
