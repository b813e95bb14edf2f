"""A made-up table whose numbers lie on curves, another curve in each group, for a machine without any data.

Points on a ring, a spiral or a parabola, with noise; ``height`` is a saddle over them, which no pair of
columns shows: it is the product of the two others.
"""

from typing import Any

import numpy as np
import pandas as pd
from cases import Case, number_rows, text_rows
from likeness.classifier import c2st
from scores import quantile_codes, workload_errors

__all__ = ["curves", "make_points"]

ROWS, NOISE, FARTHEST, HIGHEST = 20_000, 0.1, 2.0, 4.0
SHAPES = ("ring", "spiral", "parabola")


def make_points(*, rows: int = ROWS, seed: int = 0) -> pd.DataFrame:
    """Make points, one per row; the same rows and seed give the same table."""
    random = np.random.default_rng(seed)
    shape, share = random.choice(3, rows, p=[0.4, 0.35, 0.25]), random.random(rows)
    angle = 2 * np.pi * share * np.array([1, 2, 0])[shape]
    radius = np.where(shape == 0, 1.2, 0.2 + 1.3 * share)
    along = 3 * share - 1.5
    x = np.where(shape == 2, along, radius * np.cos(angle))
    y = np.where(shape == 2, along**2 - 1, radius * np.sin(angle))
    x, y = (np.clip(values + random.normal(0, NOISE, rows), -FARTHEST, FARTHEST) for values in (x, y))
    height = np.clip(x * y + random.normal(0, NOISE, rows), -HIGHEST, HIGHEST)
    return pd.DataFrame({"shape": np.array(SHAPES)[shape], "x": x, "y": y, "height": height})


def curves(_: Any = None) -> Case:
    """Return 20,000 points, declared by bounds alone; delta 1e-6.

    Scored on 20 quantiles, also by a classifier that is to tell synthetic rows from real ones.
    """
    rows = make_points()
    place = {"type": "float", "min": -FARTHEST, "max": FARTHEST}
    columns = {
        "shape": {"type": "categorical", "categories": list(SHAPES)},
        "x": place,
        "y": place,
        "height": {"type": "float", "min": -HIGHEST, "max": HIGHEST},
    }
    keys = {"columns": columns, "target": "shape"}
    case = Case(name="curves", delta=1e-6, real=rows, keys=keys, score=lambda _: {})
    domain = case.contract(1.0).domain()
    real = number_rows(domain, text_rows(rows))
    coded = quantile_codes(real, real)

    def score(synthetic: pd.DataFrame) -> dict[str, float]:
        codes = quantile_codes(real, number_rows(domain, synthetic))
        return workload_errors(coded, codes) | {"c2st": c2st(coded, codes)}

    return Case(name="curves", delta=1e-6, real=rows, keys=keys, score=score)
