"""How close the table is to what was released: all tables, and the pairs that are furthest off."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
from markupsafe import Markup

from synth_assets.audit.charts import Dot, heatmap, scatter
from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section
from synth_assets.audit.report.sections.columns import shares_of
from synth_assets.checks.closeness import describe_closeness, distance_in_words
from synth_assets.checks.coverage import Coverage, hidden_by_noise
from synth_assets.checks.fidelity import TableDistance, mean_excess, noise_alone
from synth_assets.release import Release

__all__ = ["CLOSENESS", "FIRST_CLOSENESS", "FOURTH_CLOSENESS", "SECOND_CLOSENESS", "THIRD_CLOSENESS"]

_SHOWN_COLUMNS = 9
_SHOWN_TABLES = 8
_LETTERS = 32
"""Names of columns that are longer are cut beside the pairs."""
_WORDS = {1: "one column", 2: "two columns", 3: "three columns"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Size:
    """All tables of so many columns: whether they are surely off, by how much, and what noise did to released ones."""

    words: str
    tables: int
    off: bool
    least: float
    most: float
    noise: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Far:
    """A table that is surely off by itself."""

    columns: str
    sure: float
    least: float
    most: float


def _first(facts: ReportFacts) -> dict[str, Any]:
    return {**_shown(facts), "looked": "The private rows were not looked at again.", "bars": list(_bars(facts))}


def _second(facts: ReportFacts) -> dict[str, Any]:
    """Every column has its place in the section of columns."""
    return {**_shown(facts), "looked": "For this the private rows were not looked at again.", "bars": []}


def _third(facts: ReportFacts) -> dict[str, Any]:
    """What the figures cannot see is said beside them."""
    return {**_second(facts), "coverage": str(Coverage.of(facts.release))}


def _context(facts: ReportFacts) -> dict[str, Any]:
    """What the tables are apart, beside what noise and sampling would make, is said in a sentence."""
    observed, expected = (
        float(np.mean([getattr(distance, of) for distance in facts.distances])) for of in ("distance", "explained")
    )
    pairs = _sure_heatmap(facts.distances, facts.release, letters=max(map(len, facts.release.domain.names)))
    return {**_fourth(facts), "heatmap": pairs, "observed": observed, "expected": expected}


def _fourth(facts: ReportFacts) -> dict[str, Any]:
    """No distance of noise is shown: what is compared with the limit comes first, and below it what is sure."""
    distances, threshold = facts.distances, facts.contract.checks.max_excess_distance
    close = describe_closeness(distances, facts.release, rows=facts.candidate.rows, threshold=threshold)
    far = sorted(_far(distances), key=lambda line: -line.sure)
    return {
        "close": close,
        "near": max(close["sure_excess"], close["worst_column_sure_excess"]) <= threshold,
        "words": distance_in_words(close),
        "coverage": str(Coverage.of(facts.release)),
        "hidden": hidden_by_noise(facts.release).replace("`", ""),
        "sizes": list(_sizes(distances, facts.release)),
        "heatmap": _sure_heatmap(distances, facts.release),
        "tables": len(distances),
        "furthest": far[:_SHOWN_TABLES],
        "others": len(far[_SHOWN_TABLES:]),
        "explained": len(distances) - len(far),
    }


def _sizes(distances: Sequence[TableDistance], release: Release) -> Iterator[_Size]:
    for size in sorted({len(distance.attributes) for distance in distances}):
        chosen = [distance for distance in distances if len(distance.attributes) == size]
        marginals = [marginal for marginal in release.marginals if len(marginal.attributes) == size]
        estimate, sure = mean_excess(chosen)
        yield _Size(
            words=_WORDS.get(size, f"{size} columns"),
            tables=len(chosen),
            off=sure > 0,
            least=float(np.mean([distance.at_least for distance in chosen])),
            most=min(1.0, estimate),
            noise=noise_alone(marginals, rows=release.total()),
        )


def _far(distances: Sequence[TableDistance]) -> Iterator[_Far]:
    for distance in distances:
        sure = distance.sure_among(len(distances))
        if sure:
            columns = " \N{MULTIPLICATION SIGN} ".join(distance.attributes)
            yield _Far(columns=columns, sure=sure, least=distance.at_least, most=min(1.0, distance.excess))


def _sure_heatmap(distances: Sequence[TableDistance], release: Release, *, letters: int = 14) -> Markup | None:
    """Shade pairs that noise does not explain."""
    cells = {
        (distance.attributes[0], distance.attributes[1]): (distance.sure_excess, _sure_title(distance))
        for distance in distances
        if len(distance.attributes) == 2  # noqa: PLR2004 - pairs
    }
    if not cells:
        return None
    off = sum(value > 0 for value, _ in cells.values())
    label = (
        f"Distance beyond noise and sampling of {len(cells)} pairs of columns; {off} are further off than these explain"
    )
    return heatmap(release.domain.names, cells, most=0.2, label=label, letters=min(_LETTERS, max(14, letters)))


def _sure_title(distance: TableDistance) -> str:
    if not distance.sure_excess:
        return "noise and sampling explain it"
    return f"surely {distance.sure_excess:.3f} beyond noise and sampling"


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


_EARLIER, _TEMPLATE = (files(__package__).joinpath(name) for name in ("closeness_until_3.html", "closeness.html"))
FIRST_CLOSENESS = Section(template=_EARLIER, context=_first, until=1)
SECOND_CLOSENESS = Section(template=_EARLIER, context=_second, since=2, until=2, shown=lambda facts: bool(facts.tables))
THIRD_CLOSENESS = Section(template=_EARLIER, context=_third, since=3, until=3, shown=lambda facts: bool(facts.tables))
FOURTH_CLOSENESS = Section(
    template=_TEMPLATE, context=_fourth, since=4, until=4, shown=lambda facts: bool(facts.tables)
)
CLOSENESS = Section(template=_TEMPLATE, context=_context, since=5, shown=lambda facts: bool(facts.tables))
