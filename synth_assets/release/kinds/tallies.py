"""Noisy tallies: each row is put into one of finitely many cells, which are counted or weighted.

Cells are the combinations of the places of some axes (``rowwise``), numbered row-major. Without
weights a tally is a table of counts. With weights a row adds the integer vector
of its cell, so a unit moves the sum by at most ``max_rows`` times the largest norm of such a vector
(``docs/privacy/tallies.md``). Axes and weights are the descriptor, so a reader can recompute that.

Example:
    >>> right = {"of": "made up", "size": 2}
    >>> gain = NoisyTally(descriptor={"name": "gain", "axes": (right,), "weights": ((-3,), (2,))},
    ...                   values=np.array([120]), scale=9.5, d_in=6, rho=0.2, draw=1)
    >>> gain.sensitivity(max_rows=2)
    6
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.errors import Fault
from synth_assets.privacy import PrivacyUnit
from synth_assets.privacy.noise import GaussianNoise, least_gaussian
from synth_assets.release.answers import Answer, Audited, Grids, is_name, l2_sensitivity, require
from synth_assets.rowwise.axis import Axis

__all__ = ["NoisyTally", "TallyQuery"]

_MOST_AXES = 8
_MOST_CELLS = 1 << 20
_MOST_WEIGHTS = 1 << 18
"""Weights are in ``release.json``, whose size is limited."""
_LARGEST_WEIGHT = 2**31


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TallyQuery:
    """A query for one tally.

    Attributes:
        name: what is tallied, for people and for looking the answer up.
        axes: which cell a row is in.
        weights: what a row in a cell adds, int64, shape (cells, k); ``None`` counts the rows of each cell.
        domain: the columns, whose codes the axes see.
    """

    kind: ClassVar[str] = "tallies"

    name: str
    axes: tuple[Axis, ...]
    weights: NDArray[np.int64] | None
    domain: Domain

    def noise(self, *, unit: PrivacyUnit, rho: float, delta: float) -> GaussianNoise:
        """See ``Query``.

        Raises:
            Fault: the tally is larger than a release can hold, or its weights are not whole numbers per cell, or
                all of them are 0, so that nothing would be measured.
        """
        del delta
        descriptor = self.descriptor()
        fault = _fault_of(descriptor, self.shape())
        if fault:
            raise Fault(f"a tally {fault}", hint="check the metric")
        return least_gaussian(d_in=_sensitivity(descriptor, unit.max_rows), rho=rho)

    def descriptor(self) -> dict[str, Any]:
        """Return what the values describe, see ``Answer``."""
        weights = None if self.weights is None else _as_tuple(self.weights.tolist())
        return {"name": self.name, "axes": tuple(axis.as_json() for axis in self.axes), "weights": weights}

    def shape(self) -> tuple[int, ...]:
        """See ``Query``."""
        return tuple(axis.size for axis in self.axes) if self.weights is None else self.weights.shape[1:]

    def as_json(self) -> dict[str, Any]:
        """Return what rebuilds the query over a domain, as plain JSON values."""
        return self.descriptor()

    @classmethod
    def from_json(
        cls, value: Mapping[str, Any], *, domain: Domain, axis_of: Callable[[Mapping[str, Any]], Axis]
    ) -> Self:
        """Invert :meth:`as_json`; ``axis_of`` rebuilds an axis."""
        weights = value["weights"]
        return cls(
            name=value["name"],
            axes=tuple(axis_of(axis) for axis in value["axes"]),
            weights=None if weights is None else np.array(weights, dtype=np.int64),
            domain=domain,
        )


class NoisyTally(Answer):
    """One tally: noisy counts, one axis per axis of its query, or the noisy sums of weights, shape (k,)."""

    __slots__ = ()
    kind: ClassVar[str] = "tallies"
    page: ClassVar[str] = "docs/privacy/tallies.md"
    claim: ClassVar[str] = "tally maps"
    absent: ClassVar[str] = "this release answers no tally: tallies are asked by an evaluation"
    ask_for: ClassVar[str] = (
        "tallies are asked by an evaluation of a candidate, and are not in the release of its table"
    )

    @property
    def name(self) -> str:
        """What is tallied."""
        return str(self.descriptor["name"])

    def sensitivity(self, max_rows: int) -> int:
        """See ``Answer``; of counts ``max_rows``, otherwise times the largest norm of a cell's weights, rounded up."""
        return _sensitivity(self.descriptor, max_rows)

    def check(self, domain: Domain, grids: Grids) -> None:
        """See ``Answer``; what an axis says of itself besides its size decides no bound and is not read here."""
        del domain, grids
        fault = _fault_of(self.descriptor, self.values.shape)
        require(fault is None, f"has a tally that {fault}")

    def label(self) -> str:
        """See ``Answer``."""
        return f"tally {self.name!r}"

    @classmethod
    def verified(cls, answers: Sequence[Any], audited: Audited) -> str:
        """See ``Answer``."""
        at = f"at d_in = {audited.max_rows} times the largest norm of its weights"
        return f"{len(answers)} tallies, each map recomputed by OpenDP {at} ({cls.page})"

    @classmethod
    def mechanisms(cls, answers: Sequence[Any], *, max_rows: int) -> list[dict[str, Any]]:
        """See ``Answer``; axes and weights are in the release."""
        stated = super().mechanisms(answers, max_rows=max_rows)
        return [
            {**mechanism, "tallies": {"name": answer.name, "values": answer.values.size}}
            for mechanism, answer in zip(stated, answers, strict=True)
        ]

    @classmethod
    def composition(cls) -> str:
        """See ``Answer``."""
        return "a weighted tally is one vector with a d_in of its own"


