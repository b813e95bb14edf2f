"""What somebody who knows a mechanism writes: its parameters, and rows of a world that has them.

Example:
    >>> class Coins(Simulator):
    ...     parameters = {"heads": Parameter(low=0.1, high=0.9)}
    ...     def render(self, parameters, rows, rng):
    ...         return {"heads": rng.random(rows) < parameters["heads"]}
    >>> world = Coins().render({"heads": 0.5}, 4, np.random.default_rng(0))
    >>> world["heads"].tolist()
    [False, True, True, True]
    >>> Coins().draw(2, np.random.default_rng(0)).round(2).tolist()
    [[0.61], [0.32]]
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from synth_assets.errors import UsageError

__all__ = ["Parameter", "Simulator", "from_unit", "to_unit", "unit_slopes"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number that a mechanism has and that nobody knows.

    Attributes:
        low: the least that it may be.
        high: the most that it may be.
        log: whether it varies by factors, as rates do, and not by differences.
        meaning: what it is, in words.
    """

    low: float
    high: float
    log: bool = False
    meaning: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise UsageError(
                f"a parameter from {self.low} to {self.high} has no range", hint="let low be less than high"
            )
        if self.log and self.low <= 0:
            raise UsageError(f"a parameter from {self.low} cannot vary by factors", hint="let low be above 0")


class Simulator(ABC):
    """A mechanism with parameters. Subclasses write :attr:`parameters` and :meth:`render`, and nothing else is needed.

    Attributes:
        parameters: what is calibrated, by name, in a fixed order.
        portable: whether rows are the same on every processor: elementwise arithmetic in double precision, and real
            numbers rounded to the digits that people write. Matrix products and single precision are not.
    """

    parameters: ClassVar[Mapping[str, Parameter]]
    portable: ClassVar[bool] = False

    @abstractmethod
    def render(self, parameters: Mapping[str, float], rows: int, rng: np.random.Generator) -> Any:
        """Return rows of one world.

        Args:
            parameters: a number for each of :attr:`parameters`.
            rows: how many, at least 1.
            rng: the only source of randomness.

        Returns:
            An array of ``rows`` values for each column, by name: a mapping, or a table of pandas or Arrow. Columns that
            the contract does not have are left out.
        """

    def draw(self, count: int, rng: np.random.Generator) -> Floats:
        """Return parameters as likely as they are before any data is seen, shape (count, parameters).

        By default they are even in their ranges, on the scale on which each varies.
        """
        return from_unit(list(self.parameters.values()), rng.random((count, len(self.parameters))))

    def vary(self, parameters: Floats, degree: float, rng: np.random.Generator) -> Floats:
        """Return neighbours of parameters, in the same shape, (count, parameters).

        Args:
            parameters: where to start.
            degree: how far they go, from 0 to 1. By default it is the standard deviation of a normal step, as a share
                of each range; steps beyond the end of a range are reflected.
            rng: the only source of randomness.
        """
        ranges = list(self.parameters.values())
        moved = to_unit(ranges, parameters) + degree * rng.standard_normal(parameters.shape)
        return from_unit(ranges, 1 - np.abs(1 - np.mod(moved, 2)))


def from_unit(ranges: Sequence[Parameter], unit: Floats) -> Floats:
    """Return parameters from where they are in their ranges, between 0 and 1; shape (..., parameters) both."""
    low, high, log = _ends(ranges)
    numbers = low + (high - low) * unit
    return np.where(log, np.exp(numbers), numbers)


def to_unit(ranges: Sequence[Parameter], parameters: Floats) -> Floats:
    """Invert :func:`from_unit`."""
    low, high, log = _ends(ranges)
    numbers = np.where(log, np.log(np.where(log, parameters, 1.0)), parameters)
    return np.asarray((numbers - low) / (high - low))


def unit_slopes(ranges: Sequence[Parameter], parameters: Floats) -> Floats:
    """Return how fast parameters change with where they are in their ranges, shape (..., parameters)."""
    low, high, log = _ends(ranges)
    return np.asarray((high - low) * np.where(log, parameters, 1.0))


def _ends(ranges: Sequence[Parameter]) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    log = np.array([parameter.log for parameter in ranges])
    low = np.array([parameter.low for parameter in ranges], dtype=np.float64)
    high = np.array([parameter.high for parameter in ranges], dtype=np.float64)
    return np.where(log, np.log(np.where(log, low, 1)), low), np.where(log, np.log(np.where(log, high, 1)), high), log
