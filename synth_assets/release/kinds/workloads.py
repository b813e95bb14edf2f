"""Noisy workloads: for groups of tables, how far the exact tables are in sum from expected ones.

A row is in one cell of each table, so it moves the L1 distance of each from its expected table by at most 1
and the sum over a group of g tables by at most g: a unit moves the vector of all
groups by at most ``max_rows`` times the root of the sum of g ** 2 (``docs/privacy/workloads.md``). Expected
tables are public; they and the grids are bound to the answer by their digests.

Example:
    >>> pairs = (("age", "city"), ("age", "member"))
    >>> all_and_each = {"name": "pairs", "groups": (pairs, pairs[:1], pairs[1:]), "expected": "", "grids": ""}
    >>> NoisyWorkload(descriptor=all_and_each, values=np.array([70, 40, 30]), scale=9.5, d_in=3, rho=0.1,
    ...               draw=1).sensitivity(max_rows=1)
    3
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.errors import Fault
from synth_assets.privacy import PrivacyUnit
from synth_assets.privacy.noise import GaussianNoise, least_gaussian
from synth_assets.release.answers import Answer, Audited, Grids, is_name, l2_sensitivity, require
from synth_assets.release.kinds.marginals import digest_of_grids
from synth_assets.release.kinds.scores import check_expected, digest_of_tables

__all__ = ["NoisyWorkload", "WorkloadQuery"]

Clique = tuple[str, ...]
_MOST_ENTRIES = 1 << 18
"""Cliques of all groups; groups are in ``release.json``, whose size is limited."""
_MOST_COLUMNS = 16
_DIGEST = re.compile("[0-9a-f]{64}")
_PARTS = {"name", "groups", "expected", "grids"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorkloadQuery:
    """A query for one workload.

    Attributes:
        name: what is compared, for people and for looking the answer up.
        groups: the cliques, tuples of columns, whose distances are summed; a clique may be in several groups.
        expected: the public table of each clique, int64, in the shape of its coarse codes.
        domain: the columns.
        grids: coarse code of each fine code, of the columns of all cliques.
    """

    kind: ClassVar[str] = "workloads"

    name: str
    groups: tuple[tuple[Clique, ...], ...]
    expected: Mapping[Clique, NDArray[np.int64]]
    domain: Domain
    grids: Grids

    @property
    def cliques(self) -> tuple[Clique, ...]:
        """All cliques, each once, in the order of the groups."""
        return tuple(dict.fromkeys(clique for group in self.groups for clique in group))

    @property
    def tables(self) -> tuple[NDArray[np.int64], ...]:
        """The expected table of each of :attr:`cliques`."""
        return tuple(self.expected[clique] for clique in self.cliques)

    def noise(self, *, unit: PrivacyUnit, rho: float, delta: float) -> GaussianNoise:
        """See ``Query``; expected tables of other shapes would violate the bound.

        Raises:
            Fault: there is not exactly one expected table of its grids' shape per clique, or the groups are
                not of columns, or more than a release can hold.
        """
        del delta
        if set(self.expected) != set(self.cliques):
            raise Fault("a workload needs one expected table per clique", hint="check the metric")
        fault = _fault_of_groups(self.groups, self.domain) or (None if is_name(self.name) else "has no name")
        if fault:
            raise Fault(f"a workload {fault}", hint="check the metric")
        check_expected(self.tables, self.cliques, domain=self.domain, grids=self.grids)
        return least_gaussian(d_in=_sensitivity(self.groups, unit.max_rows), rho=rho)

    def descriptor(self) -> dict[str, Any]:
        """Return what the values describe, see ``Answer``; digests bind the expected tables and the grids."""
        return {
            "name": self.name,
            "groups": self.groups,
            "expected": digest_of_tables(self.tables),
            "grids": digest_of_grids(self.grids, _columns_of(self.groups)),
        }

    def shape(self) -> tuple[int, ...]:
        """See ``Query``."""
        return (len(self.groups),)

    def as_json(self) -> dict[str, Any]:
        """Return what rebuilds the query over a domain and grids, as plain JSON values."""
        return {"name": self.name, "groups": self.groups, "expected": [table.tolist() for table in self.tables]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any], *, domain: Domain, grids: Grids) -> Self:
        """Invert :meth:`as_json`."""
        groups = tuple(tuple(map(tuple, group)) for group in value["groups"])
        cliques = dict.fromkeys(clique for group in groups for clique in group)
        tables = (np.array(table, dtype=np.int64) for table in value["expected"])
        expected = dict(zip(cliques, tables, strict=True))
        return cls(name=value["name"], groups=groups, expected=expected, domain=domain, grids=grids)


class NoisyWorkload(Answer):
    """One workload: the noisy sum of L1 distances of each group, in rows, shape (groups,)."""

    __slots__ = ()
    kind: ClassVar[str] = "workloads"
    page: ClassVar[str] = "docs/privacy/workloads.md"
    claim: ClassVar[str] = "workload maps"
    absent: ClassVar[str] = "this release answers no workload: workloads are asked by an evaluation"
    ask_for: ClassVar[str] = (
        "workloads are asked by an evaluation of a candidate, and are not in the release of its table"
    )

    @property
    def name(self) -> str:
        """What is compared."""
        return str(self.descriptor["name"])

    @property
    def groups(self) -> tuple[tuple[Clique, ...], ...]:
        """The cliques whose distances are summed, one group per value."""
        return tuple(self.descriptor["groups"])

    def sensitivity(self, max_rows: int) -> int:
        """See ``Answer``; ``max_rows`` times the root of the sum of the squared sizes of the groups, rounded up."""
        return _sensitivity(self.groups, max_rows)

    def check(self, domain: Domain, grids: Grids) -> None:
        """See ``Answer``."""
        require(set(self.descriptor) == _PARTS and is_name(self.descriptor["name"]), "has a wild workload")
        fault = _fault_of_groups(self.descriptor["groups"], domain)
        require(fault is None, f"has a workload that {fault}")
        require(self.values.shape == (len(self.groups),), "has a workload without one value per group")
        grid = digest_of_grids(grids, _columns_of(self.groups))
        require(self.descriptor["grids"] == grid, "has a workload of other grids")
        digest = self.descriptor["expected"]
        require(isinstance(digest, str) and _DIGEST.fullmatch(digest) is not None, "has a workload without a digest")

    def label(self) -> str:
        """See ``Answer``."""
        return f"workload {self.name!r}"

    @classmethod
    def verified(cls, answers: Sequence[Any], audited: Audited) -> str:
        """See ``Answer``."""
        values, at = sum(answer.values.size for answer in answers), f"d_in = {audited.max_rows}"
        sums = f"{len(answers)} workloads of {values} sums of distances"
        return f"{sums}, each map recomputed by OpenDP at {at} times the root of its squared group sizes ({cls.page})"

    @classmethod
    def mechanisms(cls, answers: Sequence[Any], *, max_rows: int) -> list[dict[str, Any]]:
        """See ``Answer``; the groups are in the release."""
        stated = super().mechanisms(answers, max_rows=max_rows)
        return [
            {**mechanism, "workloads": {"name": answer.name, "values": answer.values.size}}
            for mechanism, answer in zip(stated, answers, strict=True)
        ]

    @classmethod
    def composition(cls) -> str:
        """See ``Answer``."""
        return "a workload is one vector with a d_in of its own"


def _sensitivity(groups: Sequence[Sequence[Clique]], max_rows: int) -> int:
    return l2_sensitivity(squares=sum(len(group) ** 2 for group in groups), max_rows=max_rows)


def _columns_of(groups: Sequence[Sequence[Clique]]) -> set[str]:
    return {name for group in groups for clique in group for name in clique}


def _fault_of_groups(groups: object, domain: Domain) -> str | None:
    """Return why groups, which may come from an untrusted bundle, are not groups of cliques of a domain."""
    if not isinstance(groups, tuple) or not groups or not all(isinstance(group, tuple) and group for group in groups):
        return "does not have groups of tables"
    if sum(map(len, groups)) > _MOST_ENTRIES:
        return f"has more than {_MOST_ENTRIES:,} tables in its groups"
    names = set(domain.names)
    if not all(_is_clique(clique, names) for group in groups for clique in group):
        return "has a table that is not of different columns of the release"
    if any(len({frozenset(clique) for clique in group}) != len(group) for group in groups):
        return "has a group with a table twice"
    return None


def _is_clique(clique: object, names: set[str]) -> bool:
    if not isinstance(clique, tuple) or not 0 < len(clique) <= _MOST_COLUMNS:
        return False
    return all(isinstance(name, str) for name in clique) and len(set(clique) & names) == len(clique)
