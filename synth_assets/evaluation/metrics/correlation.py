"""The difference of one correlation between synthetic and real rows, from a table of two columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from synth_assets.contract import DatasetContract
from synth_assets.domain.cells import cell_values
from synth_assets.domain.kinds.registry import kind_named
from synth_assets.errors import IntegrityError
from synth_assets.evaluation.estimate.closeness import correlation_difference
from synth_assets.evaluation.figure import Figure
from synth_assets.evaluation.ground import Ground
from synth_assets.evaluation.metric import Answers, Asked, answer_of, ask_once
from synth_assets.release.kinds.tallies import TallyQuery
from synth_assets.rowwise.axis import CodeAxis, count_rows

__all__ = ["CORRELATION"]

Facts = Mapping[str, Any]
_COLUMNS = 2
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Correlation:
    """Implements ``Metric``: ``correlation.COLUMN.COLUMN``, by the means of groups of both columns' values."""

    family: ClassVar[str] = "correlation"
    best: ClassVar[float] = 0.0
    reads: ClassVar[str] = "closeness"
    about: ClassVar[str] = "difference of the synthetic and the real correlation of two columns"

    def fault(self, arguments: tuple[str, ...], contract: DatasetContract) -> str | None:
        """See ``Metric``."""
        if len(set(arguments)) != _COLUMNS or not set(arguments) <= set(contract.columns):
            return "is written `correlation.COLUMN.COLUMN`, with two measured columns"
        without = [name for name in arguments if not kind_named(contract.columns[name].type).has_mean]
        return f"is about {without[0]!r}, whose values have no mean" if without else None

    def ask(self, arguments: tuple[str, ...], ground: Ground, parts: tuple[str | None, ...]) -> Asked:
        """See ``Metric``."""
        grouped = [_grouped(name, ground) for name in arguments]
        axes = tuple(axis for axis, _ in grouped)
        query = TallyQuery(name=f"{arguments[0]} by {arguments[1]}", axes=axes, weights=None, domain=ground.domain)
        synthetic = count_rows(axes, ground.rows, ground.domain)
        positions = [means for _, means in grouped]
        return ask_once(parts[0], query, synthetic=synthetic.tolist(), positions=positions)

    def figure(self, arguments: tuple[str, ...], facts: Facts, answers: Answers, *, beta: float) -> Figure:
        """See ``Metric``."""
        del arguments
        answer = answer_of(answers, facts, most=_MOST)
        down, across = facts["positions"]
        if answer.values.shape != (len(down) + 1, len(across) + 1):
            raise IntegrityError("a figure's facts do not belong to its answer", hint="it was altered")
        known = np.ix_(range(len(down)), range(len(across)))  # the last place of each is unknown
        return correlation_difference(
            answer.values[known],
            np.array(facts["synthetic"])[known],
            down=down,
            across=across,
            scale=answer.scale,
            beta=beta,
        )


def _grouped(name: str, ground: Ground) -> tuple[CodeAxis, list[float]]:
    """Return the groups of a column's values with a place for unknown ones, and the mean of each group."""
    column, grid = ground.domain[name], np.asarray(ground.release.grids[name])
    values, known = cell_values(column)
    counts = np.bincount(ground.rows[ground.domain.index(name)], minlength=column.size) + 1e-9
    weights = counts * known
    groups = [group for group in range(int(grid.max()) + 1) if weights[grid == group].sum() > 0]
    means = [float(np.average(values[grid == group], weights=weights[grid == group])) for group in groups]
    places = {group: place for place, group in enumerate(groups)}
    pairs = zip(grid, known, strict=True)
    places_of = tuple(places[int(group)] if is_known else len(groups) for group, is_known in pairs)
    labels = (*(f"{mean:g}" for mean in means), "unknown")
    return CodeAxis(column=name, places_of=places_of, labels=labels), means


CORRELATION = Correlation()
