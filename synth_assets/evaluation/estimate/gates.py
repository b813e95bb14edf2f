r"""Limits that a figure must surely keep, and what is known of a gate before it is paid for.

A gate looks at one bound: ``low >= minimum`` or ``high <= maximum``. A figure on the wrong side of its limit passes
with a probability of at most ``beta`` per gate and attempt, ``beta`` in total over all (Bonferroni).

Before paying, the deviation of a figure is known from the number of rows, the synthetic table and rho
(:mod:`~synth_assets.evaluation.estimate.planning`). The **room** of a gate is the distance from its limit to the best
value that there is: ``maximum - 0`` for a gap or a distance, ``1 - minimum`` for an accuracy or an area. A
deviation above a third of the room is refused: at a ``beta`` of .01 a bound is 2.3 deviations away, so even the best
table would fail one time in four, and any real one more often.

Example:
    >>> gate = Gate(name="auc", minimum=0.85)
    >>> round(gate.room, 2), gate.decides(0.004), gate.decides(0.06)
    (0.15, True, False)
"""

import math
from dataclasses import dataclass

from synth_assets.errors import UsageError

__all__ = ["Gate", "beta_per_bound"]

_NOISIEST = 1 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A limit for one figure.

    Attributes:
        name: the figure's name.
        minimum: the figure is surely at least this; or ``None``.
        maximum: the figure is surely at most this; or ``None``.
        best: the best value that there is: 1 for a minimum, 0 for a maximum if not given.
    """

    name: str
    minimum: float | None = None
    maximum: float | None = None
    best: float | None = None

    def __post_init__(self) -> None:
        if (self.minimum is None) == (self.maximum is None):
            raise UsageError(f"the gate {self.name} must have a minimum or a maximum", hint="state one of the two")
        if not math.isfinite(self.limit) or not self.room > 0:
            raise UsageError(
                f"the gate {self.name} at {self.limit:g} must leave room to the best value", hint="state a looser limit"
            )

    @property
    def limit(self) -> float:
        """The minimum or the maximum."""
        return next(limit for limit in (self.minimum, self.maximum) if limit is not None)

    @property
    def room(self) -> float:
        """Distance from the limit to the best value that there is."""
        if self.maximum is None:
            return (1.0 if self.best is None else self.best) - self.limit
        return self.limit - (0.0 if self.best is None else self.best)

    def decides(self, deviation: float) -> bool:
        """Tell whether the gate can tell good from bad: the deviation is at most a third of its room."""
        return deviation <= _NOISIEST * self.room


def beta_per_bound(total: float, *, gates: int, attempts: int) -> float:
    """Return the chance that each bound may fail with, so that all of them fail with at most ``total``.

    Args:
        total: chance that a candidate which breaks a limit passes in any attempt.
        gates: number of gates.
        attempts: evaluations that the contract allows.
    """
    if gates < 1 or attempts < 1:
        raise UsageError(f"{gates} gates and {attempts} attempts must be 1 or more", hint="leave gates out instead")
    if not 0 < total < 0.5:  # noqa: PLR2004 - a bound that fails half of the time is not one
        raise UsageError(f"beta={total:g} must be above 0 and below 0.5", hint="0.05 is usual")
    return total / (gates * attempts)
