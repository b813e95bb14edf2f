"""The score of a fitted model, in bins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.errors import UsageError
from synth_assets.rowwise.axis import Codes
from synth_assets.rowwise.edges import bins_of, edge_labels, refuse_odd_edges
from synth_assets.rowwise.fitted import FittedScorer
from synth_assets.rowwise.material import Materials, named_in

__all__ = ["ScoreAxis"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreAxis:
    """Implements ``Axis``: the bin of the probability that a fitted scorer gives one class.

    Attributes:
        fitted: the scorer.
        of_class: position of the class among the scorer's.
        edges: inner edges of the bins, ascending.

    Raises:
        UsageError: there is no such class, or the edges are not ascending.
    """

    of: ClassVar[str] = "score"

    fitted: FittedScorer
    of_class: int
    edges: tuple[float, ...]

    def __post_init__(self) -> None:
        refuse_odd_edges(self.edges)
        if not 0 <= self.of_class < len(self.fitted.classes):
            raise UsageError(
                f"class {self.of_class} is not one of the scorer's {len(self.fitted.classes)}", hint="count from 0"
            )

    @property
    def size(self) -> int:
        """See ``Axis``."""
        return len(self.edges) + 1

    def places(self, rows: Codes, domain: Domain) -> NDArray[np.intp]:
        """See ``Axis``."""
        return bins_of(self.fitted.score(rows, domain)[:, self.of_class], self.edges)

    def as_json(self) -> dict[str, Any]:
        """See ``Axis``."""
        return {
            "of": self.of,
            "size": self.size,
            "material": self.fitted.digest,
            "class": self.of_class,
            "edges": self.edges,
            "labels": edge_labels(self.edges),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any], materials: Materials) -> Self:
        """Invert :meth:`as_json`; see ``registry.axis_from_json``."""
        return cls(
            fitted=named_in(value, materials, FittedScorer),
            of_class=int(value["class"]),
            edges=tuple(map(float, value["edges"])),
        )
