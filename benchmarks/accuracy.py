"""How near synthetic tables come to real ones, how long that takes, and in how much memory.

    python benchmarks/accuracy.py --data DATA --runs 5 --json accuracy.json

A run is one process: contract, release (in its own measuring process), fit,
candidate. DATA holds ``adult/adult_coded14.csv.gz`` with its domain, and
``nist_acs/`` with ``national2019.csv.gz`` and its dictionaries. Scores: mean L1
distance of all pairs and triples and the AUC of a classifier trained on
synthetic and tested on held-out rows (Adult), NIST's k-marginal score (ACS).
Scoring is not part of the time.

References:
    NIST, "SDNist: Diverse Communities Data Excerpts", the k-marginal metric.
"""

import argparse
import itertools
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

Arrays = dict[str, np.ndarray[Any, Any]]
CASES = ("adult:0.1", "adult:1", "adult:10", "nist:1", "nist:10")
DELTA = {"adult": 1e-9, "nist": 1e-6}
TARGET, GROUP, BINS = "income_50K", "PUMA", 20
NUMBERS = {"age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours_per_week"}
# Industry codes of the 2017 Census classification, as the ACS of 2018 to 2022 uses them.
INDUSTRIES = """170 180 190 270 280 290 370 380 390 470 490 570 580 590 670 680 690 770 1070 1080 1090 1170 1180 1190
1270 1280 1290 1370 1390 1470 1480 1490 1570 1590 1670 1691 1770 1790 1870 1880 1890 1990 2070 2090 2170 2180 2190 2270
2280 2290 2370 2380 2390 2470 2480 2490 2570 2590 2670 2680 2690 2770 2780 2790 2870 2880 2890 2970 2980 2990 3070 3080
3095 3170 3180 3291 3365 3370 3380 3390 3470 3490 3570 3580 3590 3670 3680 3690 3770 3780 3790 3875 3895 3960 3970 3980
3990 4070 4080 4090 4170 4180 4195 4265 4270 4280 4290 4370 4380 4390 4470 4480 4490 4560 4570 4580 4585 4590 4670 4680
4690 4770 4780 4795 4870 4880 4890 4971 4972 4980 4990 5070 5080 5090 5170 5180 5190 5275 5280 5295 5370 5381 5391 5470
5480 5490 5570 5580 5593 5670 5680 5690 5790 6070 6080 6090 6170 6180 6190 6270 6280 6290 6370 6380 6390 6470 6480 6490
6570 6590 6670 6672 6680 6690 6695 6770 6780 6870 6880 6890 6970 6991 6992 7071 7072 7080 7181 7190 7270 7280 7290 7370
7380 7390 7460 7470 7480 7490 7570 7580 7590 7670 7680 7690 7770 7780 7790 7860 7870 7880 7890 7970 7980 7990 8070 8080
8090 8170 8180 8191 8192 8270 8290 8370 8380 8390 8470 8560 8561 8562 8563 8564 8570 8580 8590 8660 8670 8680 8690 8770
8780 8790 8870 8891 8970 8980 8990 9070 9080 9090 9160 9170 9180 9190 9290 9370 9380 9390 9470 9480 9490 9570 9590 9670
9680 9690 9770 9780 9790 9870 9890 9920"""
DENSITIES = [150.0, *np.logspace(1, np.log10(52864.7 + 500), 21)[8:-1].tolist()]


def adult(data: Path) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Return train rows, held-out rows and the contract's keys."""
    folder = data / "adult"
    rows = pd.read_csv(folder / "adult_coded14.csv.gz").astype(int).rename(columns=_plain)
    sizes = {_plain(k): v for k, v in json.loads((folder / "adult_coded14_domain.json").read_text()).items()}
    order, cut = np.random.RandomState(0).permutation(len(rows)), int(0.9 * len(rows))
    columns: dict[str, Any] = {
        name: {"type": "integer", "min": 0, "max": size - 1}
        if name in NUMBERS
        else {"type": "categorical", "categories": [str(code) for code in range(size)]}
        for name, size in sizes.items()
    }
    return rows.iloc[order[:cut]][list(sizes)], rows.iloc[order[cut:]], {"columns": columns, "target": TARGET}


def _plain(name: str) -> str:
    return name.replace("-", "_").replace(">", "_")


