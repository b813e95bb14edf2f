"""Whether a fitted model guesses a row's own value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.errors import UsageError
from synth_assets.rowwise.axis import CodeAxis, Codes
from synth_assets.rowwise.fitted import FittedScorer
from synth_assets.rowwise.material import Materials, named_in

__all__ = ["GuessAxis"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessAxis:
    """Implements ``Axis``: place 1 where the class with the highest score is the row's own, else place 0.

    Attributes:
        fitted: the scorer; of classes with equal scores the first is its guess.
        target: the row's own class: its place on this axis.

    Raises:
        UsageError: the scorer has other classes, or reads the column that it guesses.
    """

    of: ClassVar[str] = "guess"

    fitted: FittedScorer
    target: CodeAxis

    def __post_init__(self) -> None:
        if self.fitted.classes != self.target.labels:
            raise UsageError(
                f"the scorer has other classes than {self.target.column!r} here", hint="fit it to this target"
            )
        if self.target.column in self.fitted.features.columns:
            raise UsageError(f"the scorer reads {self.target.column!r}, which it guesses", hint="fit it without")

    @property
    def size(self) -> int:
        """See ``Axis``."""
        return 2

    def places(self, rows: Codes, domain: Domain) -> NDArray[np.intp]:
        """See ``Axis``."""
        own = self.target.places(rows, domain)
        guesses = self.fitted.score(rows, domain).argmax(axis=1)
        return np.asarray(guesses == own, dtype=np.intp)

    def as_json(self) -> dict[str, Any]:
        """See ``Axis``."""
        return {
            "of": self.of,
            "size": self.size,
            "material": self.fitted.digest,
            "target": self.target.as_json(),
            "labels": ("wrong", "right"),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any], materials: Materials) -> Self:
        """Invert :meth:`as_json`; see ``registry.axis_from_json``."""
        return cls(
            fitted=named_in(value, materials, FittedScorer), target=CodeAxis.from_json(value["target"], materials)
        )
