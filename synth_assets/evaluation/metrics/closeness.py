"""Closeness: how far tables of synthetic rows are from those of real people.

A figure of many tables is one sum of distances with one draw of noise; a figure of one column is its noisy histogram.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from synth_assets.contract import DatasetContract
from synth_assets.domain.cells import cell_values
from synth_assets.domain.kinds.registry import kind_named
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.evaluation.encode import evenly_spaced
from synth_assets.evaluation.estimate.closeness import (
    excess,
    expected_by_sampling,
    jensen_shannon,
    mean_total_variation,
    wasserstein,
)
from synth_assets.evaluation.figure import Figure
from synth_assets.evaluation.ground import Ground
from synth_assets.evaluation.metric import Answers, Asked, answer_of, ask_once
from synth_assets.privacy import HELD_OUT
from synth_assets.release.kinds.tallies import TallyQuery
from synth_assets.release.kinds.workloads import WorkloadQuery
from synth_assets.rowwise.axis import CodeAxis, count_rows

__all__ = ["JENSEN_SHANNON", "WASSERSTEIN", "WORKLOAD_ERROR"]

Whole = NDArray[np.int64]
Clique = tuple[str, ...]
Facts = Mapping[str, Any]
_SIZES = {"pairs": 2, "triples": 3}
_MOST_TABLES = 200
_MOST_CELLS = 4096
_MOST_POSITIONS = 256


@dataclass(frozen=True, slots=True)
class WorkloadError:
    """Implements ``Metric``: ``workload_error`` of all pairs, or ``workload_error.triples`` that were not measured."""

    family: ClassVar[str] = "workload_error"
    best: ClassVar[float] = 0.0
    reads: ClassVar[str] = "closeness"
    about: ClassVar[str] = "mean total variation between synthetic and real tables, beyond what sampling makes"

    def fault(self, arguments: tuple[str, ...], contract: DatasetContract) -> str | None:
        """See ``Metric``."""
        size = _SIZES.get(arguments[0] if arguments else "pairs")
        if len(arguments) > 1 or size is None:
            return f"is written `workload_error` or `workload_error.{'|'.join(_SIZES)}`"
        return None if len(contract.columns) >= size else f"needs {size} columns"

    def ask(self, arguments: tuple[str, ...], ground: Ground, parts: tuple[str | None, ...]) -> Asked:
        """See ``Metric``."""
        part, size = parts[0], arguments[0] if arguments else "pairs"
        cliques = _cliques(ground, _SIZES[size])
        if not cliques:
            raise UsageError(
                f"there are no {size} to compare: the release holds them all, or their tables have too many cells",
                hint="leave `workload_error.triples` out" if size == "triples" else "declare wider bins",
            )
        rows = round(ground.rows_in(part))
        tables = {clique: _table(ground, clique) for clique in cliques}
        shares = {clique: table / max(1, table.sum()) for clique, table in tables.items()}
        expected = {clique: np.rint(share * rows).astype(np.int64) for clique, share in shares.items()}
        query = WorkloadQuery(
            name=f"distances of {size}",
            groups=(cliques,),
            expected=expected,
            domain=ground.domain,
            grids=_grids(ground),
        )
        rounding = sum(float(np.abs(expected[clique] - rows * shares[clique]).sum()) for clique in cliques)
        samples = [float(len(ground.rows[0])), *([float(rows)] if part == HELD_OUT else [])]
        return ask_once(
            part,
            query,
            tables=len(cliques),
            rows=rows,
            rows_deviation=ground.rows_deviation(part),
            rounding=rounding,
            by_sampling=expected_by_sampling(list(tables.values()), samples=samples),
        )

    def figure(self, arguments: tuple[str, ...], facts: Facts, answers: Answers, *, beta: float) -> Figure:
        """See ``Metric``."""
        del arguments
        answer, tables = answer_of(answers, facts), int(facts["tables"])
        widening = [float(facts[name]) for name in ("rows_deviation", "rounding", "by_sampling")]
        if tables != len(answer.descriptor["groups"][0]) or min(widening) < 0:
            raise IntegrityError("a figure's facts do not belong to its answer", hint="it was altered")
        whole = mean_total_variation(
            float(answer.values[0]),
            tables=tables,
            rows=float(facts["rows"]),
            scale=answer.scale,
            beta=beta,
            rows_deviation=float(facts["rows_deviation"]),
            rounding=float(facts["rounding"]),
        )
        return excess(whole, expected=float(facts["by_sampling"]))


class _OfColumn:
    """What figures of one column share."""

    best: ClassVar[float] = 0.0
    reads: ClassVar[str] = "closeness"
    family: ClassVar[str]

    def fault(self, arguments: tuple[str, ...], contract: DatasetContract) -> str | None:
        """See ``Metric``."""
        if len(arguments) != 1 or arguments[0] not in contract.columns:
            return f"is written `{self.family}.COLUMN`, with a measured column"
        return None


@dataclass(frozen=True, slots=True)
class Wasserstein(_OfColumn):
    """Implements ``Metric``: ``wasserstein.COLUMN``, as a share of the column's range.

    Of more than 256 values, neighbours are taken together at their mean.
    """

    family: ClassVar[str] = "wasserstein"
    about: ClassVar[str] = "area between synthetic and real distribution functions, as a share of the range"

    def fault(self, arguments: tuple[str, ...], contract: DatasetContract) -> str | None:
        """See ``Metric``."""
        fault = _OfColumn.fault(self, arguments, contract)
        if fault is None and not kind_named(contract.columns[arguments[0]].type).has_mean:
            return f"is about {arguments[0]!r}, whose values have no distance"
        return fault

    def ask(self, arguments: tuple[str, ...], ground: Ground, parts: tuple[str | None, ...]) -> Asked:
        """See ``Metric``."""
        column = ground.domain[arguments[0]]
        values, known = cell_values(column)
        distinct, ranks = np.unique(np.round(values[known], 9), return_inverse=True)
        together = -(-distinct.size // _MOST_POSITIONS)
        positions = np.array([part.mean() for part in np.split(distinct, range(together, distinct.size, together))])
        places_of = np.full(column.size, positions.size)
        places_of[known] = ranks // together
        labels = (*(f"{position:g}" for position in positions), "unknown")
        axis = CodeAxis(column=column.name, places_of=tuple(map(int, places_of)), labels=labels)
        return _histogram(axis, ground, parts[0], name=f"positions of {column.name}", positions=positions.tolist())

    def figure(self, arguments: tuple[str, ...], facts: Facts, answers: Answers, *, beta: float) -> Figure:
        """See ``Metric``."""
        del arguments
        answer = answer_of(answers, facts)
        return wasserstein(
            answer.values[:-1],
            np.array(facts["synthetic"])[:-1],
            positions=facts["positions"],
            scale=answer.scale,
            beta=beta,
        )


@dataclass(frozen=True, slots=True)
class JensenShannon(_OfColumn):
    """Implements ``Metric``: ``jensen_shannon.COLUMN``, in bits, between the groups of a column's values."""

    family: ClassVar[str] = "jensen_shannon"
    about: ClassVar[str] = "Jensen-Shannon divergence, in bits, between synthetic and real groups of values"

    def ask(self, arguments: tuple[str, ...], ground: Ground, parts: tuple[str | None, ...]) -> Asked:
        """See ``Metric``."""
        grid = ground.release.grids[arguments[0]]
        labels = tuple(map(str, range(int(grid.max()) + 1)))
        axis = CodeAxis(column=arguments[0], places_of=tuple(map(int, grid)), labels=labels)
        return _histogram(axis, ground, parts[0], name=f"groups of {arguments[0]}")

    def figure(self, arguments: tuple[str, ...], facts: Facts, answers: Answers, *, beta: float) -> Figure:
        """See ``Metric``."""
        del arguments
        answer = answer_of(answers, facts)
        return jensen_shannon(answer.values, facts["synthetic"], scale=answer.scale, beta=beta)


