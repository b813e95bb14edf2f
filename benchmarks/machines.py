"""The simulator of machines on made-up fleets: parameters recovered, and hybrids beside simulator and mixture alone.

    python benchmarks/machines.py --runs 5 --epsilon 1 --out build/machines.json

Rows are drawn from the simulator itself, so its parameters are known. In the second part a share of the fleet is of
another make: it is used harder, serviced otherwise, runs hotter and fails by chance, which no parameter says. Releases
are made as in ``simulated``: with the noise that the budget would buy, and in this process.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from cases import Case
from scores import workload_errors
from simulated import our_rounds, simulated

from synth_assets.generator.simulators.machines import Machines
from synth_assets.generator.store import fit_unsaved
from synth_assets.release import Release

ROWS = 50_000
TRUTH = {
    "load": 0.55,
    "wear": 1.2,
    "strain": 2.0,
    "service_interval": 90.0,
    "service_effect": 0.7,
    "hazard": 0.2,
    "repair": 30.0,
}
OTHER_MAKE = {**TRUTH, "load": 0.7, "wear": 0.8, "service_interval": 45.0, "hazard": 0.05}
COLUMNS: dict[str, Any] = {
    "hours": {"type": "integer", "min": 0, "max": 40000},
    "load": {"type": "float", "min": 0, "max": 1, "step": 0.01},
    "services": {"type": "integer", "min": 0, "max": 60},
    "days_since_service": {"type": "integer", "min": 0, "max": 400},
    "vibration_mean": {"type": "float", "min": 0, "max": 12, "step": 0.01},
    "vibration_p95": {"type": "float", "min": 0, "max": 40, "step": 0.01},
    "temperature": {"type": "float", "min": 20, "max": 120, "step": 0.1},
    "failed": {"type": "boolean"},
    "downtime": {"type": "float", "min": 0, "max": 200, "step": 0.1},
    "cost": {"type": "integer", "min": 0, "max": 20000},
}
BINS = 12
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "mixture": ("mixture", {}),
    "simulator": ("simulator", {"simulator": "machines"}),
    "hybrid": ("simulator", {"simulator": "machines", "hybrid": True}),
}


def fleet(seed: int, *, others: float = 0.0) -> pd.DataFrame:
    """Return made-up machines, of which a share is of another make."""
    rng = np.random.default_rng(seed)
    count = round(others * ROWS)
    ours = pd.DataFrame(Machines().render(TRUTH, ROWS - count, rng))
    if not count:
        return ours
    other = pd.DataFrame(Machines().render(OTHER_MAKE, count, rng))
    other["temperature"] = (other["temperature"] + 12).round(1)
    other["vibration_p95"] = (1.2 * other["vibration_mean"] + rng.gamma(2, 0.4, count)).round(2)
    broken = rng.random(count) < 0.06
    other["failed"], other["downtime"] = broken, np.where(broken, np.round(rng.gamma(2, 8, count), 1), 0.0)
    other["cost"] = np.rint(250 + 90 * other["downtime"] + rng.gamma(2, 60, count))
    return pd.concat([ours, other], ignore_index=True)


def case_of(real: pd.DataFrame) -> Case:
    """Return the fleet as a case."""

    def score(synthetic: pd.DataFrame) -> dict[str, float]:
        edges = {name: np.unique(np.quantile(real[name].astype(float), np.arange(1, BINS) / BINS)) for name in COLUMNS}
        codes = [
            pd.DataFrame(
                {name: np.searchsorted(edges[name], table[name].astype(float), side="right") for name in edges}
            )
            for table in (real, synthetic)
        ]
        return workload_errors(*codes)

    return Case(name="machines", delta=1e-6, real=real, keys={"columns": COLUMNS}, score=score)


def recovered(release: Release, *, seed: int) -> dict[str, float]:
    """Return the relative error of each parameter."""
    found = fit_unsaved(release, kind="simulator", seed=seed, options=KINDS["simulator"][1]).calibration()  # type: ignore[attr-defined]
    return {one["name"]: one["estimate"] / TRUTH[one["name"]] - 1 for one in found["parameters"]}


def compared(case: Case, release: Release, *, seed: int) -> dict[str, dict[str, float]]:
    """Return the distances of each kind from the fleet, and the seconds of its fit."""
    figures = {}
    for name, (kind, options) in KINDS.items():
        start = time.perf_counter()
        generator = fit_unsaved(release, kind=kind, seed=seed, options=options)
        seconds = time.perf_counter() - start
        figures[name] = case.score(generator.sample(ROWS, seed=seed, shard=0).to_pandas()) | {"fit_s": seconds}
        figures[name] |= {"share": getattr(generator, "calibration", dict)().get("share", 0.0)}
    return figures


def main() -> None:
    """Print a line per run and part, and write JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--epsilon", type=float, default=1.0)
    parser.add_argument("--others", type=float, nargs="*", default=[0.2], help="shares of the fleet of another make")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for seed in range(asked.runs):
        start = time.perf_counter()
        release = simulated(case_of(fleet(seed)), asked.epsilon, our_rounds, seed=seed)
        rows.append({"run": seed, "part": "recovered", **recovered(release, seed=seed)})
        _show(rows[-1])
        for others in asked.others:
            case = case_of(fleet(seed, others=others))
            release = simulated(case, asked.epsilon, our_rounds, seed=seed)
            for name, figures in compared(case, release, seed=seed).items():
                rows.append({"run": seed, "part": f"{others:.0%} of another make", "kind": name, **figures})
                _show(rows[-1])
        print(f"run {seed}: {time.perf_counter() - start:.0f} s", flush=True)
    if asked.out:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text(json.dumps(rows, indent=1) + "\n")


def _show(row: dict[str, Any]) -> None:
    print("  ".join(f"{key} {value:+.4f}" if isinstance(value, float) else f"{value}" for key, value in row.items()))


if __name__ == "__main__":
    main()
