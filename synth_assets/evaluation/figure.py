"""A measured figure: a number with bounds that hold despite the noise."""

from dataclasses import dataclass

__all__ = ["Figure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure about real rows, from noisy answers.

    The bounds are about the rows that were read, not about a population: they cover the noise and not the
    chance of who is in the table. Those of a leak also cover the chance of who was held out.

    Attributes:
        value: the estimate.
        low: lower bound; above the true figure with a probability of at most ``beta``.
        high: upper bound; below the true figure with a probability of at most ``beta``.
        beta: chance of each bound to fail.
        deviation: standard deviation of the estimate by noise, to first order.
    """

    value: float
    low: float
    high: float
    beta: float
    deviation: float
