"""Every column by itself: how far its shares are from the released ones, and from those of real people if measured."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from synth_assets.audit.charts import BarRow, Range, bars
from synth_assets.audit.report.facts import ReportFacts, Tables
from synth_assets.audit.report.grouping import name_of, neighbours
from synth_assets.audit.report.section import Section
from synth_assets.audit.report.wording import joined, value_text
from synth_assets.checks.fidelity import TableDistance
from synth_assets.domain import Column
from synth_assets.domain.cells import group_names
from synth_assets.domain.codes import decode
from synth_assets.evaluation.metrics.closeness import JENSEN_SHANNON, WASSERSTEIN
from synth_assets.evaluation.metrics.registry import parse
from synth_assets.release import Release

__all__ = ["COLUMNS", "FIRST_COLUMNS", "SECOND_COLUMNS", "shares_of"]

_SHOWN_VALUES = 14
_OPEN_CHARTS = 9
_MEASURED = {WASSERSTEIN.family: "Wasserstein, real people", JENSEN_SHANNON.family: "Jensen-Shannon, real people"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One column: its own table, what of its distance is sure among all columns, and what real people say of it."""

    name: str
    distance: TableDistance
    sure: float
    estimate: float
    too_far: bool
    people: list[tuple[str, bool]]


def shares_of(name: str, facts: ReportFacts, *, whole: bool = False) -> Markup:
    """Draw the shares of a column's values, synthetic and released; of very many only the most frequent.

    Args:
        name: of the column.
        facts: what the page shows.
        whole: name groups of values by where they begin and end, and cut no name that has room above its bar.
    """
    column, grid = facts.release.domain[name], facts.release.grids[name]
    labels = group_names(column, grid) if whole else _first_labels(column, grid)
    rows = _bar_rows(name, facts.release, facts.tables, labels=labels, together=whole and column.numeric)
    label = f"Shares of {name}: synthetic as bars, released as points with two standard errors"
    return bars(rows, label=label, whole=whole)


def _first(facts: ReportFacts) -> dict[str, Any]:
    """Columns stand in the order of estimates, which noise moves."""
    return _shown(facts, sorted(_lines(facts), key=lambda line: (-line.distance.excess, -line.distance.distance)))


def _second(facts: ReportFacts) -> dict[str, Any]:
    """Columns whose distance noise explains are counted, and most charts are folded."""
    return _shown(facts, sorted(_lines(facts), key=lambda line: (-line.sure, -line.distance.squared)))


def _context(facts: ReportFacts) -> dict[str, Any]:
    """Every column is named and has its chart."""
    lines = sorted(_lines(facts), key=lambda line: (-line.sure, -line.distance.squared))
    charts = [(line.name, shares_of(line.name, facts, whole=True)) for line in lines]
    explained = [line.name for line in lines if not (line.sure or line.people)]
    return {**_shown(facts, lines), "open": charts, "folded": [], "explained": explained, "every": _SHOWN_VALUES}


def _shown(facts: ReportFacts, lines: list[_Line]) -> dict[str, Any]:
    limit = facts.contract.checks.max_excess_distance
    charts = [(line.name, shares_of(line.name, facts)) for line in lines]
    return {
        "lines": lines,
        "listed": [line for line in lines if line.sure or line.people],
        "limit": limit,
        "people": any(line.people for line in lines),
        "open": charts[:_OPEN_CHARTS],
        "folded": charts[_OPEN_CHARTS:],
    }


def _lines(facts: ReportFacts) -> list[_Line]:
    """Return the columns that have a table of their own."""
    ones = [distance for distance in facts.distances if len(distance.attributes) == 1]
    limit, measured = facts.contract.checks.max_excess_distance, dict(_measured(facts))
    return [
        _Line(
            name=distance.attributes[0],
            distance=distance,
            sure=min(1.0, sure),
            estimate=min(1.0, distance.excess),
            too_far=sure > limit,
            people=measured.get(distance.attributes[0], []),
        )
        for distance in ones
        for sure in [distance.sure_among(len(ones))]
    ]


def _measured(facts: ReportFacts) -> Iterator[tuple[str, list[tuple[str, bool]]]]:
    """Yield columns that a gate of closeness measured, with each figure in words and whether it keeps its limit."""
    if facts.evaluation is None:
        return
    figures: dict[str, list[tuple[str, bool]]] = {}
    for name, gate in facts.contract.gates.items():
        family = name.split(".")[0]
        if family in _MEASURED and name in facts.evaluation.gates:
            figure = facts.evaluation.figure(name, facts.contract)
            shown = Range(label=_MEASURED[family], value=figure.value, low=figure.low, high=figure.high)
            span = f"{shown.words}, wanted {gate.words}"
            keeps = gate.keeps(low=figure.low, high=figure.high)
            figures.setdefault(parse(name)[1][0], []).append((span, keeps))
    yield from figures.items()


def _bar_rows(name: str, release: Release, tables: Tables, *, labels: Sequence[str], together: bool) -> list[BarRow]:
    """Return one bar per group of values: of very many neighbours ``together``, or the most frequent alone."""
    grid = release.grids[name]
    synthetic = np.bincount(grid, weights=_own_table(name, release, tables), minlength=int(grid.max()) + 1)
    released, variance = release.project((name,), level="coarse")
    rows, sampled = max(1.0, release.total()), max(1.0, synthetic.sum())
    most = _SHOWN_VALUES if together else synthetic.size
    bar_rows = [
        BarRow(
            label=name_of([labels[place] for place in places]),
            synthetic=float(synthetic[places].sum() / sampled),
            released=float(released[places].sum() / rows),
            error=float(np.sqrt(variance[places].sum()) / rows),
        )
        for places in neighbours(synthetic.size, most=max(2, most))
    ]
    if len(bar_rows) > _SHOWN_VALUES:
        bar_rows = sorted(bar_rows, key=lambda row: -row.released)[:_SHOWN_VALUES]
    return bar_rows


def _own_table(name: str, release: Release, tables: Tables) -> NDArray[np.int64]:
    """Return the synthetic counts of a single column, by its fine codes."""
    pairs = zip(release.marginals, tables, strict=True)
    return next(table for marginal, table in pairs if (marginal.attributes, marginal.level) == ((name,), "fine"))


def _first_labels(column: Column, grid: NDArray[np.int64]) -> list[str]:
    return [_label(column, np.flatnonzero(grid == group)) for group in range(int(grid.max()) + 1)]


def _label(column: Column, codes: NDArray[np.int64]) -> str:
    """Name a group of neighbouring codes by its first and last value, in the middle of their bins."""
    values = ["null" if value is None else value_text(value) for value in decode(column, codes).to_pylist()]
    if len(values) == 1 or values[0] == values[-1]:
        return values[0]
    return f"{values[0]} to {values[-1]}" if column.numeric else joined(values)


_EARLIER, _TEMPLATE = (files(__package__).joinpath(name) for name in ("columns_until_3.html", "columns.html"))
FIRST_COLUMNS = Section(template=_EARLIER, context=_first, since=2, until=3, shown=lambda facts: bool(facts.tables))
SECOND_COLUMNS = Section(template=_TEMPLATE, context=_second, since=4, until=4, shown=lambda facts: bool(facts.tables))
COLUMNS = Section(template=_TEMPLATE, context=_context, since=5, shown=lambda facts: bool(facts.tables))
