"""A release: paid answers with their noise scales, and estimates from its noisy tables.

A release describes each attribute at two levels. *Fine* codes are those of the
declared domain. *Coarse* codes are groups of neighbouring fine codes, chosen from
the noisy fine one-way marginals only, so that the cells of marginals of several
attributes hold enough rows. Both are public.

Example:
    >>> from synth_assets.domain import Column, Domain
    >>> counts = np.array([5, 9, 2])
    >>> ages = NoisyMarginal.of(attributes=("age",), level="fine", counts=counts, scale=2.0, rho=0.125)
    >>> domain = Domain(columns=(Column(name="age", kind="integer", maximum=2),))
    >>> release = Release(dataset="d", source="s", version="1", fingerprint="f", reservation="r", domain=domain,
    ...                   grids={"age": np.array([0, 0, 1])}, answers=(ages,), privacy={})
    >>> release.total(), release.shape(("age",), "coarse")
    (16.0, (2,))
    >>> release.project(("age",), level="coarse")
    (array([14.,  2.]), array([8., 4.]))
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.errors import UsageError
from synth_assets.release.answers import Answer
from synth_assets.release.kinds.marginals import Level, NoisyMarginal, shape_at
from synth_assets.release.kinds.scores import NoisyScores
from synth_assets.release.kinds.thresholds import Discovery, categories_of

__all__ = ["RELEASE_PLAN", "Release"]

RELEASE_PLAN = "release"
"""Name of the plan behind a synthetic table."""
Kind = TypeVar("Kind", bound=Answer)
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Release:
    """Everything that a measurement published.

    Attributes:
        dataset: name of the contract.
        source: registered name of the source.
        version: the custodian's label of the source's version.
        fingerprint: digest of the contract's release part.
        reservation: id of the ledger reservation that paid for it.
        domain: the columns, as declared and as discovered.
        grids: coarse code of each fine code, one int array per column, shape (size,).
        answers: everything that was paid for.
        privacy: how the answers were measured and what that cost, as in ``measurement.json``.
        target: the column that people will predict, if the contract names one.
        focus: the columns whose relations matter most.
        digest: content address; empty until written.
        plan: name of the plan that left it; a synthetic table is made from that of a release.
    """

    dataset: str
    source: str
    version: str
    fingerprint: str
    reservation: str
    domain: Domain
    grids: Mapping[str, NDArray[np.int64]]
    answers: tuple[Answer, ...]
    privacy: Mapping[str, Any] = field(repr=False)
    target: str | None = None
    focus: tuple[str, ...] = ()
    digest: str = ""
    plan: str = RELEASE_PLAN

    def shape(self, attributes: Sequence[str], level: Level) -> tuple[int, ...]:
        """Return the number of codes of each attribute at ``level``."""
        return shape_at(level, attributes, domain=self.domain, grids=self.grids)

    def of_kind(self, kind: type[Kind]) -> tuple[Kind, ...]:
        """Return the answers of one kind, in their order."""
        return tuple(answer for answer in self.answers if isinstance(answer, kind))

    @cached_property
    def marginals(self) -> tuple[NoisyMarginal, ...]:
        """The noisy tables."""
        return self.of_kind(NoisyMarginal)

    @cached_property
    def scores(self) -> tuple[NoisyScores, ...]:
        """The scores by which pairs were chosen, if there were many columns."""
        return self.of_kind(NoisyScores)

    @cached_property
    def discoveries(self) -> tuple[Discovery, ...]:
        """How the categories of each discovered column were found."""
        return self.of_kind(Discovery)

    def categories(self) -> Mapping[str, tuple[str, ...]]:
        """Return the categories of each discovered column, as ``DatasetContract.domain`` takes them."""
        return categories_of(self.discoveries)

    def one_way(self, attribute: str) -> NoisyMarginal:
        """Return the fine one-way marginal of an attribute; every synthetic table's release has it.

        Raises:
            KeyError: another plan left this release, without that table.
        """
        return self._one_ways[attribute]

    def total(self) -> float:
        """Return the noisy number of rows: the totals of all tables, weighted by precision, at least 0.

        Raises:
            UsageError: the release holds no table.
        """
        if not self.marginals:
            raise UsageError(
                f"release {self.digest[:12]} of plan {self.plan!r} holds no table",
                hint="it says nothing of how many rows",
            )
        totals = np.array([marginal.counts.sum() for marginal in self.marginals], dtype=np.float64)
        weights = np.array([1 / (marginal.counts.size * marginal.scale**2) for marginal in self.marginals])
        return max(0.0, float((totals * weights).sum() / weights.sum()))

    @property
    def measured_share(self) -> float:
        """Expected share of units that were read: below 1 if some were held out."""
        return 1.0 - float(self.privacy.get("holdout", {}).get("share", 0.0))

    def population(self) -> float:
        """Return the noisy number of rows of all units, held-out ones too: :meth:`total` over the share that was read.

        Raises:
            UsageError: the release holds no table.
        """
        return self.total() / self.measured_share

    def total_standard_error(self) -> float:
        """Return the standard error of :meth:`total`, rows."""
        return float(sum(1 / (marginal.counts.size * marginal.scale**2) for marginal in self.marginals) ** -0.5)

    def project(self, attributes: Sequence[str], *, level: Level = "fine") -> tuple[Floats, Floats]:
        """Return the counts of ``attributes`` and their noise variances, one axis per attribute.

        Tables that contain all attributes are marginalised to them and combined
        by precision. Fine tables also answer at the coarse level, but not the reverse.

        Raises:
            KeyError: no measured table contains the attributes at that level.
        """
        wanted = tuple(attributes)
        estimates = [
            self._summed(marginal, wanted, level)
            for marginal in self.marginals
            if self._serves(marginal, wanted, level)
        ]
        if not estimates:
            raise KeyError(wanted)
        weights = [1 / variance for _, variance in estimates]
        precision = np.sum(weights, axis=0)
        counts = (
            np.sum([table * weight for (table, _), weight in zip(estimates, weights, strict=True)], axis=0) / precision
        )
        return counts, 1 / precision

    def estimate(self, attributes: Sequence[str]) -> tuple[Floats, Floats]:
        """Return counts of ``attributes`` with their standard errors, at the finest measured level.

        Standard errors cover the noise alone: the real table is treated as fixed.

        Raises:
            KeyError: the attributes were not measured together.
        """
        try:
            counts, variance = self.project(attributes, level="fine")
        except KeyError:
            counts, variance = self.project(attributes, level="coarse")
        return counts, np.sqrt(variance)

    @cached_property
    def _one_ways(self) -> dict[str, NoisyMarginal]:
        return {m.attributes[0]: m for m in self.marginals if len(m.attributes) == 1 and m.level == "fine"}

    def _serves(self, marginal: NoisyMarginal, wanted: tuple[str, ...], level: Level) -> bool:
        return set(wanted) <= set(marginal.attributes) and (marginal.level == "fine" or level == "coarse")

    def _summed(self, marginal: NoisyMarginal, wanted: tuple[str, ...], level: Level) -> tuple[Floats, Floats]:
        """Marginalise a table to the wanted attributes and level; return it with its variances."""
        counts = marginal.counts.astype(np.float64)
        cells = np.ones_like(counts)
        others = tuple(axis for axis, name in enumerate(marginal.attributes) if name not in wanted)
        counts, cells = counts.sum(axis=others), cells.sum(axis=others)
        kept = [name for name in marginal.attributes if name in wanted]
        order = [kept.index(name) for name in wanted]
        counts, cells = counts.transpose(order), cells.transpose(order)
        if marginal.level == "fine" and level == "coarse":
            for axis, name in enumerate(wanted):
                counts = _sum_groups(counts, self.grids[name], axis)
                cells = _sum_groups(cells, self.grids[name], axis)
        return counts, cells * marginal.scale**2


def _sum_groups(table: Floats, groups: NDArray[np.int64], axis: int) -> Floats:
    """Add up the codes of each group along one axis."""
    moved = np.moveaxis(table, axis, 0)
    summed = np.zeros((int(groups.max()) + 1, *moved.shape[1:]))
    np.add.at(summed, groups, moved)
    return np.moveaxis(summed, 0, axis)
