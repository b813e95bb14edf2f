"""Whether synthetic rows can be told from real ones, and by what.

    python benchmarks/realism.py --data DATA --cases credit_bounds:1 adult_bounds:1 --json realism.json
    python benchmarks/realism.py --cases made_up:1 --combinations 2 3 --worst 5
    python benchmarks/realism.py --data DATA --cases credit:1 --peers dpsynth:swift --peer-python dpsynth=PYTHON

For each case ours, the peers and what is not private are scored on the same rows:
the AUC of a classifier that is to tell synthetic rows from real ones, masses at
single values, tails, round numbers and digits, order between columns, means inside
groups, combinations that never occur. Beside a half of the real rows against the
other half, which is as good as it gets, two rows show where a loss comes from: real
rows *through the domain* lose what is inside a bin, and *through the groups* also
what is inside the groups that the release measured pairs of; both have neither
noise nor a model. ``made_up`` and ``happiness`` do not need DATA.
"""

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import numpy as np
import pandas as pd
from cases import Case, code_rows, number_rows, text_rows, value_rows
from command_line import load_case, make_parser, read_arguments, run_cases
from likeness.classifier import MOST_ROWS, c2st, combination_areas
from likeness.figures import MEANINGS, WORST, likeness
from likeness.resolution import through_groups
from participants import BOOTSTRAP, THROUGH_DOMAIN, Grids, Outcome, ours, peers, references
from scores import quantile_codes

from synth_assets.domain import Domain

CASES = (
    *("made_up:1", "made_up:10", "credit_bounds:1", "credit_bounds:10", "adult_bounds:1", "adult_bounds:10"),
    *("nist_bounds:1", "nist_bounds:10", "happiness:1", "happiness:10"),
)
TIMES = {"cpu_seconds": "CPU s", "peak_mb": "peak MB"}
QUANTILES = {1: 20, 2: 20, 3: 10}
"""Values of a column in a classifier's table of so many columns."""
AREAS = ("c2st_raw", "c2st_quantiles")
OURS = "synth-assets"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The real rows of a case, and how synthetic ones are compared with them.

    Attributes:
        domain: the declared columns; only these are compared.
        real: numbers as they are, anything else by its code, null as NaN.
        numbers: the columns that are numbers.
        rows: of each table that a classifier sees, at most.
        combinations: numbers of columns of the classifiers that see only so many.
    """

    domain: Domain
    real: pd.DataFrame
    numbers: tuple[str, ...]
    rows: int
    combinations: tuple[int, ...]

    @classmethod
    def of(cls, case: Case, *, asked: argparse.Namespace) -> Self:
        """Read the real rows of a case."""
        domain = case.contract(1.0).domain()
        return cls(
            domain=domain,
            real=number_rows(domain, text_rows(case.real)),
            numbers=tuple(column.name for column in domain.columns if column.kind in ("integer", "float")),
            rows=asked.rows,
            combinations=tuple(asked.combinations),
        )

    def score(self, rows: pd.DataFrame, *, twins: bool = False) -> dict[str, Any]:
        """Score a table of text; ``twins`` where each row was made from the real row at its position."""
        return self.compare(self.real, number_rows(self.domain, rows), twins=twins)

    def compare(self, real: pd.DataFrame, synthetic: pd.DataFrame, *, twins: bool = False) -> dict[str, Any]:
        """Score a table of numbers against another."""
        coded = [quantile_codes(real, table) for table in (real, synthetic)]
        areas = {
            "c2st_raw": c2st(real, synthetic, most_rows=self.rows, twins=twins),
            "c2st_quantiles": c2st(*coded, most_rows=self.rows, twins=twins),
        }
        figures = likeness(real, synthetic, numbers=self.numbers)
        for size in self.combinations:
            tables = [quantile_codes(real, table, bins=QUANTILES.get(size, 5)) for table in (real, synthetic)]
            found = combination_areas(*tables, size=size, most_rows=self.rows, twins=twins)
            figures["worst"] |= {f"c2st_{size}": found.head(WORST).to_dict("records")}
            gains = found.sort_values("gain", ascending=False).head(WORST)
            figures["worst"] |= {f"c2st_{size}_gain": gains.to_dict("records")}
        return areas | figures


def outcomes(case: Case, epsilon: float, *, asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield per participant its name and either the figures of its runs or the reason why there are none."""
    subject = Subject.of(case, asked=asked)
    halves = np.array_split(np.random.default_rng(0).permutation(len(subject.real)), 2)
    parts = [subject.real.iloc[half].reset_index(drop=True) for half in halves]
    yield {"who": "half of the real rows", "runs": [subject.compare(*parts)]}
    for who, rows in references(case, seed=0):
        if who != BOOTSTRAP:  # which repeats real rows
            yield {"who": who, "runs": [subject.score(rows, twins=who == THROUGH_DOMAIN)]}
    if not asked.without_ours:
        outcome = ours(case, epsilon, runs=asked.runs)
        if outcome.runs:
            rows = _through_groups(case, subject.domain, outcome.runs[0].grids)
            yield {"who": "real rows, through the groups", "runs": [subject.score(rows, twins=True)]}
        yield _scored(subject, outcome)
    yield from (_scored(subject, outcome) for outcome in peers(case, epsilon, asked=asked))


