"""How often the intervals of ``synth-assets estimate`` contain the true value.

    python benchmarks/coverage.py --data DATA --repeats 20 --json coverage.json

repeats release, fit and intervals with new noise, and prints the share of
intervals of nominal 95% that contain the truth, for two truths. *model*: the
release is made from a fitted model, so that noise is the only error.
*real*: the release is made from the table, so that the model's bias counts too.
Both kinds of interval are shown: from the released tables, and from refits.
``width`` is the refit interval's median width in units of the released one's.

Tables: two made-up ones, and Adult with ``--data`` (see ``accuracy.py``).
Noise is simulated by NumPy: this measures intervals and protects nobody.
"""

import argparse
import json
import math
import os
import platform
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from simulated import SimulatedMeasurer

from synth_assets.contract import DatasetContract
from synth_assets.domain import NEWEST_LAYOUT, Domain
from synth_assets.domain.cells import cell_values
from synth_assets.domain.codes import encode
from synth_assets.generator import Answering, make_generator
from synth_assets.generator.abilities import answering
from synth_assets.generator.intervals import (
    REFITS,
    Interval,
    refit_answers,
    refit_interval,
    released_interval,
    resample,
)
from synth_assets.generator.statistic import Statistic, make_statistic
from synth_assets.privacy import Cap
from synth_assets.release import Release
from synth_assets.strategy.rounds import measure_in_rounds

Array = np.ndarray[Any, np.dtype[np.float64]]
Codes = dict[str, np.ndarray[Any, np.dtype[np.int64]]]
Count = Callable[[Sequence[str]], Array]
LEVEL = 0.95
FEWEST_ROWS = 20
"""Cells with fewer real rows are left out: their intervals begin at zero and nearly always contain the truth."""
DELTA = 1e-9


@dataclass(frozen=True, kw_only=True)
class Table:
    """Codes of a table, its contract, and the questions of one column's mean and share."""

    contract: DatasetContract
    codes: Codes

    @property
    def domain(self) -> Domain:
        """The declared columns."""
        return self.contract.domain()

    def count(self, attributes: Sequence[str]) -> Array:
        """Count exactly, at fine codes."""
        shape = self.domain.shape(attributes)
        index = np.ravel_multi_index([self.codes[name] for name in attributes], shape)
        return np.bincount(index, minlength=math.prod(shape)).reshape(shape).astype(np.float64)


def make_release(table: Table, *, epsilon: float, seed: int) -> Release:
    """Measure a table in rounds, with simulated noise."""
    rho, contract = Cap(epsilon=epsilon, delta=DELTA).loss().rho, table.contract
    measurer = SimulatedMeasurer(table.codes, unit=contract.unit(), rho=rho, rng=np.random.default_rng(seed))
    grids, marginals, scores = measure_in_rounds(
        measurer, domain=table.domain, focus=contract.focus, target=contract.target, rho=rho, layout=NEWEST_LAYOUT
    )
    return Release(
        dataset=contract.name, source="none", version="1", fingerprint="none", reservation="none",
        domain=table.domain, grids=grids, answers=(*scores, *marginals), privacy={}, target=contract.target,
    )  # fmt: skip


def _contract(name: str, columns: dict[str, Any], **more: Any) -> DatasetContract:
    for column in columns.values():
        column["domain_source"] = "made up"
    privacy = {"unit": "rows", "spend": {"epsilon": 1.0, "delta": DELTA}}
    return DatasetContract.model_validate(
        {"name": name, "purpose": "A benchmark.", "source": name, "privacy": privacy, "columns": columns, **more}
    )


def chain(rows: int = 20_000) -> Table:
    """Make a table in which each column depends on the one before: easy for a mixture."""
    rng = np.random.default_rng(1)
    columns: dict[str, Any] = {f"n{top}": {"type": "integer", "min": 0, "max": top} for top in (99, 49, 19)}
    columns |= {
        f"c{size}": {"type": "categorical", "categories": [f"v{code}" for code in range(size)]} for size in (3, 5, 8)
    }
    columns["flag"] = {"type": "boolean"}
    contract, cause, codes = _contract("chain", columns), rng.random(rows), {}
    for column in contract.domain().columns:
        codes[column.name] = np.minimum(cause**2 * column.size, column.size - 1).astype(np.int64)
        cause = np.clip(cause + rng.normal(0, 0.15, rows), 0, 1)
    return Table(contract=contract, codes=codes)


