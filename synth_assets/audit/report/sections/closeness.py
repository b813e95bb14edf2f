"""How close the table is to what was released: all tables, and the pairs that are furthest off."""

from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from synth_assets.audit.charts import Dot, heatmap, scatter
from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section
from synth_assets.audit.report.sections.columns import shares_of
from synth_assets.checks.closeness import describe_closeness
from synth_assets.checks.coverage import Coverage
from synth_assets.checks.fidelity import TableDistance
from synth_assets.release import Release

__all__ = ["CLOSENESS", "FIRST_CLOSENESS", "SECOND_CLOSENESS"]

_SHOWN_COLUMNS = 9
_SHOWN_TABLES = 8


def _first(facts: ReportFacts) -> dict[str, Any]:
    return {**_shown(facts), "looked": "The private rows were not looked at again.", "bars": list(_bars(facts))}


def _second(facts: ReportFacts) -> dict[str, Any]:
    """Every column has its place in the section of columns."""
    return {**_shown(facts), "looked": "For this the private rows were not looked at again.", "bars": []}


def _context(facts: ReportFacts) -> dict[str, Any]:
    """What the figures cannot see is said beside them."""
    return {**_second(facts), "coverage": str(Coverage.of(facts.release))}


def _shown(facts: ReportFacts) -> dict[str, Any]:
    distances, threshold = facts.distances, facts.contract.checks.max_excess_distance
    return {
        "close": describe_closeness(distances, facts.release, rows=facts.candidate.rows, threshold=threshold),
        "scatter": _scatter(distances),
        "heatmap": _heatmap(distances, facts.release),
        "furthest": sorted(distances, key=lambda distance: -distance.excess)[:_SHOWN_TABLES],
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
        yield str(name), shares_of(str(name), facts)


_TEMPLATE = files(__package__).joinpath("closeness.html")
FIRST_CLOSENESS = Section(template=_TEMPLATE, context=_first, until=1)
SECOND_CLOSENESS = Section(
    template=_TEMPLATE, context=_second, since=2, until=2, shown=lambda facts: bool(facts.tables)
)
CLOSENESS = Section(template=_TEMPLATE, context=_context, since=3, shown=lambda facts: bool(facts.tables))
