"""Noisy scores: the L1 distance of exact tables of pairs or triples from public ones, as one vector.

A row is in one cell of each table, so it changes each distance by at most 1: the
scores are a Lipschitz function of the tables, and a unit changes a vector of q scores
by at most ``max_rows * sqrt(q)`` in L2 (``docs/privacy/scoring.md``).

Example:
    >>> NoisyScores.of(cliques=[("a", "b")] * 400, scores=[0] * 400, d_in=20, scale=9.5, rho=0.1, draw=3).sensitivity(1)
    20
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.errors import Fault
from synth_assets.privacy import PrivacyUnit
from synth_assets.privacy.noise import GaussianNoise, least_gaussian
from synth_assets.release.answers import Answer, Audited, Grids, l2_sensitivity, require
from synth_assets.release.kinds.marginals import digest_of_grids, shape_at

__all__ = ["NoisyScores", "ScoreQuery", "check_expected", "digest_of_tables"]

_SIZES = (2, 3)
"""Columns of a table that is scored."""
Clique = tuple[str, ...]
_LARGEST = 2.0**60
"""Of all expected rows together, so that sums of distances fit in 64 bits."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoreQuery:
    """A query for one vector of scores.

    Attributes:
        cliques: the pairs or triples of columns.
        expected: one public table per clique, int64, in the shape of its coarse codes.
        domain: the columns.
        grids: coarse code of each fine code.
    """

    kind: ClassVar[str] = "scores"

    cliques: tuple[Clique, ...]
    expected: tuple[NDArray[np.int64], ...]
    domain: Domain
    grids: Grids

    def noise(self, *, unit: PrivacyUnit, rho: float, delta: float) -> GaussianNoise:
        """See ``Query``; expected tables of other shapes would violate the bound."""
        del delta
        check_expected(self.expected, self.cliques, domain=self.domain, grids=self.grids)
        return least_gaussian(d_in=l2_sensitivity(squares=len(self.cliques), max_rows=unit.max_rows), rho=rho)

    def descriptor(self) -> dict[str, Any]:
        """Return what the values describe, see ``Answer``."""
        return {"cliques": self.cliques}

    def shape(self) -> tuple[int, ...]:
        """See ``Query``."""
        return (len(self.cliques),)


