"""The public facts on which questions about a candidate are built: its rows, fitted models, the release's numbers.

Synthetic rows are divided into two halves: models are fitted to one, and what their scores are like is
counted on the other, because a model scores the rows that it was fitted to better than any others.
"""

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from synth_assets.candidate import Candidate
from synth_assets.contract import DatasetContract
from synth_assets.domain import Domain
from synth_assets.domain.cells import code_names, group_names, true_cells
from synth_assets.errors import UsageError
from synth_assets.evaluation.encode import encode_candidate
from synth_assets.evaluation.models.fitting import fit_target
from synth_assets.privacy import HELD_OUT
from synth_assets.release import Release
from synth_assets.rowwise.axis import CodeAxis
from synth_assets.rowwise.fitted import FittedScorer
from synth_assets.rowwise.material import Material
from synth_assets.rowwise.shared import SharedRows

__all__ = ["MOST_COMPARED", "MOST_GROUPS", "MOST_ROWS", "Ground", "label_of", "taken_together"]

MOST_ROWS = 200_000
"""Synthetic rows that are looked at; of more, as many are taken at equal steps."""
MOST_GROUPS = 12
"""Most groups or classes of one column: with more, each is too small to say anything of."""
MOST_COMPARED = 20_000
"""Rows whose distances to others are looked at, and as many others."""
M = TypeVar("M", bound=Material)


class Ground:
    """Everything public about a candidate that metrics share; models are fitted once, when they are first needed.

    Args:
        contract: the dataset.
        release: what the candidate came from.
        candidate: what is asked about.
        progress: called with a message about the progress.
    """

    def __init__(
        self,
        contract: DatasetContract,
        release: Release,
        candidate: Candidate,
        *,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.contract = contract
        self.release = release
        self.candidate = candidate
        self.materials: dict[str, Material] = {}
        self._progress = progress
        self._fitted: dict[CodeAxis, FittedScorer] = {}

    @property
    def domain(self) -> Domain:
        """The columns of the release."""
        return self.release.domain

    @cached_property
    def rows(self) -> SharedRows:
        """Fine codes of synthetic rows, one array per column, shape (rows,)."""
        return SharedRows(encode_candidate(self.candidate, domain=self.domain, most=MOST_ROWS))

    @cached_property
    def fitted_rows(self) -> SharedRows:
        """The half that models are fitted to."""
        return SharedRows([column[::2] for column in self.rows])

    @cached_property
    def other_rows(self) -> SharedRows:
        """The other half."""
        return SharedRows([column[1::2] for column in self.rows])

    @cached_property
    def few_rows(self) -> SharedRows:
        """The first of the other half, where all of them would take too long."""
        columns = [column[:MOST_COMPARED] for column in self.other_rows]
        return self.other_rows if columns[0].size == self.other_rows[0].size else SharedRows(columns)

    def rows_in(self, part: str | None) -> float:
        """Return about how many real rows a part has, at least 1; from the release, never from the source."""
        share = 1.0 - self.release.measured_share
        of_part = 1.0 if part is None else share if part == HELD_OUT else 1 - share
        return max(1.0, self.release.population() * of_part)

    def rows_deviation(self, part: str | None) -> float:
        """Return the standard deviation of :meth:`rows_in` by noise, and of a held-out part by who is in it."""
        if part != HELD_OUT:
            return self.release.total_standard_error()
        share, read = 1 - self.release.measured_share, self.release.measured_share
        noise = self.release.total_standard_error() * share / read
        drawn = self.contract.unit().max_rows * self.release.population() * share / read
        return float(np.hypot(noise, np.sqrt(drawn)))

    @cached_property
    def label(self) -> CodeAxis:
        """What is predicted, see :func:`label_of`."""
        return label_of(self.contract, self.domain)

    def groups(self, name: str) -> CodeAxis:
        """Return the groups of a column: its coarse codes; of more than :data:`MOST_GROUPS`, some are taken together.

        Neighbours are, where values have an order, so that synthetic rows are about as many in each; of other
        columns those that are rare in synthetic rows.
        """
        column, grid = self.domain[name], self.release.grids[name]
        if int(grid.max()) >= MOST_GROUPS:
            rows = np.bincount(grid[self.rows[self.domain.index(name)]], minlength=int(grid.max()) + 1)
            ordered = int(grid[: column.regular].max()) + 1 if column.numeric else 0
            grid = taken_together(rows, ordered=ordered, most=MOST_GROUPS)[grid]
        return CodeAxis(column=name, places_of=tuple(map(int, grid)), labels=tuple(group_names(column, grid)))

    def scorer(self, target: CodeAxis) -> FittedScorer:
        """Return the model of the contract's class that predicts an axis from the other columns."""
        if target not in self._fitted:
            fitted = fit_target(
                self.fitted_rows,
                domain=self.domain,
                target=target,
                model=self.contract.evaluation.model,
                progress=self._progress,
            )
            self._fitted[target] = self.keep(fitted)
        return self._fitted[target]

    def keep(self, material: M) -> M:
        """Note arrays that the measuring process will need; of equal ones return the first, which knows its answers."""
        return cast("M", self.materials.setdefault(material.digest, material))


def taken_together(rows: NDArray[np.int64], *, ordered: int, most: int) -> NDArray[np.intp]:
    """Return the place of each group when at most ``most`` of them are told apart, intp, shape (groups,).

    Args:
        rows: synthetic rows of each group.
        ordered: how many of the first groups are in an order; neighbours of these are taken together, into parts of
            about as many rows. The others (missing and special values) stay if there are fewer than ``most``.
        most: places, at least 2.
    """
    others = rows.size - ordered
    if ordered > 0 and others < most:
        parts = most - others
        middle = np.cumsum(rows[:ordered]) - rows[:ordered] / 2
        part = np.floor(middle * parts / max(1, rows[:ordered].sum())).astype(np.intp)
        _, part = np.unique(np.minimum(part, parts - 1), return_inverse=True)
        return np.concatenate([part, part.max() + 1 + np.arange(others)])
    frequent = np.sort(np.argsort(-rows, kind="stable")[: most - 1])
    place = np.full(rows.size, most - 1, dtype=np.intp)
    place[frequent] = np.arange(frequent.size)
    return place


def label_of(contract: DatasetContract, domain: Domain) -> CodeAxis:
    """Return what is predicted: place 1 where it is true.

    Raises:
        UsageError: the contract does not say it, or says what is not a condition on the target.
    """
    if contract.target is None:
        raise UsageError("there is no `target` to predict", hint="name the column under `target`")
    column, positive = domain[contract.target], contract.evaluation.positive
    if positive is not None:
        names, is_true = true_cells(positive, domain=domain)
        if names != (contract.target,):
            raise UsageError(
                f"`{positive}` is not about {contract.target!r}",
                hint="write a condition on the target alone under `evaluation: {positive: ...}`",
            )
        return CodeAxis(column=column.name, places_of=tuple(map(int, is_true)), labels=("otherwise", positive))
    values = [code for code in range(column.size) if code != column.null_code]
    if len(values) != 2:  # noqa: PLR2004 - yes and no
        raise UsageError(
            f"{column.name!r} has {len(values)} values, so it must be said which are predicted",
            hint=f'write `evaluation: {{positive: "{column.name} = ..."}}`',
        )
    places = tuple(int(code == values[1]) for code in range(column.size))
    return CodeAxis(column=column.name, places_of=places, labels=("otherwise", code_names(column)[values[1]]))
