"""NIST's excerpts of the American Community Survey: a contract from the public data dictionary."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from cases import Case
from scores import ACS_GROUP, density_edges, k_marginal, read_text

__all__ = ["nist", "nist_bounds"]

TOP_DENSITY = 52864.7 + 500
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


def nist(data: Path) -> Case:
    """Load ``nist_acs/``; the domain comes from the dictionary and public code ranges, the focus is the PUMA."""
    folder = data / "nist_acs"
    rows = read_text(folder / "national2019.csv.gz")
    dictionary = json.loads((folder / "data_dictionary.json").read_text())
    values = {name: entry.get("values", {}) for name, entry in dictionary.items()}
    schema = {
        k: v
        for part in json.loads((folder / "national2019.json").read_text()).values()
        if isinstance(part, dict)
        for k, v in part.items()
    }
    special: dict[str, dict[str, Any]] = {
        ACS_GROUP: {"type": "categorical", "categories": schema[ACS_GROUP]["values"]},
        "DENSITY": {"type": "float", "min": 0.0, "max": 53364.0, "edges": density_edges(TOP_DENSITY)[1:-1]},
        "INDP": {"type": "integer", "values": [int(code) for code in INDUSTRIES.split()]} | _nullable(),
        "PINCP": {"type": "integer", "min": -9000, "max": 1341000, "special_values": [0], "edges": _income_edges()}
        | _nullable(),
        "POVPIP": {"type": "integer", "min": 0, "max": 501} | _nullable(),
        "PWGTP": {"type": "integer", "min": 1, "max": 9999, "edges": _weight_edges()},
        "WGTP": {"type": "integer", "min": 1, "max": 9999, "special_values": [0], "edges": _weight_edges()},
    }
    columns = {name: special.get(name) or _from_dictionary(values[name]) for name in rows.columns}
    return Case(
        name="nist",
        delta=1e-6,
        real=rows,
        keys={"columns": columns, "focus": [ACS_GROUP]},
        score=lambda synthetic: k_marginal(rows, dictionary, synthetic),
    )


def nist_bounds(data: Path) -> Case:
    """Load the same table with bounds alone for incomes and weights, and DENSITY derived from the PUMA.

    An area's density is a public figure, which the file repeats in each of its rows.
    """
    case = nist(data)
    density = case.real.drop_duplicates(ACS_GROUP).set_index(ACS_GROUP)["DENSITY"]
    columns = {name: column for name, column in case.keys["columns"].items() if name != "DENSITY"}
    columns |= {
        "PINCP": {"type": "integer", "min": -9000, "max": 1341000} | _nullable(),
        "PWGTP": {"type": "integer", "min": 1, "max": 9999},
        "WGTP": {"type": "integer", "min": 0, "max": 9999},
    }
    people = {area: float(figure) for area, figure in density.items()}
    keys = {
        "columns": columns,
        "derived": {"DENSITY": {"lookup": ACS_GROUP, "values": people}},
        "focus": [ACS_GROUP],
    }

    def score(synthetic: pd.DataFrame) -> dict[str, float]:
        return case.score(synthetic.assign(DENSITY=synthetic[ACS_GROUP].map(density))[list(case.real)])

    return replace(case, name="nist_bounds", keys=keys, score=score)


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
    column = {"type": "integer", "min": values["min"], "max": values["max"], "special_values": below}
    return column | (_nullable() if "N" in values else {})
