"""How long it takes to measure a candidate of the demo's table on real people, with gates of all kinds.

    python benchmarks/gated_run.py --json gated.json
    python benchmarks/gated_run.py --rows-per-person 3 --profile

A release of nine tenths of the people and a candidate of it are made first and are not part of the time. Measured is
one process from the start of Python to the verdicts: public checks, models, plans, both questions, which processes of
their own answer, and the public checks again. ``--profile`` shows where the time goes instead.
"""

import argparse
import cProfile
import json
import os
import pstats
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from cases import Case, happiness
from whole_run import synthesize, timed_process

from synth_assets.contract import DatasetContract

__all__ = ["GATES", "gated_contract", "measure"]

POSITIVE = "happy = 'very happy'"
GATES: dict[str, Any] = {
    "tstr_auc": {"min": 0.5},
    "tstr_accuracy": {"min": 0.5},
    "tstr_brier": {"max": 0.4},
    "tstr_calibration": {"max": 0.6},
    "workload_error": {"max": 0.3},
    "workload_error.triples": {"max": 0.5},
    "wasserstein.tvhours": {"max": 0.3},
    "jensen_shannon.workstat": {"max": 0.3},
    "fairness.female.demographic_parity": {"max": 0.9},
    "fairness.region.equalized_odds": {"max": 0.99},
    "fairness.attend.equal_opportunity": {"max": 0.99},
    "attribute_inference.owngun": {"max": 0.4},
    "membership": {"max": 0.5},
    "nearest": {"max": 0.5},
}


def gated_contract(case: Case, *, max_rows: int) -> DatasetContract:
    """Return the demo's contract with a tenth of the people held out, and gates of all kinds."""
    privacy = {
        "unit": {"column": "person", "max_rows": max_rows},
        "spend": {"epsilon": 4.0, "delta": case.delta},
        "holdout": 0.1,
        "evaluation_share": 0.2,
    }
    keys = {"privacy": privacy, "gates": GATES, "evaluation": {"positive": POSITIVE}}
    return DatasetContract.model_validate(case.contract(4.0).model_dump(mode="json", exclude_unset=True) | keys)


def prepare(folder: Path, *, max_rows: int) -> None:
    """Leave a measured release and a candidate below ``folder``."""
    from synth_assets.checks import write_suite

    case = happiness(None)
    contract = gated_contract(case, max_rows=max_rows)
    rows = case.real.assign(person=np.arange(len(case.real)) // max_rows)
    rows.to_csv(folder / "real.csv", index=False)
    (folder / "contract.json").write_text(contract.model_dump_json())
    synthesize(folder, seed=0)
    write_suite(contract, folder / contract.suite_path)


def measure(folder: Path) -> list[str]:
    """Measure the candidate below ``folder``; return one line per gate."""
    from synth_assets.candidate import load_candidate
    from synth_assets.integrations.versions import measure_candidate
    from synth_assets.ledger import open_ledger
    from synth_assets.workspace import Workspace

    contract = DatasetContract.model_validate_json((folder / "contract.json").read_text())
    workspace = Workspace(root=folder)
    (path,) = workspace.candidates(contract.name).iterdir()
    results = measure_candidate(
        contract,
        load_candidate(path),
        workspace=workspace,
        ledger=open_ledger(workspace.ledger_url),
        by="engineer",
        progress=lambda text: print(text, file=sys.stderr, flush=True),
    )
    return [f"{'passed' if result.passed else 'failed'}: {result.description}" for result in results]


def main() -> None:
    """Print the time, the memory and the verdicts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows-per-person", type=int, default=1)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.folder:
        print("\n".join(measure(asked.folder)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        prepare(folder, max_rows=asked.rows_per_person)
        if asked.profile:
            profile = cProfile.Profile()
            print("\n".join(profile.runcall(measure, folder)))
            pstats.Stats(profile).sort_stats("cumulative").print_stats(60)
            return
        load = round(os.getloadavg()[0], 1)
        variables = {**os.environ, "PYTHONPATH": os.pathsep.join(entry or "." for entry in sys.path)}
        command = [sys.executable, __file__, "--folder", str(folder)]
        used = timed_process(command, variables=variables, log=folder / "log.txt")
        print((folder / "log.txt").read_text())
    figures = {**used, "load": load, "gates": len(GATES), "rows_per_person": asked.rows_per_person}
    print(json.dumps(figures))
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
