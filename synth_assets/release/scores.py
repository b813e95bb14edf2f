"""What a release says of the scores by which it was decided which pairs of columns to measure.

Example:
    >>> scores = NoisyScores(cliques=(("age", "sex"), ("age", "city")), scores=(40, 900), d_in=2, scale=20.0,
    ...                      rho=0.005, draw=3, mechanism="{}")
    >>> NoisyScores.from_json(scores.as_json()) == scores
    True
    >>> l2_sensitivity(cliques=2, max_rows=3)
    5
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt
from typing import Any, Self

__all__ = ["NoisyScores", "l2_sensitivity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoisyScores:
    """One noisy vector: how far each pair's table is from independent columns. Every field is safe to publish.

    Attributes:
        cliques: the pairs of columns.
        scores: noisy L1 distance of each pair's exact coarse table from the expected one, rows.
        d_in: L2 distance of the exact vectors of two neighbouring tables, at most.
        scale: parameter of the discrete Gaussian noise on each score.
        rho: zCDP loss of the whole vector.
        draw: number of the draw in the journal.
        mechanism: OpenDP's JSON of the measurement.
    """

    cliques: tuple[tuple[str, ...], ...]
    scores: tuple[int, ...]
    d_in: int
    scale: float
    rho: float
    draw: int
    mechanism: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the record as plain JSON values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {**values, "cliques": [list(clique) for clique in self.cliques], "scores": list(self.scores)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Invert :meth:`as_json`."""
        return cls(**{**value, "cliques": tuple(map(tuple, value["cliques"])), "scores": tuple(value["scores"])})


def l2_sensitivity(*, cliques: int, max_rows: int) -> int:
    """Return ``max_rows * sqrt(cliques)``, rounded up: the L2 sensitivity of so many L1 distances.

    A row is in one cell of each table, so it moves each distance by at most 1.
    """
    return isqrt(max_rows**2 * cliques - 1) + 1
