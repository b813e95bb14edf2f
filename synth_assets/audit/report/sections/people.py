"""What real people say: every measured figure with its bounds, and what can be drawn of the answers behind them.

All of it is made of the answers in the bundle. The bounds of a gate's figure are those that it was judged by; bars in
other charts are bounds of one number each, at 95%, and cover the noise alone; those of leakage are bounds of gates.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from synth_assets.audit.charts import BarRow, Range, bars, curve, limit_line, ranges
from synth_assets.audit.privacy_statement import FALSE_ALARM
from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.grouping import neighbours
from synth_assets.audit.report.section import Section
from synth_assets.checks.kinds.gates import measured_facts
from synth_assets.domain.cells import group_names
from synth_assets.evaluation.asked import TOTAL_BETA
from synth_assets.evaluation.estimate.bounds import ratio
from synth_assets.evaluation.estimate.leakage import largest_advantage
from synth_assets.evaluation.estimate.planning import POWER
from synth_assets.evaluation.estimate.reach import NoisyCells
from synth_assets.evaluation.metrics.closeness import JENSEN_SHANNON, WASSERSTEIN
from synth_assets.evaluation.metrics.fairness import FAIRNESS
from synth_assets.evaluation.metrics.registry import parse
from synth_assets.evaluation.metrics.usefulness import CALIBRATION
from synth_assets.evaluation.record import Evaluation
from synth_assets.privacy import ATTO, PrivacyLoss
from synth_assets.release.answers import Answer

__all__ = ["FIRST_PEOPLE", "PEOPLE"]

_BETA = 0.025
"""Chance of each end of a bar in a chart."""
_SHOWN_VALUES = 14
_SHOWN_COLUMNS = 9
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One gate, with its figure as it was judged."""

    name: str
    about: str
    figure: Range
    facts: Mapping[str, Any]
    wanted: str
    passed: bool
    leakage: bool
    chart: Markup


def _context(facts: ReportFacts) -> dict[str, Any]:
    """Scores are named by the edges between which they lie, and every column that was measured is drawn."""
    evaluation = facts.evaluation
    assert evaluation is not None  # noqa: S101 - the section is not shown without
    return {
        **_first(facts),
        "few": True,
        "calibration": _calibration(facts, evaluation, edges=True),
        "columns": list(_columns(facts, evaluation, most=None, whole=True)),
    }


def _first(facts: ReportFacts) -> dict[str, Any]:
    evaluation = facts.evaluation
    assert evaluation is not None  # noqa: S101 - the section is not shown without
    lines = list(_lines(facts, evaluation))
    charged = PrivacyLoss(**facts.statement["composition"]["charged"])
    bound = min(1.0, largest_advantage(charged.rho) + charged.atto_delta / ATTO)
    return {
        "lines": lines,
        "power": round(POWER * 10),
        "total": TOTAL_BETA,
        "attempts": facts.contract.privacy.evaluation_attempts,
        "calibration": _calibration(facts, evaluation),
        "decisions": list(_decisions(facts, evaluation)),
        "leakage": _leakage(lines, bound),
        "bound": bound,
        "identified": facts.statement["composition"]["identified_at_5_in_100"] - FALSE_ALARM,
        "columns": list(_columns(facts, evaluation)),
    }


def _lines(facts: ReportFacts, evaluation: Evaluation) -> Iterator[_Line]:
    """Yield one line per gate, in the order of the contract."""
    for name in _gates(facts, evaluation):
        gate, metric = facts.contract.gates[name], parse(name)[0]
        measured = measured_facts(name, evaluation, facts.contract)
        figure = Range(label=name, value=measured["value"], low=measured["low"], high=measured["high"])
        yield _Line(
            name=name,
            about=metric.about,
            figure=figure,
            facts=measured,
            wanted=gate.words,
            passed=gate.keeps(low=figure.low, high=figure.high),
            leakage=metric.reads == "leakage",
            chart=limit_line(figure, limit=gate.limit, best=metric.best, label=f"{figure.words}, wanted {gate.words}"),
        )


def _gates(facts: ReportFacts, evaluation: Evaluation, family: str | None = None) -> list[str]:
    """Return the gates that were measured, of one family if it is given."""
    names = [name for name in facts.contract.gates if name in evaluation.gates]
    return [name for name in names if family is None or name.split(".")[0] == family]


def _answer(evaluation: Evaluation, gate: str) -> Answer:
    """Return the answer that a gate's figure is made of, if it is one."""
    facts = evaluation.gates[gate].facts
    return evaluation.answered[facts["part"], facts["name"]]


def _calibration(facts: ReportFacts, evaluation: Evaluation, *, edges: bool = False) -> Markup | None:
    """Draw how often the label is true at each score, and between which edges the scores of a point lie."""
    gates = _gates(facts, evaluation, CALIBRATION.family)
    if not gates:
        return None
    answer, scores = _answer(evaluation, gates[0]), evaluation.gates[gates[0]].facts["scores"]
    counts = np.asarray(answer.values, dtype=np.float64)
    points = [
        _share(counts[:, place], answer.scale, label=f"score {score:.3g}", at=float(score))
        for place, score in enumerate(scores)
    ]
    if edges and "edges" in answer.descriptor["axes"][1]:
        ends = [0.0, *map(float, answer.descriptor["axes"][1]["edges"]), 1.0]
        points = [
            replace(point, label=f"score {low:.2f} to {high:.2f}", edges=(low, high))
            for point, (low, high) in zip(points, pairwise(ends), strict=True)
        ]
    words = "; ".join(point.words for point in points)
    return curve(
        points,
        across="score of the model",
        down="share whose label is true",
        label=f"Calibration on real people: {words}",
    )


