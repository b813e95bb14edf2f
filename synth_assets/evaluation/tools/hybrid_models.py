"""Models fitted to synthetic rows, to real ones, and to both together, scored on held-out people exactly.

It runs with this package: ``python -I hybrid_models.py FOLDER``. What comes out is for curators, and each file says
so: a model that saw a real row is covered by no epsilon. Without held-out people there are models and no figures:
rows that a model was fitted to say nothing of how well it predicts others.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from safetensors.numpy import save_file

from synth_assets.domain import Domain
from synth_assets.errors import UsageError
from synth_assets.evaluation.encode import encode_table
from synth_assets.evaluation.models.fitting import fit_target
from synth_assets.evaluation.models.registry import MODELS
from synth_assets.rowwise.axis import CodeAxis
from synth_assets.rowwise.fitted import FittedScorer

__all__ = ["figures_of", "main"]

_POSITIVE = 1


def main(folder: Path) -> None:
    """Fit to the tables of a folder, and write ``output/hybrid.json`` and a safetensors file per model."""
    task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    domain, target = Domain.from_json(task["columns"]), _axis(task["label"])
    tables = {path.stem: pq.read_table(path) for path in sorted(folder.glob("*.parquet"))}
    held_out = tables.pop("held_out", None)
    figures: dict[str, dict[str, Any]] = {}
    for name, kind, table in _fits(tables):
        try:
            fitted = fit_target(
                encode_table(table, domain=domain), domain=domain, target=target, model=kind, seed=task["seed"]
            )
        except UsageError as error:
            figures[name] = {"not_computed": error.message}
            continue
        _save(fitted, folder / "output" / f"{name}.safetensors", task=task, rows=table.num_rows)
        scores = {} if held_out is None else figures_of(fitted, held_out, domain=domain, target=target)
        figures[name] = {"fitted_to_rows": table.num_rows, **scores}
    text = json.dumps({"predicts": target.labels[_POSITIVE], "class": "CURATOR", "models": figures}, indent=1)
    (folder / "output" / "hybrid.json").write_text(text, encoding="utf-8")


def figures_of(fitted: FittedScorer, table: pa.Table, *, domain: Domain, target: CodeAxis) -> dict[str, float | None]:
    """Return how well a model predicts the rows of a table: exact figures, without noise."""
    codes = encode_table(table, domain=domain)
    scores = fitted.score(codes, domain)[:, _POSITIVE]
    truth = target.places(codes, domain) == _POSITIVE
    return {
        "auc": _auc(scores, truth),
        "accuracy": float(((scores >= 0.5) == truth).mean()) if truth.size else None,  # noqa: PLR2004 - more likely
        "brier": float(((scores - truth) ** 2).mean()) if truth.size else None,
        "rows": int(truth.size),
    }


def _fits(tables: Mapping[str, pa.Table]) -> Iterator[tuple[str, str, pa.Table]]:
    """Yield a name, a kind of model and the rows to fit it to: synthetic, real, and both together."""
    rows = {
        "synthetic": tables["synthetic"],
        "real": tables["measured"],
        "both": pa.concat_tables([tables["synthetic"], tables["measured"]]),
    }
    for kind in MODELS.built_in:
        for name, table in rows.items():
            yield f"{kind}.{name}", kind, table


def _auc(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float | None:
    """Return the chance that a positive row scores above another one, ties as half; ``None`` without both."""
    positive, others = int(truth.sum()), int((~truth).sum())
    if not positive or not others:
        return None
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return float((ranks[truth].sum() - positive * (positive + 1) / 2) / (positive * others))


def _axis(label: Mapping[str, Any]) -> CodeAxis:
    return CodeAxis(
        column=str(label["column"]), places_of=tuple(map(int, label["places"])), labels=tuple(label["labels"])
    )


def _save(fitted: FittedScorer, path: Path, *, task: Mapping[str, Any], rows: int) -> None:
    """Write a model that says what it is in its own header, wherever the file goes."""
    metadata = {
        "class": "CURATOR",
        "warning": task["warning"],
        "reading": task["reading"],
        "candidate": task["candidate"],
        "fitted_to_rows": str(rows),
        "scorer": json.dumps(fitted.facts()),
    }
    save_file({name: np.ascontiguousarray(array) for name, array in fitted.arrays().items()}, path, metadata=metadata)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
