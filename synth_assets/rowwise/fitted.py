"""A fitted scorer with all that scoring a row takes: its features, and what its classes are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.errors import IntegrityError
from synth_assets.rowwise.axis import Codes
from synth_assets.rowwise.features import Features
from synth_assets.rowwise.linear import Linear
from synth_assets.rowwise.material import Arrays, digest_of
from synth_assets.rowwise.scorer import Scorer, Scores
from synth_assets.rowwise.shared import once
from synth_assets.rowwise.trees import Trees

__all__ = ["SCORERS", "FittedScorer"]

SCORERS: dict[str, type[Scorer]] = {kind.kind: kind for kind in (Trees, Linear)}
"""The forms of scorers; every model ends as one of them."""

_AT_ONCE = 1 << 15
"""Rows whose features are in memory at once."""
_HINT = "fit the model again: that is free"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FittedScorer:
    """Implements ``Material``: a scorer of the rows of one domain.

    Attributes:
        scorer: trees or linear weights.
        features: what it reads.
        classes: text of each class.
        seen: class of each of the scorer's own classes, ascending: a class without a synthetic row has a score of 0.
    """

    what: ClassVar[str] = "scorer"

    scorer: Scorer
    features: Features
    classes: tuple[str, ...]
    seen: tuple[int, ...]

    def __post_init__(self) -> None:
        ascending = sorted(set(self.seen)) == list(self.seen) and set(self.seen) <= set(range(len(self.classes)))
        if not ascending or len(self.seen) != self.scorer.classes or self.features.width != self.scorer.inputs:
            raise IntegrityError("the scorer, its features and its classes do not belong together", hint=_HINT)

    @property
    def digest(self) -> str:
        """See ``Material``."""
        return digest_of(self)

    def score(self, rows: Codes, domain: Domain) -> Scores:
        """Return the probability of each class for each row, float64 in [0, 1], shape (rows, classes).

        Shared rows are scored once, see ``shared.once``.

        Raises:
            IntegrityError: the domain has other columns than it was fitted to; decided before any row is looked at.
        """
        return once(rows, (self, domain), partial(self._score, rows, domain))

    def _score(self, rows: Codes, domain: Domain) -> Scores:
        parts = [
            self.scorer.score(self.features.matrix([codes[start : start + _AT_ONCE] for codes in rows], domain))
            for start in range(0, max(1, rows[0].size), _AT_ONCE)
        ]
        seen = np.concatenate(parts)
        scores = np.zeros((len(seen), len(self.classes)))
        scores[:, list(self.seen)] = seen
        return scores

    def facts(self) -> dict[str, Any]:
        """See ``Material``."""
        return {
            "scorer": self.scorer.kind,
            "columns": list(self.features.columns),
            "layout": self.features.layout,
            "classes": list(self.classes),
            "seen": list(self.seen),
        }

    def arrays(self) -> dict[str, NDArray[Any]]:
        """See ``Material``."""
        tables = {f"features.{index}": table for index, table in enumerate(self.features.tables)}
        return {**tables, **{f"scorer.{name}": array for name, array in self.scorer.as_arrays().items()}}

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """See ``Material``."""
        tables = [arrays[f"features.{index}"] for index in range(len(facts["columns"]))]
        own = {name.removeprefix("scorer."): array for name, array in arrays.items() if name.startswith("scorer.")}
        return cls(
            scorer=SCORERS[facts["scorer"]].from_arrays(own),
            features=Features(columns=tuple(facts["columns"]), layout=str(facts["layout"]), tables=tuple(tables)),
            classes=tuple(map(str, facts["classes"])),
            seen=tuple(map(int, facts["seen"])),
        )
