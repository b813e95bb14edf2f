"""How close the table is to what was released: all tables, the pairs that are furthest off, and some columns."""

from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from synth_assets.audit.charts import BarRow, Dot, bars, heatmap, scatter
from synth_assets.audit.report.facts import ReportFacts, Tables
from synth_assets.audit.report.section import Section
from synth_assets.audit.report.wording import joined, value_text
from synth_assets.checks.closeness import describe_closeness
from synth_assets.checks.fidelity import TableDistance
from synth_assets.domain import Column
from synth_assets.domain.codes import decode
from synth_assets.release import Release

__all__ = ["CLOSENESS", "FIRST_CLOSENESS"]

_SHOWN_COLUMNS = 9
_SHOWN_VALUES = 14
_SHOWN_TABLES = 8


def _first(facts: ReportFacts) -> dict[str, Any]:
    return {**_shown(facts), "looked": "The private rows were not looked at again."}


def _context(facts: ReportFacts) -> dict[str, Any]:
    return {**_shown(facts), "looked": "For this the private rows were not looked at again."}


def _shown(facts: ReportFacts) -> dict[str, Any]:
    distances, threshold = facts.distances, facts.contract.checks.max_excess_distance
    return {
        "close": describe_closeness(distances, facts.release, rows=facts.candidate.rows, threshold=threshold),
        "scatter": _scatter(distances),
        "heatmap": _heatmap(distances, facts.release),
        "furthest": sorted(distances, key=lambda distance: -distance.excess)[:_SHOWN_TABLES],
        "bars": list(_bars(facts)),
    }


def _scatter(distances: Sequence[TableDistance]) -> Markup:
    dots = [
        Dot(
            x=distance.explained,
            y=distance.distance,
            kind="one" if len(distance.attributes) == 1 else "more",
            title=_title(distance),
        )
        for distance in sorted(distances, key=lambda distance: -len(distance.attributes))
    ]
    above = sum(dot.y > dot.x for dot in dots)
    label = f"Observed against expected distance of {len(dots)} tables; {above} lie above the line"
    return scatter(dots, label=label)


def _heatmap(distances: Sequence[TableDistance], release: Release) -> Markup | None:
    cells = {
        (distance.attributes[0], distance.attributes[1]): (distance.excess, _title(distance))
        for distance in distances
        if len(distance.attributes) == 2  # noqa: PLR2004 - pairs
    }
    if not cells:
        return None
    label = f"Distance beyond noise and sampling of {len(cells)} pairs of columns"
    return heatmap(release.domain.names, cells, most=0.2, label=label)


def _title(distance: TableDistance) -> str:
    return (
        f"{' and '.join(distance.attributes)}: distance {distance.distance:.4f}, expected {distance.explained:.4f}, "
        f"beyond that {distance.excess:.4f}"
    )


def _bars(facts: ReportFacts) -> Iterator[tuple[str, Markup]]:
    """Yield charts of some columns: target and focus first, then those that are furthest off."""
    ones = {distance.attributes[0]: distance for distance in facts.distances if len(distance.attributes) == 1}
    furthest = sorted(ones, key=lambda name: (-ones[name].excess, -ones[name].distance))
    wanted = [facts.contract.target, *facts.contract.focus, *furthest]
    for name in list(dict.fromkeys(name for name in wanted if name in ones))[:_SHOWN_COLUMNS]:
        rows = _bar_rows(str(name), facts.release, facts.tables)
        yield (
            str(name),
            bars(rows, label=f"Shares of {name}: synthetic as bars, released as points with two standard errors"),
        )


def _bar_rows(name: str, release: Release, tables: Tables) -> list[BarRow]:
    column, grid = release.domain[name], release.grids[name]
    synthetic = np.bincount(grid, weights=_own_table(name, release, tables), minlength=int(grid.max()) + 1)
    released, variance = release.project((name,), level="coarse")
    rows, sampled = max(1.0, release.total()), max(1.0, synthetic.sum())
    bar_rows = [
        BarRow(
            label=_label(column, np.flatnonzero(grid == code)),
            synthetic=float(synthetic[code] / sampled),
            released=float(released[code] / rows),
            error=float(np.sqrt(variance[code]) / rows),
        )
        for code in range(synthetic.size)
    ]
    if len(bar_rows) > _SHOWN_VALUES:
        bar_rows = sorted(bar_rows, key=lambda row: -row.released)[:_SHOWN_VALUES]
    return bar_rows


def _own_table(name: str, release: Release, tables: Tables) -> NDArray[np.int64]:
    """Return the synthetic counts of a single column, by its fine codes."""
    pairs = zip(release.marginals, tables, strict=True)
    return next(table for marginal, table in pairs if (marginal.attributes, marginal.level) == ((name,), "fine"))


def _label(column: Column, codes: NDArray[np.int64]) -> str:
    """Name a group of neighbouring codes by its first and last value."""
    values = ["null" if value is None else value_text(value) for value in decode(column, codes).to_pylist()]
    if len(values) == 1 or values[0] == values[-1]:
        return values[0]
    return f"{values[0]} to {values[-1]}" if column.numeric else joined(values)


_TEMPLATE = files(__package__).joinpath("closeness.html")
FIRST_CLOSENESS = Section(template=_TEMPLATE, context=_first, until=1)
CLOSENESS = Section(template=_TEMPLATE, context=_context, since=2)