def sharp(rows: int = 5_000) -> Table:
    """Make a small table of sharp dependences: a copy, a parity and a few rare values, hard for a mixture."""
    rng = np.random.default_rng(2)
    age = np.minimum(rng.geometric(0.04, rows), 80) - 1
    parity = rng.integers(0, 2, (rows, 2))
    codes = {
        "age": age.astype(np.int64),
        "band": age // 5,
        "a": parity[:, 0],
        "b": parity[:, 1],
        "both": parity[:, 0] ^ parity[:, 1],
        "place": np.minimum(rng.zipf(1.6, rows), 30) - 1,
    }
    columns: dict[str, Any] = {
        "age": {"type": "integer", "min": 0, "max": 79},
        "band": {"type": "integer", "min": 0, "max": 15},
        "place": {"type": "categorical", "categories": [f"p{code}" for code in range(30)]},
        **{name: {"type": "boolean"} for name in ("a", "b", "both")},
    }
    return Table(contract=_contract("sharp", columns, target="both"), codes=codes)


def adult(data: Path) -> Table:
    """Read Adult's training rows."""
    from cases import adult as read_adult

    case = read_adult(data)
    rows, contract = case.real, _contract("adult", case.keys["columns"], target=case.keys["target"])
    codes = {
        column.name: encode(column, rows[column.name] if column.numeric else rows[column.name].astype(str))
        for column in contract.domain().columns
    }
    return Table(contract=contract, codes={name: code.astype(np.int64) for name, code in codes.items()})


def questions(release: Release) -> Iterator[tuple[str, Statistic]]:
    """Yield statistics of four kinds, over columns that were measured together."""
    domain = release.domain
    for name in domain.names:
        yield "one-way counts", make_statistic(release, by=(name,))
    for pair in combinations(domain.names, 2):
        yield "pair counts", make_statistic(release, by=pair)
    # Not for columns with many groups, because each group then holds hardly any rows.
    small = [name for name in domain.names if int(release.grids[name].max()) < 10]
    for column in domain.columns:
        if not column.numeric:
            continue
        yield "means", make_statistic(release, mean=column.name)
        for name in small:
            if name != column.name:
                yield "means by a column", make_statistic(release, mean=column.name, by=(name,))
    for name, other in combinations(small, 2):
        share = _first_group(release, other)
        yield "shares by a column", make_statistic(release, share=share, by=(name,))


def _first_group(release: Release, name: str) -> str:
    """Return a condition that holds for the first coarse code of a column."""
    column, codes = release.domain[name], np.flatnonzero(release.grids[name] == 0)
    if column.kind == "boolean":
        return f"NOT {name}"
    if column.kind == "categorical":
        return f"{name} IN ({', '.join(repr(column.categories[code]) for code in codes)})"
    return f"{name} <= {column.bounds()[codes[-1] + 1] - 1:g}"


def true_answer(statistic: Statistic, release: Release, count: Count) -> tuple[Array, Array]:
    """Return the true values of a statistic and the rows behind each; ``count`` counts at fine codes."""
    attributes, groups = statistic.attributes, len(statistic.by)
    table, domain, inner = count(attributes), release.domain, tuple(range(groups, len(attributes)))
    for axis, name in enumerate(attributes):
        if statistic.level == "coarse" and (statistic.kind != "mean" or axis < groups):
            grid = release.grids[name]
            member = (grid == np.arange(int(grid.max()) + 1)[:, None]).astype(np.float64)
            table = np.moveaxis(np.tensordot(member, table, axes=(1, axis)), 0, axis)
    if statistic.kind == "count":
        return statistic.answer(table), statistic.answer(table)
    if statistic.kind == "share":
        return statistic.answer(table), statistic.base(table, np.ones_like(table))
    values, known = cell_values(domain[attributes[groups]])
    rows = (table * known).sum(axis=inner)
    return np.divide((table * values * known).sum(axis=inner), rows, out=np.zeros_like(rows), where=rows > 0), rows


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """One table of answers: shares of intervals that contain the truth, and a ratio of widths."""

    released: float
    refits: float
    width: float
    cells: int


