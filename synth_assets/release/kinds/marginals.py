"""Noisy contingency tables: one row of a unit adds 1 to one cell of each table.

All rows of a unit may fall in one cell, so the L2 bound is ``max_rows`` (``docs/privacy/noise.md``).

Example:
    >>> ages = NoisyMarginal.of(attributes=("age",), level="fine", counts=np.array([5, 9, 2]), scale=2.0, rho=0.125)
    >>> ages.attributes, ages.level, ages.sensitivity(max_rows=3)
    (('age',), 'fine', 3)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.privacy import NANO, PrivacyUnit, nano_rho_of
from synth_assets.privacy.noise import GaussianNoise, least_gaussian
from synth_assets.release.answers import Answer, Audited, Grids, require

__all__ = ["Level", "MarginalQuery", "NoisyMarginal", "digest_of_grids", "shape_at"]

Level = Literal["fine", "coarse"]
"""Whether a table has a cell for each code, or for each group of codes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarginalQuery:
    """A query for one table.

    Attributes:
        attributes: the columns, in the order of the axes.
        level: whether the axes are fine or coarse codes.
        domain: the columns.
        grids: coarse code of each fine code, of every attribute if the level is coarse.
    """

    kind: ClassVar[str] = "marginals"

    attributes: tuple[str, ...]
    level: Level
    domain: Domain
    grids: Grids

    def noise(self, *, unit: PrivacyUnit, rho: float, delta: float) -> GaussianNoise:
        """See ``Query``."""
        del delta
        return least_gaussian(d_in=unit.max_rows, rho=rho)

    def descriptor(self) -> dict[str, Any]:
        """Return what the values describe, see ``Answer``."""
        return {"attributes": self.attributes, "level": self.level}

    def shape(self) -> tuple[int, ...]:
        """See ``Query``."""
        return shape_at(self.level, self.attributes, domain=self.domain, grids=self.grids)


class NoisyMarginal(Answer):
    """One released contingency table: ``values`` are its noisy counts, one axis per attribute."""

    __slots__ = ()
    kind: ClassVar[str] = "marginals"
    page: ClassVar[str] = "docs/privacy/noise.md"
    claim: ClassVar[str] = "privacy maps"
    absent: ClassVar[str] = "the release holds no table"
    ask_for: ClassVar[str] = "every new release has tables"
    says_all: ClassVar[bool] = False

    @classmethod
    def of(  # noqa: PLR0913 - the parts of a record
        cls,
        *,
        attributes: Sequence[str],
        level: Level,
        counts: NDArray[np.int64],
        scale: float,
        rho: float,
        d_in: int = 1,
        draw: int = 1,
        mechanism: str = "",
    ) -> Self:
        """Return a table from its parts."""
        return cls(
            descriptor={"attributes": tuple(attributes), "level": level},
            values=counts,
            scale=scale,
            d_in=d_in,
            rho=rho,
            draw=draw,
            mechanism=mechanism,
        )

    @property
    def attributes(self) -> tuple[str, ...]:
        """The columns, in the order of the axes."""
        return tuple(self.descriptor["attributes"])

    @property
    def level(self) -> Level:
        """Whether the axes are fine or coarse codes."""
        level: Level = self.descriptor["level"]
        return level

    @property
    def counts(self) -> NDArray[np.int64]:
        """Noisy counts, int64, one axis per attribute."""
        return self.values

    @classmethod
    def announced(cls, queries: Sequence[MarginalQuery], noises: Sequence[Any], *, unit: PrivacyUnit) -> Any:
        """See ``Answer``."""
        used = {name: query.grids[name] for query in queries if query.level == "coarse" for name in query.attributes}
        return {
            "tables": [
                {**query.descriptor(), "mechanism": noise.mechanism, "rho": noise.rho}
                for query, noise in zip(queries, noises, strict=True)
            ],
            "grids": digest_of_grids(used, used),
            "max_rows": unit.max_rows,
        }

    def sensitivity(self, max_rows: int) -> int:
        """See ``Answer``."""
        return max_rows

    def check(self, domain: Domain, grids: Grids) -> None:
        """See ``Answer``."""
        require(set(self.descriptor) == {"attributes", "level"}, "has a table of another kind")
        names, level = self.descriptor["attributes"], self.descriptor["level"]
        require(level in ("fine", "coarse"), "has a table of another kind")
        require(isinstance(names, tuple) and 0 < len(names) == len(set(names)), "has a table without columns")
        require(set(names) <= set(domain.names), "has a table of an unknown column")
        require(self.values.shape == shape_at(level, names, domain=domain, grids=grids), "has a table of odd shape")

    def label(self) -> str:
        """See ``Answer``."""
        return f"{self.attributes}"

    @classmethod
    def verified(cls, answers: Sequence[Any], audited: Audited) -> str:
        """See ``Answer``."""
        mechanisms = len({answer.mechanism for answer in answers})
        tables = f"{len(answers)} tables of {mechanisms} mechanisms"
        return f"{tables}, each map recomputed by OpenDP at d_in = {audited.max_rows}"

    @classmethod
    def mechanisms(cls, answers: Sequence[Any], *, max_rows: int) -> list[dict[str, Any]]:
        """Return each mechanism once, with the tables that it measured; its d_in is that of the whole statement."""
        del max_rows
        kinds = dict.fromkeys((table.mechanism, table.draw, table.scale, table.rho) for table in answers)
        return [
            {
                "opendp": mechanism,
                "draw": draw,
                "scale": scale,
                "d_out": rho,
                "tables": [
                    {"attributes": list(table.attributes), "level": table.level}
                    for table in answers
                    if (table.mechanism, table.draw, table.scale, table.rho) == (mechanism, draw, scale, rho)
                ],
            }
            for mechanism, draw, scale, rho in kinds
        ]

    @classmethod
    def spending(cls, answers: Sequence[Any]) -> list[dict[str, Any]]:
        """Return the cost of each draw, by number of attributes and level."""
        kinds = sorted({(table.draw, len(table.attributes), table.level) for table in answers})
        stated = []
        for draw, ways, level in kinds:
            rhos = [t.rho for t in answers if (t.draw, len(t.attributes), t.level) == (draw, ways, level)]
            cost = nano_rho_of(rhos) / NANO
            stated.append({"draw": draw, "attributes": ways, "level": level, "tables": len(rhos), "rho": cost})
        return stated

    @classmethod
    def counted(cls, answers: Sequence[Any]) -> dict[str, Any]:
        """See ``Answer``."""
        return {"tables": len(answers)}


def shape_at(level: Level, attributes: Sequence[str], *, domain: Domain, grids: Grids) -> tuple[int, ...]:
    """Return the number of codes of each attribute at a level; only coarse codes need the grids."""
    if level == "fine":
        return domain.shape(attributes)
    return tuple(int(grids[name].max()) + 1 for name in attributes)


def digest_of_grids(grids: Grids, names: Iterable[str]) -> str:
    """Return the SHA-256 of the grids of some columns."""
    return sha256_bytes(canonical_json({name: grids[name].tolist() for name in sorted(names)}))