def _sensitivity(descriptor: Mapping[str, Any], max_rows: int) -> int:
    weights = descriptor["weights"]
    squares = 1 if weights is None else max(sum(weight**2 for weight in row) for row in weights)
    return l2_sensitivity(squares=squares, max_rows=max_rows)


def _fault_of(descriptor: Mapping[str, Any], shape: tuple[int, ...]) -> str | None:
    """Return why a descriptor, which may come from an untrusted bundle, is not that of a tally of a shape."""
    if set(descriptor) != {"name", "axes", "weights"} or not is_name(descriptor["name"]):
        return "has no name that can be shown, or other parts"
    axes, weights = descriptor["axes"], descriptor["weights"]
    if not isinstance(axes, tuple) or not 0 < len(axes) <= _MOST_AXES or not all(map(_is_axis, axes)):
        return f"does not have 1 to {_MOST_AXES} axes"
    sizes = tuple(axis["size"] for axis in axes)
    if prod(sizes) > _MOST_CELLS:
        return f"has more than {_MOST_CELLS:,} cells"
    if weights is None:
        return None if shape == sizes else "has another shape than its axes"
    return _fault_of_weights(weights, cells=prod(sizes), shape=shape)


def _is_axis(axis: object) -> bool:
    if not isinstance(axis, dict) or not isinstance(axis.get("of"), str):
        return False
    return type(axis.get("size")) is int and 0 < axis["size"] <= _MOST_CELLS


def _fault_of_weights(weights: object, *, cells: int, shape: tuple[int, ...]) -> str | None:
    if not isinstance(weights, tuple) or len(weights) != cells or cells * max(1, prod(shape)) > _MOST_WEIGHTS:
        return f"does not have one row of weights per cell, or has more than {_MOST_WEIGHTS:,} weights"
    if not all(isinstance(row, tuple) and (len(row),) == shape for row in weights):
        return "has rows of weights of another length than its values"
    if not all(type(weight) is int and abs(weight) < _LARGEST_WEIGHT for row in weights for weight in row):
        return "has weights that are not whole numbers below 2 ** 31"
    return None if any(map(any, weights)) else "has no weight other than 0, so it measures nothing"


def _as_tuple(part: Any) -> Any:
    return tuple(map(_as_tuple, part)) if isinstance(part, list) else part