def _histogram(axis: CodeAxis, ground: Ground, part: str | None, *, name: str, **facts: Any) -> Asked:
    query = TallyQuery(name=name, axes=(axis,), weights=None, domain=ground.domain)
    synthetic = count_rows([axis], ground.rows, ground.domain)
    return ask_once(part, query, synthetic=synthetic.tolist(), **facts)


def _cliques(ground: Ground, size: int) -> tuple[Clique, ...]:
    """Return all pairs, or triples that no released table holds; of many, some at equal steps."""
    released = [set(marginal.attributes) for marginal in ground.release.marginals]
    names, grids = ground.domain.names, _grids(ground)
    groups = {name: int(grids[name].max()) + 1 for name in names}
    cliques = [
        clique
        for clique in combinations(names, size)
        if (size == _SIZES["pairs"] or not any(set(clique) <= table for table in released))
        and np.prod([groups[name] for name in clique]) <= _MOST_CELLS
    ]
    return tuple(cliques[index] for index in evenly_spaced(len(cliques), most=_MOST_TABLES))


def _table(ground: Ground, clique: Clique) -> Whole:
    """Return synthetic counts of the coarse codes of some columns."""
    grids = _grids(ground)
    sizes = tuple(int(grids[name].max()) + 1 for name in clique)
    codes = [grids[name][ground.rows[ground.domain.index(name)]] for name in clique]
    flat = np.ravel_multi_index(codes, sizes)
    return np.asarray(np.bincount(flat, minlength=int(np.prod(sizes))).reshape(sizes), dtype=np.int64)


def _grids(ground: Ground) -> dict[str, Whole]:
    return {name: np.asarray(grid, dtype=np.int64) for name, grid in ground.release.grids.items()}


WORKLOAD_ERROR, WASSERSTEIN, JENSEN_SHANNON = WorkloadError(), Wasserstein(), JensenShannon()
