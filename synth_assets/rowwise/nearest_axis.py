"""How far a row is from the nearest of some synthetic rows, in bins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.rowwise.axis import Codes
from synth_assets.rowwise.edges import bins_of, edge_labels, refuse_odd_edges
from synth_assets.rowwise.material import Materials, named_in
from synth_assets.rowwise.nearest import PublicRows

__all__ = ["NearestAxis"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestAxis:
    """Implements ``Axis``: the bin of the distance to the nearest public row, see ``nearest``.

    Attributes:
        public: the public rows, and the columns that are compared.
        edges: inner edges of the bins, ascending; distances lie in [0, 1].

    Raises:
        UsageError: the edges are not ascending.
    """

    of: ClassVar[str] = "nearest"

    public: PublicRows
    edges: tuple[float, ...]

    def __post_init__(self) -> None:
        refuse_odd_edges(self.edges)

    @property
    def size(self) -> int:
        """See ``Axis``."""
        return len(self.edges) + 1

    def places(self, rows: Codes, domain: Domain) -> NDArray[np.intp]:
        """See ``Axis``."""
        return bins_of(self.public.distances(rows, domain), self.edges)

    def as_json(self) -> dict[str, Any]:
        """See ``Axis``."""
        return {
            "of": self.of,
            "size": self.size,
            "material": self.public.digest,
            "edges": self.edges,
            "labels": edge_labels(self.edges),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any], materials: Materials) -> Self:
        """Invert :meth:`as_json`; see ``registry.axis_from_json``."""
        return cls(public=named_in(value, materials, PublicRows), edges=tuple(map(float, value["edges"])))