def once(release: Release, count: Count, *, seed: int, refits: int) -> Iterator[tuple[str, Coverage]]:
    """Fit one release, ask all questions, and yield the coverage of each."""
    generator = make_generator("mixture")
    generator.fit(release, seed=seed)
    asked = list(questions(release))
    answers = refit_answers(generator, release, [statistic for _, statistic in asked], refits=refits, seed=seed)
    for (kind, statistic), (own, refitted) in zip(asked, answers, strict=True):
        truth, rows = true_answer(statistic, release, count)
        real = released_interval(release, statistic, level=LEVEL)
        synthetic = refit_interval(statistic, estimate=own, answers=refitted, level=LEVEL)
        kept = (rows >= FEWEST_ROWS) & np.isfinite(real.low) & np.isfinite(synthetic.low)
        if kept.any():
            wide = np.where(real.high > real.low, real.high - real.low, np.nan)[kept]  # NaN: cut off at a bound
            yield (
                kind,
                Coverage(
                    released=float(np.mean(_holds(real, truth)[kept])),
                    refits=float(np.mean(_holds(synthetic, truth)[kept])),
                    width=float(np.nanmedian((synthetic.high - synthetic.low)[kept] / wide)),
                    cells=int(kept.sum()),
                ),
            )


def _holds(interval: Interval, truth: Array) -> np.ndarray[Any, np.dtype[np.bool_]]:
    slack = 1e-9 * np.abs(truth)
    return np.asarray((interval.low - slack <= truth) & (truth <= interval.high + slack))


def by_real_table(table: Table, *, epsilon: float, seed: int) -> tuple[Release, Count]:
    """Measure the table, which is the truth."""
    return make_release(table, epsilon=epsilon, seed=seed), table.count


def by_model(table: Table, *, epsilon: float, seed: int) -> tuple[Release, Count]:
    """Measure a model of the table, always the same one, which is the truth."""
    first, truth = _truth(table.contract.name, epsilon, table)

    def count(attributes: Sequence[str]) -> Array:
        return first.total() * truth.marginal(attributes, level="fine")

    return resample(truth, first, rng=np.random.default_rng(seed)), count


_TRUTHS: dict[tuple[str, float], tuple[Release, Answering]] = {}


def _truth(name: str, epsilon: float, table: Table) -> tuple[Release, Answering]:
    if (name, epsilon) not in _TRUTHS:
        release, generator = make_release(table, epsilon=epsilon, seed=10_000), make_generator("mixture")
        generator.fit(release, seed=10_000)
        _TRUTHS[name, epsilon] = release, answering(generator)
    return _TRUTHS[name, epsilon]


TRUTHS = {"model": by_model, "real": by_real_table}


def main() -> None:
    """Repeat all cases, print a table and write JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder with adult/adult_coded14.csv.gz")
    parser.add_argument("--cases", nargs="+", default=["chain:1", "sharp:1", "sharp:10", "adult:1", "adult:10"])
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--refits", type=int, default=REFITS)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'case':>9} {'truth':>6} {'statistic':>17} {'cells':>7} {'released':>9} {'refits':>7} {'width':>6}")
    results = []
    for case in asked.cases:
        name, epsilon = case.split(":")
        if name == "adult" and asked.data is None:
            continue
        table = adult(asked.data) if name == "adult" else {"chain": chain, "sharp": sharp}[name]()
        for truth, make in TRUTHS.items():
            start, coverages = time.perf_counter(), defaultdict(list)
            for seed in range(asked.repeats):
                release, count = make(table, epsilon=float(epsilon), seed=seed)
                for kind, coverage in once(release, count, seed=seed, refits=asked.refits):
                    coverages[kind].append(coverage)
            seconds = (time.perf_counter() - start) / asked.repeats
            for kind, tables in coverages.items():
                row = {"case": case, "truth": truth, "statistic": kind, "cells": sum(each.cells for each in tables)}
                row |= {key: _mean(tables, key) for key in ("released", "refits", "width")}
                results.append(row | {"repeats": asked.repeats, "seconds_per_repeat": seconds})
                print(
                    f"{case:>9} {truth:>6} {kind:>17} {row['cells']:>7} {row['released']:>9.3f} {row['refits']:>7.3f}"
                    f" {row['width']:>6.2f}",
                    flush=True,
                )
    if asked.json:
        asked.json.write_text(json.dumps({"machine": platform.platform(), "cases": results}, indent=1) + "\n")


def _mean(tables: Sequence[Coverage], key: str) -> float:
    """Return the mean over tables of answers, each with the same weight."""
    return float(np.nanmean([getattr(coverage, key) for coverage in tables]))


if __name__ == "__main__":
    main()