def nist(data: Path) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Return the rows, twice, and the contract's keys, from the public dictionary and code ranges."""
    folder = data / "nist_acs"
    rows = read_text(folder / "national2019.csv.gz")
    values = {
        name: item.get("values", {}) for name, item in json.loads((folder / "data_dictionary.json").read_text()).items()
    }
    schema = {
        k: v
        for part in json.loads((folder / "national2019.json").read_text()).values()
        if isinstance(part, dict)
        for k, v in part.items()
    }
    special: dict[str, dict[str, Any]] = {
        GROUP: {"type": "categorical", "categories": schema[GROUP]["values"]},
        "DENSITY": {"type": "float", "min": 0.0, "max": 53364.0, "edges": DENSITIES},
        "INDP": {"type": "integer", "values": [int(code) for code in INDUSTRIES.split()]} | _nullable(),
        "PINCP": {"type": "integer", "min": -9000, "max": 1341000, "special_values": [0], "edges": _income_edges()}
        | _nullable(),
        "POVPIP": {"type": "integer", "min": 0, "max": 501} | _nullable(),
        "PWGTP": {"type": "integer", "min": 1, "max": 9999, "edges": _weight_edges()},
        "WGTP": {"type": "integer", "min": 1, "max": 9999, "special_values": [0], "edges": _weight_edges()},
    }
    columns = {name: special.get(name) or _from_dictionary(values[name]) for name in rows.columns}
    return rows, rows, {"columns": columns, "focus": [GROUP]}


def _nullable() -> dict[str, Any]:
    return {"nullable": True, "null_tokens": ["N"]}


def _income_edges() -> list[int]:
    return [-5000, *range(1000, 100_000, 1000), *range(100_000, 300_000, 10_000), 400_000, 600_000, 1_000_000]


def _weight_edges() -> list[int]:
    return [*range(6, 400, 5), 500, 700, 1000, 2000]


def _from_dictionary(values: dict[str, Any]) -> dict[str, Any]:
    if "max" not in values:
        return {"type": "categorical", "categories": list(values)}
    codes = [int(key) for key in values if key not in ("N", "min", "max")]
    below = [code for code in codes if code < values["min"]]
    found = {"type": "integer", "min": values["min"], "max": values["max"], "special_values": below}
    return found | (_nullable() if "N" in values else {})


def read_text(path: Path) -> pd.DataFrame:
    """Read a table as text: whole numbers without a point, null as ``N``."""
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name in rows.columns.drop("DENSITY", errors="ignore"):
        rows[name] = rows[name].str.replace(r"\.0$", "", regex=True).replace({"": "N", "nan": "N"})
    return rows


def synthesize(folder: Path, *, case: str, keys: dict[str, Any], seed: int) -> None:
    """Release, fit and sample for real, below ``folder``; the part that is timed."""
    from synth_assets.candidate import write_candidate
    from synth_assets.contract import DatasetContract
    from synth_assets.generator import fit_generator
    from synth_assets.ledger import Account, open_ledger
    from synth_assets.measurement import obtain_release
    from synth_assets.privacy import Cap
    from synth_assets.source.registry import make_source
    from synth_assets.workspace import Workspace

    name, epsilon = case.split(":")
    spend = {"epsilon": float(epsilon), "delta": DELTA[name]}
    for column in keys["columns"].values():
        column["domain_source"] = "public dictionary"
    contract = DatasetContract.model_validate(
        {
            "name": name,
            "purpose": "A benchmark.",
            "source": name,
            "privacy": {"unit": "rows", "evaluation_share": 0.0, "spend": spend},
            **keys,
        }
    )
    workspace = Workspace(root=folder)
    ledger = open_ledger(workspace.ledger_url)
    account = Account(name=name, source=name, population="nobody", unit=contract.unit())
    ledger.open_account(account, Cap(epsilon=2 * float(epsilon), delta=2 * DELTA[name]), by="officer")
    location = str(folder / "real.csv")
    ledger.add_source(
        make_source(name, kind="csv", location=location, account=name, version="1", unit=contract.unit()), by="officer"
    )
    obtained = obtain_release(contract, workspace=workspace, ledger=ledger, by="engineer", reason="benchmark")
    fitted = fit_generator(obtained.release, kind="mixture", seed=seed, generators=workspace.generators(name))
    made = write_candidate(contract, fitted, obtained.release, seed=seed, candidates=workspace.candidates(name))
    made.table().to_pandas().to_csv(folder / "synthetic.csv", index=False, na_rep="N")


