"""``report.html``: what a version is, what is promised about it and how close it is, for people.

One self-contained page: inline CSS and SVG, no script, nothing is loaded. It
follows from the evidence alone and holds no clock, so the same promotion writes
the same page.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from synth_assets.audit.charts import BarRow, Dot, bars, heatmap, scale_bars, scatter
from synth_assets.audit.statement import FALSE_ALARM
from synth_assets.candidate import Candidate
from synth_assets.checks import CheckResult
from synth_assets.checks.closeness import describe_closeness
from synth_assets.checks.fidelity import TableDistance, compare
from synth_assets.checks.suite import effective_suite
from synth_assets.contract import DatasetContract
from synth_assets.domain import Column
from synth_assets.domain.codes import decode
from synth_assets.privacy import ATTO, PrivacyLoss, epsilon_of
from synth_assets.release import Discovery, Release

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["ReportFacts", "report_page"]

_SHOWN_COLUMNS = 9
_SHOWN_VALUES = 14
_SHOWN_TABLES = 8
_LISTED_VALUES = 60
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_DELTAS = (1e-5, 1e-6, 1e-7, 1e-8, 1e-9)
Tables = Sequence[NDArray[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """What a page shows. A bundle holds all of it, so that a verification can render the page again.

    Attributes:
        contract: the whole contract.
        identity: names and digests of what the version is made from.
        candidate: the candidate that was promoted.
        results: one result per check, in any order.
        suite: the expectations that were run, which say in what order results are shown.
        release: the release, read.
        statement: the bundle's privacy statement.
        tables: synthetic counts of each released table.
    """

    contract: DatasetContract
    identity: Mapping[str, str]
    candidate: Candidate
    results: tuple[CheckResult, ...]
    suite: Path
    release: Release
    statement: Mapping[str, Any]
    tables: Tables


def report_page(facts: ReportFacts) -> str:
    """Return the page as HTML; raise ``REPORT_TEMPLATE`` when the same facts make another page."""
    contract, release, statement = facts.contract, facts.release, facts.statement
    distances = compare(release, facts.tables)
    close = describe_closeness(
        distances, release, rows=facts.candidate.rows, threshold=contract.checks.max_excess_distance
    )
    return _template().render(
        contract=contract,
        identity=facts.identity,
        candidate=facts.candidate,
        results=_in_order(facts),
        release=release,
        statement=statement,
        composition=statement["composition"],
        account=statement["account"],
        unit=contract.unit(),
        close=close,
        columns=list(_columns(contract, release)),
        guesses=_guesses(statement),
        profile=_profile(statement),
        scatter=_scatter(distances),
        heatmap=_heatmap(distances, release),
        furthest=sorted(distances, key=lambda item: -item.excess)[:_SHOWN_TABLES],
        bars=list(_bars(facts, distances)),
        unprotected=_unprotected(statement),
    )


def _in_order(facts: ReportFacts) -> list[CheckResult]:
    """Order results as the suite does, then by name: failed ones first, and of these the blocking ones."""
    order = {entry.check: place for place, entry in enumerate(effective_suite(facts.contract, facts.suite))}
    listed = sorted(facts.results, key=lambda item: (order.get(item.name, len(order)), item.name))
    return sorted(listed, key=lambda item: (item.passed, item.severity != "critical"))


@cache
def _template() -> "Template":
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["per_hundred"] = lambda share: f"{100 * share:.1f}"
    environment.filters["power"] = _power
    environment.filters["number"] = lambda value: f"{value:,}"
    return environment.from_string(files("synth_assets.audit").joinpath("report_template.html").read_text("utf-8"))


def _power(number: float) -> str:
    """Write a small number as people do: 10⁻⁷, 2.5 · 10⁻⁶."""
    digits, _, exponent = f"{number:.2e}".partition("e")
    power = f"10{str(int(exponent)).translate(_SUPERSCRIPT)}"
    return power if float(digits) == 1 else f"{float(digits):g} · {power}"


def _guesses(statement: Mapping[str, Any]) -> Markup:
    release, account = (statement[part]["identified_at_5_in_100"] for part in ("composition", "account"))
    rows = [
        ("accusing at random", FALSE_ALARM, "chance"),
        ("with this release, at most", release, "bound"),
        ("with all of the account, at most", account, "bound"),
    ]
    told = "; ".join(f"{name} {100 * share:.1f} in 100" for name, share, _ in rows)
    return scale_bars(rows, label=f"Members that an attacker identifies while accusing 5 in 100 innocents: {told}")


def _profile(statement: Mapping[str, Any]) -> list[tuple[float, float]]:
    loss = PrivacyLoss(**statement["composition"]["charged"])
    above = [delta for delta in _DELTAS if Fraction(delta) > Fraction(loss.atto_delta, ATTO)]
    return [(delta, epsilon_of(loss, delta=delta)) for delta in above]


def _scatter(distances: Sequence[TableDistance]) -> Markup:
    dots = [
        Dot(x=item.explained, y=item.distance, kind="one" if len(item.attributes) == 1 else "more", title=_told(item))
        for item in sorted(distances, key=lambda item: -len(item.attributes))
    ]
    above = sum(dot.y > dot.x for dot in dots)
    label = f"Observed against expected distance of {len(dots)} tables; {above} lie above the line"
    return scatter(dots, label=label)


def _heatmap(distances: Sequence[TableDistance], release: Release) -> Markup | None:
    cells = {
        (item.attributes[0], item.attributes[1]): (item.excess, _told(item))
        for item in distances
        if len(item.attributes) == 2  # noqa: PLR2004 - pairs
    }
    if not cells:
        return None
    label = f"Distance beyond noise and sampling of {len(cells)} pairs of columns"
    return heatmap(release.domain.names, cells, most=0.2, label=label)


def _bars(facts: ReportFacts, distances: Sequence[TableDistance]) -> Iterator[tuple[str, Markup]]:
    """Yield charts of some columns: target and focus first, then those that are furthest off."""
    ones = {item.attributes[0]: item for item in distances if len(item.attributes) == 1}
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
    place = next(i for i, item in enumerate(release.marginals) if item.attributes == (name,) and item.level == "fine")
    synthetic = np.bincount(grid, weights=tables[place], minlength=int(grid.max()) + 1)
    released, variance = release.project((name,), level="coarse")
    rows = [
        BarRow(
            label=_label(column, np.flatnonzero(grid == code)),
            synthetic=float(synthetic[code] / max(1.0, synthetic.sum())),
            released=float(released[code] / max(1.0, release.total())),
            error=float(np.sqrt(variance[code]) / max(1.0, release.total())),
        )
        for code in range(synthetic.size)
    ]
    if len(rows) > _SHOWN_VALUES:
        rows = sorted(rows, key=lambda row: -row.released)[:_SHOWN_VALUES]
    return rows


def _label(column: Column, codes: NDArray[np.int64]) -> str:
    """Name a group of neighbouring codes by its first and last value."""
    values = ["null" if value is None else _value_text(value) for value in decode(column, codes).to_pylist()]
    if len(values) == 1 or values[0] == values[-1]:
        return values[0]
    return f"{values[0]} to {values[-1]}" if column.numeric else _listed(values)


def _listed(values: Sequence[str]) -> str:
    """Join values; of very many only the first, and how many there are."""
    if len(values) <= _LISTED_VALUES:
        return ", ".join(values)
    return f"{', '.join(values[:_LISTED_VALUES])}, ... ({len(values):,} values)"


def _value_text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _told(item: TableDistance) -> str:
    return (
        f"{' and '.join(item.attributes)}: distance {item.distance:.4f}, expected {item.explained:.4f}, "
        f"beyond that {item.excess:.4f}"
    )


def _columns(contract: DatasetContract, release: Release) -> Iterator[dict[str, str]]:
    found = {item.column: _found_by(item) for item in release.discoveries}
    for column in release.domain.columns:
        origin = contract.columns[column.name].domain_source
        yield {
            "name": column.name,
            "kind": column.kind,
            "domain": _domain_text(column),
            "null": "yes" if column.nullable else "no",
            "origin": f"{origin}: {found[column.name]}" if column.name in found else origin,
        }
    for name, text in contract.derived.items():
        yield {"name": name, "kind": "derived", "domain": text, "null": "", "origin": "computed on synthetic rows"}


def _found_by(item: Discovery) -> str:
    return f"more than {item.threshold} noisy rows" if item.rule == "above" else f"{item.threshold} noisy rows or more"


def _domain_text(column: Column) -> str:
    if not column.numeric:
        return _listed(column.kind_of.names(column))
    ends = decode(column, np.array([0, column.regular - 1]), within=np.array([0.0, 1 - 2**-53])).to_pylist()
    return " to ".join(dict.fromkeys(map(_value_text, ends)))


def _unprotected(statement: Mapping[str, Any]) -> list[str]:
    told = [str(item) for item in statement.get("unprotected_quantities", ())]
    return told or ["running time and memory of the measurement"]