def _share(cells: Floats, scale: float, *, label: str, at: float = 0.0) -> Range:
    """Return the share of rows in the second place of the last axis, with bounds: 0 to 1 if nobody is there."""
    above = np.zeros(cells.shape)
    above[..., 1] = 1.0
    figure = ratio(NoisyCells.of(cells, scale=scale), above=above.ravel(), below=np.ones(cells.size), beta=_BETA)
    return Range(label=label, value=figure.value, low=figure.low, high=figure.high, at=at)


def _decisions(facts: ReportFacts, evaluation: Evaluation) -> Iterator[tuple[str, list[tuple[str, Markup]]]]:
    """Yield for each column of groups how often the model says yes: of all, and of each label."""
    gates = {str(evaluation.gates[name].facts["name"]): name for name in _gates(facts, evaluation, FAIRNESS.family)}
    for gate in gates.values():
        answer, column = _answer(evaluation, gate), parse(gate)[1][0]
        groups, labels = (axis["labels"] for axis in answer.descriptor["axes"][:2])
        positive = facts.contract.evaluation.positive or f"{facts.contract.target} = {labels[1]}"
        table = np.asarray(answer.values, dtype=np.float64)
        of_group = partial(_by_group, groups=groups, scale=answer.scale, column=column)
        yield (
            column,
            [
                ("of all", of_group(table, who="of all")),
                (f"where {positive}", of_group(table[:, 1], who=f"where {positive}")),
                ("of the others", of_group(table[:, 0], who="of the others")),
            ],
        )


def _by_group(tables: Floats, *, groups: Sequence[str], scale: float, column: str, who: str) -> Markup:
    """Draw the share of yes in each group, whose noisy cells have the decision as their last axis."""
    rows = [_share(cells, scale, label=str(group)) for group, cells in zip(groups, tables, strict=True)]
    words = "; ".join(row.words for row in rows)
    return ranges(rows, label=f"Share of yes by {column}, {who}: {words}")


def _leakage(lines: Sequence[_Line], bound: float) -> Markup | None:
    """Draw differences between measured and held-out people beside what theory allows."""
    figures = [line.figure for line in lines if line.leakage]
    if not figures:
        return None
    ends = [0.0, bound, *(end for figure in figures for end in (figure.low, figure.high))]
    least, most = min(ends), max(ends)
    words = "; ".join(figure.words for figure in figures)
    label = f"Differences between measured and held-out people, theory allows {bound:.3g}: {words}"
    return ranges(figures, label=label, least=least, most=most + 0.05 * (most - least), bound=bound, left=230)


def _columns(
    facts: ReportFacts, evaluation: Evaluation, *, most: int | None = _SHOWN_COLUMNS, whole: bool = False
) -> Iterator[tuple[str, Markup]]:
    """Yield columns with their synthetic and real shares; groups of values where both were measured."""
    gates = {
        parse(gate)[1][0]: gate
        for family in (WASSERSTEIN.family, JENSEN_SHANNON.family)
        for gate in _gates(facts, evaluation, family)
    }
    for column, gate in list(gates.items())[:most]:
        rows = _shares(facts, evaluation, gate)
        label = f"Shares of {column}: synthetic as bars, real as points with two standard errors of their noise"
        yield column, bars(rows, label=label, points="real", whole=whole)


def _shares(facts: ReportFacts, evaluation: Evaluation, gate: str) -> list[BarRow]:
    answer, metric, (column,) = _answer(evaluation, gate), *parse(gate)
    real = np.asarray(answer.values, dtype=np.float64).ravel()
    synthetic = np.asarray(evaluation.gates[gate].facts["synthetic"], dtype=np.float64)
    labels = list(answer.descriptor["axes"][0]["labels"])
    if metric is JENSEN_SHANNON:  # its axis numbers the groups of the release
        labels = list(group_names(facts.release.domain[column], facts.release.grids[column]))
    total, sampled = max(1.0, real.sum()), max(1.0, synthetic.sum())
    return [
        BarRow(
            label=" to ".join(dict.fromkeys(str(labels[place]) for place in (places[0], places[-1]))),
            synthetic=float(synthetic[places].sum() / sampled),
            released=float(real[places].sum() / total),
            error=answer.scale * _spread(real, places) / total,
        )
        for places in neighbours(real.size, most=_SHOWN_VALUES)
    ]


def _spread(real: Floats, places: NDArray[np.intp]) -> float:
    """Return the deviation of the share of some cells, times the total, for noise of scale 1 in each cell."""
    share = real[places].sum() / max(1.0, real.sum())
    return float(np.sqrt(places.size * (1 - share) ** 2 + (real.size - places.size) * share**2))


_TEMPLATE = files(__package__).joinpath("people.html")
FIRST_PEOPLE = Section(
    template=_TEMPLATE, context=_first, since=2, until=4, shown=lambda facts: facts.evaluation is not None
)
PEOPLE = Section(template=_TEMPLATE, context=_context, since=5, shown=lambda facts: facts.evaluation is not None)