def score_adult(
    real: pd.DataFrame, holdout: pd.DataFrame, synthetic: pd.DataFrame, columns: Sequence[str]
) -> dict[str, float]:
    """Return mean L1 distances of all marginals of 1 to 3 columns, and the AUC."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score

    synthetic = synthetic[list(columns)].astype(int)
    found = {f"l1_{k}way": _workload_error(real, synthetic, k) for k in (1, 2, 3)}
    features = [name for name in columns if name != TARGET]
    model = HistGradientBoostingClassifier(random_state=0).fit(synthetic[features], synthetic[TARGET])
    return found | {"auc": float(roc_auc_score(holdout[TARGET], model.predict_proba(holdout[features])[:, 1]))}


def _workload_error(real: pd.DataFrame, synthetic: pd.DataFrame, k: int) -> float:
    sizes = {name: int(max(real[name].max(), synthetic[name].max())) + 1 for name in real}
    gaps = []
    for clique in itertools.combinations(real.columns, k):
        shares = []
        for table in (real, synthetic):
            index = np.ravel_multi_index([table[name] for name in clique], [sizes[name] for name in clique])
            shares.append(np.bincount(index, minlength=int(np.prod([sizes[name] for name in clique]))) / len(table))
        gaps.append(np.abs(shares[0] - shares[1]).sum())
    return float(np.mean(gaps))


def score_nist(real: pd.DataFrame, dictionary: dict[str, Any], synthetic: pd.DataFrame) -> dict[str, float]:
    """Return the k-marginal score, 0 to 1000: all pairs within each PUMA."""
    coded = {name: _nist_codes(real[name], synthetic[name], dictionary[name].get("values", {})) for name in real}
    sizes = {name: int(max(a.max(), b.max())) + 1 for name, (a, b) in coded.items()}

    def shares(side: int, a: str, b: str) -> np.ndarray[Any, Any]:
        index = (coded[GROUP][side] * sizes[a] + coded[a][side]) * sizes[b] + coded[b][side]
        table = np.bincount(index, minlength=sizes[GROUP] * sizes[a] * sizes[b]).reshape(sizes[GROUP], -1)
        return np.asarray(table / np.maximum(table.sum(1, keepdims=True), 1))

    present = np.bincount(coded[GROUP][0], minlength=sizes[GROUP]) > 0
    others = [name for name in real if name != GROUP]
    gaps = [
        np.abs(shares(0, a, b) - shares(1, a, b))[present].sum(1).mean() for a, b in itertools.combinations(others, 2)
    ]
    return {"kmarginal": (2 - float(np.mean(gaps))) * 500}


def _nist_codes(
    real: "pd.Series[str]", synthetic: "pd.Series[str]", values: dict[str, Any]
) -> list[np.ndarray[Any, Any]]:
    both = [real, synthetic]
    if real.name == "DENSITY":
        top = values["max"] + 500
        edges = [0, 150, *np.logspace(1, np.log10(top), 21)[8:]]
        return [pd.cut(pd.to_numeric(s).clip(1e-4, top - 100), edges, labels=False).to_numpy() for s in both]
    if "max" in values and float(values["max"]) - float(values["min"]) > BINS:
        numbers = [pd.to_numeric(s, errors="coerce").to_numpy() for s in both]
        known, n = numbers[0][~np.isnan(numbers[0])], BINS - 1
        edges = np.unique([*np.percentile(known, [i * 100 / n for i in range(n)], method="higher"), known.max()])
        return [np.where(np.isnan(x), 0, 1 + np.searchsorted(edges[1:-1], x)) for x in numbers]
    index = {value: place for place, value in enumerate(sorted(set(real) | set(synthetic)))}
    return [s.map(index).to_numpy() for s in both]


LOADERS: dict[str, Callable[[Path], tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]]] = {"adult": adult, "nist": nist}


def run(case: str, data: Path, *, seed: int) -> dict[str, float]:
    """Run one case in a process of its own and score what it wrote."""
    name = case.split(":", maxsplit=1)[0]
    real, holdout, keys = LOADERS[name](data)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        real.to_csv(folder / "real.csv", index=False)
        (folder / "keys.json").write_text(json.dumps(keys))
        command = [sys.executable, __file__, "--case", case, "--folder", str(folder), "--seed", str(seed)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry or "." for entry in sys.path)}
        start = time.perf_counter()
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - start
        synthetic = read_text(folder / "synthetic.csv")
    if name == "adult":
        scores = score_adult(real, holdout, synthetic, list(keys["columns"]))
    else:
        scores = score_nist(real, json.loads((data / "nist_acs" / "data_dictionary.json").read_text()), synthetic)
    return {"seconds": seconds, **json.loads(done.stdout.splitlines()[-1]), **scores}


def _usage() -> dict[str, float]:
    parts = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "cpu_seconds": sum(part.ru_utime + part.ru_stime for part in parts),
        "peak_mb": max(part.ru_maxrss for part in parts) / 1024,
    }


def main() -> None:
    """Run all cases, print a table of medians and write JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--cases", nargs="+", default=CASES)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--case", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.case:
        keys = json.loads((asked.folder / "keys.json").read_text())
        synthesize(asked.folder, case=asked.case, keys=keys, seed=asked.seed)
        print(json.dumps(_usage()))
        return
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    found = {}
    for case in asked.cases:
        runs = pd.DataFrame([run(case, asked.data, seed=seed) for seed in range(asked.runs)])
        found[case] = runs.to_dict("list")
        medians = "  ".join(f"{name} {value:.4g}" for name, value in runs.median().items())
        print(f"{case:>10}  {medians}", flush=True)
    if asked.json:
        asked.json.write_text(json.dumps({"machine": platform.platform(), "cases": found}, indent=1))


if __name__ == "__main__":
    main()