class NoisyScores(Answer):
    """One noisy vector: how far each table is from what was known before, in rows, shape (cliques,)."""

    __slots__ = ()
    kind: ClassVar[str] = "scores"
    page: ClassVar[str] = "docs/privacy/scoring.md"
    claim: ClassVar[str] = "score maps"
    absent: ClassVar[str] = "all pairs were measured, none was scored"
    ask_for: ClassVar[str] = "releases of many columns have them: write more columns into the contract"
    says_all: ClassVar[bool] = False

    @classmethod
    def of(  # noqa: PLR0913 - the parts of a record
        cls,
        *,
        cliques: Sequence[Clique],
        scores: Sequence[int],
        d_in: int,
        scale: float,
        rho: float,
        draw: int,
        mechanism: str = "",
    ) -> Self:
        """Return scores from their parts."""
        return cls(
            descriptor={"cliques": tuple(map(tuple, cliques))},
            values=np.array(scores, dtype=np.int64),
            scale=scale,
            d_in=d_in,
            rho=rho,
            draw=draw,
            mechanism=mechanism,
        )

    @property
    def cliques(self) -> tuple[Clique, ...]:
        """The pairs or triples of columns."""
        return tuple(map(tuple, self.descriptor["cliques"]))

    @property
    def scores(self) -> NDArray[np.int64]:
        """Noisy L1 distance of each exact coarse table from the expected one, in rows."""
        return self.values

    @classmethod
    def announced(cls, queries: Sequence[ScoreQuery], noises: Sequence[Any], *, unit: PrivacyUnit) -> Any:
        """See ``Answer``; a draw is one vector."""
        (query,), (noise,) = queries, noises
        return {
            "scores": [list(clique) for clique in query.cliques],
            "expected": digest_of_tables(query.expected),
            "grids": digest_of_grids(query.grids, {name for clique in query.cliques for name in clique}),
            "mechanism": noise.mechanism,
            "rho": noise.rho,
            "max_rows": unit.max_rows,
        }

    @classmethod
    def journaled(cls, parts: Sequence[Any]) -> Any:
        """See ``Answer``; a draw is one vector."""
        (scores,) = parts
        return scores

    @classmethod
    def parts(cls, answer: Any) -> Sequence[Any]:
        """See ``Answer``."""
        return [answer]

    def sensitivity(self, max_rows: int) -> int:
        """See ``Answer``."""
        return l2_sensitivity(squares=len(self.cliques), max_rows=max_rows)

    def check(self, domain: Domain, grids: Grids) -> None:
        """See ``Answer``."""
        del domain, grids
        require(set(self.descriptor) == {"cliques"} and len(self.cliques) > 0, "has wild scores")
        cliques = self.descriptor["cliques"]
        texts = all(isinstance(clique, tuple) and all(isinstance(name, str) for name in clique) for clique in cliques)
        require(texts, "has wild scores")
        require(self.values.ndim == 1, "has wild scores")

    def faults(self, audited: Audited) -> list[str]:
        """See ``Answer``."""
        faults, columns = super().faults(audited), set(audited.domain.names)
        sets = {frozenset(clique) for clique in self.cliques if len(columns & set(clique)) == len(clique)}
        if not len(sets) == len(self.cliques) == len(self.values) or any(len(names) not in _SIZES for names in sets):
            faults.append(f"{self.label()}: are not one for each of their pairs or triples")
        return faults

    @classmethod
    def verified(cls, answers: Sequence[Any], audited: Audited) -> str:
        """See ``Answer``."""
        del audited
        count = sum(len(answer.cliques) for answer in answers)
        return f"{count} scores, the map of their vector recomputed by OpenDP"

    @classmethod
    def mechanisms(cls, answers: Sequence[Any], *, max_rows: int) -> list[dict[str, Any]]:
        """See ``Answer``; d_in is the L2 sensitivity of the vector of all scores."""
        stated = super().mechanisms(answers, max_rows=max_rows)
        return [{**mechanism, "scores": len(mechanism["scores"]["cliques"])} for mechanism in stated]

    @classmethod
    def spending(cls, answers: Sequence[Any]) -> list[dict[str, Any]]:
        """See ``Answer``."""
        return [{"draw": answer.draw, "scores": len(answer.cliques), "rho": answer.rho} for answer in answers]

    @classmethod
    def counted(cls, answers: Sequence[Any]) -> dict[str, Any]:
        """See ``Answer``; scores are not counted, because they only choose tables and are listed with the costs."""
        del answers
        return {}

    @classmethod
    def composition(cls) -> str:
        """See ``Answer``."""
        return "scores are one vector with a d_in of its own"


def check_expected(
    expected: Sequence[NDArray[np.int64]], cliques: Sequence[tuple[str, ...]], *, domain: Domain, grids: Grids
) -> None:
    """Check that there is one expected table per clique, int64, in the shape of its coarse codes.

    NumPy would broadcast a table of another shape, and a row would count several times.

    Raises:
        Fault: there is not, or there is no clique, or the numbers are too large to be counts of rows.
    """
    shapes = [shape_at("coarse", clique, domain=domain, grids=grids) for clique in cliques]
    given = [(table.shape, table.dtype) for table in expected]
    if not cliques or given != [(shape, np.dtype(np.int64)) for shape in shapes]:
        raise Fault(
            "a distance needs columns and one expected int64 table of their grids' shape", hint="check the strategy"
        )
    if sum(float(np.abs(table.astype(np.float64)).sum()) for table in expected) >= _LARGEST:
        raise Fault("expected tables are too large to be counts of rows", hint="check the strategy")


def digest_of_tables(tables: Sequence[NDArray[np.int64]]) -> str:
    """Return the SHA-256 of the cells of tables of known shapes; as JSON those of 200 columns would take a gigabyte."""
    digest = hashlib.sha256()
    for table in tables:
        digest.update(np.ascontiguousarray(table, dtype="<i8").tobytes())
    return digest.hexdigest()