def _through_groups(case: Case, domain: Domain, grids: Grids) -> pd.DataFrame:
    return value_rows(domain, through_groups(code_rows(domain, case.real), grids, seed=0), seed=0)


def _scored(subject: Subject, outcome: Outcome) -> dict[str, Any]:
    if outcome.failure:
        return {"who": outcome.who, "failure": outcome.failure}
    return {"who": outcome.who, "runs": [run.took | subject.score(run.rows) for run in outcome.runs]}


def table(results: list[dict[str, Any]]) -> list[str]:
    """Return the lines of a Markdown table: a line per figure, a column per participant, and ratios to the peers."""
    medians = {
        row["who"]: pd.DataFrame(row["runs"]).median(numeric_only=True).to_dict() for row in results if "runs" in row
    }
    others = [row["who"] for row in results if "runs" in row and "version" in row["runs"][0]]
    ratios = [(who, f"ours / {who}") for who in others if OURS in medians]
    lines = ["| | " + " | ".join([*medians, *(title for _, title in ratios)]) + " |"]
    lines.append("|---" * (1 + len(medians) + len(ratios)) + "|")
    for key, meaning in (MEANINGS | TIMES).items():
        cells = [_cell(key, figures.get(key)) for figures in medians.values()]
        cells += [_ratio(key, medians[OURS].get(key), medians[who].get(key)) for who, _ in ratios]
        lines.append(f"| {meaning} | " + " | ".join(cells) + " |")
    return lines


def _cell(key: str, figure: float | None) -> str:
    if figure is None or np.isnan(figure):
        return ""
    if key in AREAS:
        return f"{figure:.3f}".replace("0.", ".", 1)
    return f"{figure:,.0f}" if abs(figure) >= 9.95 or key in TIMES else f"{figure:.2g}"


def _ratio(key: str, ours_: float | None, peer: float | None) -> str:
    """Return the ratio of two errors; of areas, of how far they are above .5."""
    if ours_ is None or peer is None:
        return ""
    best = 0.5 if key in AREAS else 0.0
    return f"{(ours_ - best) / (peer - best):.2g}" if peer > best else ""


def worst_lines(result: dict[str, Any], *, most: int) -> Iterator[str]:
    """Yield the worst lines of each score of a participant's first run."""
    for name, records in result["runs"][0]["worst"].items():
        for record in records[:most]:
            cells = (f"{value:.4g}" if isinstance(value, float) else str(value) for value in record.values())
            yield f"    {name}: " + ", ".join(cells)


def measure_case(text: str, *, asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Run one ``case:epsilon``, print its table and yield a row per participant for the JSON."""
    loaded = load_case(text, data=asked.data)
    if loaded is None:
        return
    results: list[dict[str, Any]] = []
    for outcome in outcomes(*loaded, asked=asked):
        results.append({"case": text, **outcome, "load": round(os.getloadavg()[0], 1)})
        yield results[-1]
    loads = [row["load"] for row in results]
    print(f"\n**{text}**, load {min(loads)} to {max(loads)}\n\n" + "\n".join(table(results)), flush=True)
    for row in results:
        if "failure" in row:
            print(f"\n{row['who']}: {row['failure']}", flush=True)
        elif asked.worst:
            print(f"\n{row['who']}\n" + "\n".join(worst_lines(row, most=asked.worst)), flush=True)


def main() -> None:
    """Run all cases, print a table each and write JSON."""
    parser = make_parser((__doc__ or "").splitlines()[0], cases=CASES, runs=1)
    parser.add_argument("--rows", type=int, default=MOST_ROWS, help="rows of each table that a classifier sees")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="also print the N worst lines of each score")
    parser.add_argument(
        "--combinations",
        nargs="+",
        type=int,
        default=[],
        metavar="SIZE",
        help="also ask classifiers that see so many columns only: 2, 3",
    )
    asked = read_arguments(parser)
    run_cases(partial(measure_case, asked=asked), asked=asked)


if __name__ == "__main__":
    main()
