"""Pictures of made-up rows and of each kind's, for people who would rather look than read: curves, and machines.

    python benchmarks/kind_pictures.py --epsilon 10 --out docs/images/curves.png
    python benchmarks/kind_pictures.py --machines --epsilon 1 --out docs/images/machines.png

Rows are made up, so the real ones can be shown. Releases are made as in ``simulated``. Needs matplotlib, which comes
with MLflow.
"""

import argparse
from pathlib import Path
from typing import Any

import machines
import pandas as pd
from cases import Case
from machines import KINDS as MACHINE_KINDS
from made_up_curves import SHAPES, curves
from matplotlib.figure import Figure
from simulated import our_rounds, simulated

from synth_assets.generator.store import fit_unsaved

SHOWN = 4000
COLOURS = "#0b6e99", "#c2571a", "#3d7a3d"
CURVE_KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    kind: (kind, {}) for kind in ("mixture", "gan", "vae", "transformer", "diffusion")
}
OTHERS = 0.2
"""Share of the machines that are of another make."""


def main() -> None:
    """Fit the kinds to one release, and write a picture of their rows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--machines", action="store_true", help="machines instead of curves")
    parser.add_argument("--epsilon", type=float, default=10.0)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    case = machines.case_of(machines.fleet(0, others=OTHERS)) if asked.machines else curves()
    tables = {"real": case.real} | _fitted(case, asked.epsilon, MACHINE_KINDS if asked.machines else CURVE_KINDS)
    wide = 4 if asked.machines else 3
    high = -(-len(tables) // wide)
    figure = Figure(figsize=(3 * wide, 3 * high), layout="constrained")
    for place, (name, table) in enumerate(tables.items(), start=1):
        axes = figure.add_subplot(high, wide, place)
        (_show_machines if asked.machines else _show_points)(axes, table.sample(SHOWN, random_state=0))
        axes.set_title(name, fontsize=10, loc="left")
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(asked.out, dpi=110, metadata={"Software": None})


def _fitted(case: Case, epsilon: float, kinds: dict[str, tuple[str, dict[str, Any]]]) -> dict[str, pd.DataFrame]:
    """Return rows of each kind, fitted to one release."""
    release = simulated(case, epsilon, our_rounds, seed=0)
    tables = {}
    for name, (kind, options) in kinds.items():
        generator = fit_unsaved(release, kind=kind, seed=0, options=options)
        tables[name] = generator.sample(len(case.real), seed=0, shard=0).to_pandas()
        print(name, {figure: round(value, 4) for figure, value in case.score(tables[name]).items()}, flush=True)
    return tables


def _show_points(axes: Any, table: pd.DataFrame) -> None:
    for shape, colour in zip(SHAPES, COLOURS, strict=True):
        rows = table[table["shape"] == shape]
        axes.scatter(rows["x"], rows["y"], s=2, color=colour, linewidths=0)
    axes.set(xlim=(-2, 2), ylim=(-2, 2), xticks=(-2, 0, 2), yticks=(-2, 0, 2), aspect="equal")
    axes.tick_params(labelsize=7)


def _show_machines(axes: Any, table: pd.DataFrame) -> None:
    failed = table["failed"].astype(bool)
    for rows, colour, size in ((table[~failed], COLOURS[0], 2), (table[failed], COLOURS[1], 5)):
        axes.scatter(rows["vibration_mean"], rows["temperature"], s=size, color=colour, linewidths=0)
    axes.set(xlim=(0, 8), ylim=(30, 90), xlabel="vibration", ylabel="temperature")
    axes.tick_params(labelsize=7)


if __name__ == "__main__":
    main()
