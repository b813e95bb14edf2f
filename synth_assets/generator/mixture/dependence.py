"""What a model fitted to the answers so far says of columns together: how dependent pairs are, tables of triples.

A noisy pair table alone gives a poor estimate of a weak dependence; a model fitted
to all tables also uses the information in the others. The measurement plans its
next round with it: this is post-processing of paid answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.generator.cells.layout import Floats, Layout
from synth_assets.generator.cells.targets import FitTargets, lay_out
from synth_assets.release import NoisyMarginal

if TYPE_CHECKING:  # it imports torch
    from synth_assets.generator.mixture.fitting import FitPlan

__all__ = ["Reference"]

_FITS, _SMALLER = 8, 4
"""Mixtures of a reference, and how much smaller each is: what several agree on is what pairs say of triples."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reference:
    """A mixture fitted to the answers so far.

    Attributes:
        layout: the cells.
        weights: of the components, shape (components,).
        single: probabilities, shape (components, cells).
    """

    layout: Layout
    weights: NDArray[np.float32]
    single: NDArray[np.float32]

    @classmethod
    def sketch(cls, marginals: Sequence[NoisyMarginal], *, layout: Layout, total: float) -> Self:
        """Return a small one, accurate enough to rank pairs.

        Args:
            marginals: noisy one-way and pair tables.
            layout: the cells.
            total: noisy number of rows, at least 1.
        """
        from synth_assets.generator.mixture.fitting import SKETCH

        return cls._fitted(lay_out(marginals, layout=layout, total=total), SKETCH)

    @classmethod
    def full(cls, marginals: Sequence[NoisyMarginal], *, layout: Layout, total: float) -> Self:
        """Return one that explains the pairs as well as they can be: what a triple has beyond it, pairs do not say."""
        from synth_assets.generator.mixture.fitting import FEWEST_COMPONENTS, plan_fit

        targets = lay_out(marginals, layout=layout, total=total)
        plan = plan_fit(targets)
        smaller = max(FEWEST_COMPONENTS, plan.components // _SMALLER)
        return cls._fitted(targets, replace(plan, fits=_FITS, components=smaller))

    @classmethod
    def _fitted(cls, targets: FitTargets, plan: "FitPlan") -> Self:
        from synth_assets.generator.mixture.fitting import fit_mixtures

        weights, single = fit_mixtures(targets, plan, seed=0)
        return cls(layout=targets.layout, weights=weights, single=single)

    def dependences(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return, for each pair, the L1 distance of its joint distribution from independence, 0 to 2."""
        joint, one_way = (self.single * self.weights[:, None]).T @ self.single, self.weights @ self.single
        gap = np.abs(joint - np.outer(one_way, one_way))
        return [float(gap[self.layout.slice(a), self.layout.slice(b)].sum()) for a, b in pairs]

    def table(self, triple: tuple[str, str, str]) -> Floats:
        """Return the probabilities of three columns together, one axis per column."""
        first, second, third = (self.single[:, self.layout.slice(name)] for name in triple)
        both = (first * self.weights[:, None])[:, :, None] * second[:, None, :]
        table = both.reshape(len(both), -1).T @ third
        return table.reshape(first.shape[1], second.shape[1], -1).astype(np.float64)
