"""All kinds of generators on one and the same release: how close, how fast, how large.

    python benchmarks/kinds.py --data DATA --kinds mixture gan vae --cases adult:1
    python benchmarks/kinds.py --data DATA --cases adult:1 --peers gem synthcity:dpgan --peer-python gem=PYTHON
    python benchmarks/kinds.py --data DATA --kinds gan --options '{"gan": {"steps": 600}}' --keep FOLDER

The release is paid once per case, with OpenDP's noise in its own process; each kind is then a process that reads it,
fits, samples and writes a candidate. CPU seconds and peak memory are of that process. With ``--keep``, releases
stay in that folder and are used again by the next run. With ``--peers``, other projects run on the same rows after
ours; they pay for themselves, with the same epsilon and delta.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from cases import Case
from command_line import load_case, make_parser, read_arguments, run_cases
from participants import peers
from scores import read_text
from whole_run import Failure, timed_run

CASES = ("adult:1", "credit_bounds:1", "happiness:1")


def measure_case(text: str, *, asked: Any) -> Iterator[dict[str, Any]]:
    """Pay for one release, fit each kind to it, print a line per kind and yield it for the JSON."""
    loaded = load_case(text, data=asked.data)
    if loaded is None:
        return
    case, epsilon = loaded
    with tempfile.TemporaryDirectory() as temporary:
        folder = (asked.keep or Path(temporary)) / text.replace(":", "_")
        if asked.kinds:
            _pay(case, epsilon, folder)
        for kind in asked.kinds:
            for seed in range(asked.runs):
                row = {"case": text, "kind": kind, "seed": seed, "load": round(os.getloadavg()[0], 1)}
                yield _printed(row | _fit(case, folder, kind=kind, seed=seed, asked=asked))
    for outcome in peers(case, epsilon, asked=asked):
        row = {"case": text, "kind": outcome.who, "load": round(os.getloadavg()[0], 1)}
        runs = (
            [{"failure": outcome.failure}] if outcome.failure else [r.took | case.score(r.rows) for r in outcome.runs]
        )
        yield from (_printed(row | run) for run in runs)


def _printed(row: dict[str, Any]) -> dict[str, Any]:
    figures = "".join(f"  {key} {value:.4g}" for key, value in row.items() if isinstance(value, float))
    print(f"{row['case']:<18}{row['kind']:<22}{row.get('failure', '')}{figures}", flush=True)
    return row


def _pay(case: Case, epsilon: float, folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(parents=True)
        case.real.to_csv(folder / "real.csv", index=False)
        (folder / "contract.json").write_text(case.contract(epsilon).model_dump_json())
    timed_run(folder, "--release-only")


def _fit(case: Case, folder: Path, *, kind: str, seed: int, asked: Any) -> dict[str, Any]:
    shutil.rmtree(folder / "data" / "generators", ignore_errors=True)  # an earlier fit would take no time
    options = json.dumps((asked.options or {}).get(kind))
    try:
        took = timed_run(folder, "--kind", kind, "--seed", str(seed), "--options", options, limit=asked.limit)
    except Failure as failure:
        return {"failure": str(failure)}
    return took | case.score(read_text(folder / "synthetic.csv"))


def main() -> None:
    """Run all cases, print a line per kind and write JSON."""
    parser = make_parser((__doc__ or "").splitlines()[0], cases=CASES, runs=1)
    parser.add_argument("--kinds", nargs="*", default=["mixture"], help="kinds of generators")
    parser.add_argument("--options", type=json.loads, help="options by kind, as JSON")
    parser.add_argument("--keep", type=Path, help="folder in which releases stay")
    asked = read_arguments(parser)
    run_cases(partial(measure_case, asked=asked), asked=asked)


if __name__ == "__main__":
    main()
