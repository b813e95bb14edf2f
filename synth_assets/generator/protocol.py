"""What every kind of generator does, and what only some kinds can.

Every kind fits and samples: that is enough for candidates, checks, promotion and
evidence. :class:`Answering`, :class:`Refitting` and :class:`Conditioning` are abilities;
``abilities`` tells which a kind has, and refuses in words what it has not.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.contract.generator import Options
from synth_assets.domain import Domain
from synth_assets.generator.condition import Condition
from synth_assets.release import Level, Release

__all__ = ["Answering", "Conditioning", "Generator", "Progress", "Refitting"]

Progress = Callable[[str], None]
"""Takes one line of text about how far a fit is."""


class Generator(Protocol):
    """A model of a table that sees a release and nothing else.

    1. ``fit`` is a function of the release, the options, the seed and the device.
    2. ``sample`` is a function of its arguments and the fitted state: any shard
       can be drawn anywhere, in any order.
    3. ``load`` of ``contents`` samples the same bytes, without what only ``fit`` needs.

    A kind is a class that is made without arguments, or with its options.

    Attributes:
        kind: its name in contracts.
        reads: the kinds of answers that a fit needs; a release without one of them is refused.
        options: what a contract may say beside ``kind``: a subclass of ``Options``.
        libraries: the distributions whose versions decide the numbers of a fit, its own package among them.
        method: raised when a change of the code makes another fit of the same release.
    """

    kind: ClassVar[str]
    reads: ClassVar[frozenset[str]]
    options: ClassVar[type[Options]]
    libraries: ClassVar[tuple[str, ...]]
    method: ClassVar[int]

    def __init__(self, options: Any = None) -> None:
        """Make an unfitted generator; ``options`` is an object of :attr:`options`, or ``None`` for the defaults."""
        ...

    @property
    def domain(self) -> Domain:
        """The columns that it samples, as its release has them."""
        ...

    def fit(self, release: Release, *, seed: int, device: str = "cpu", progress: Progress | None = None) -> None:
        """Fit to the answers of ``release``.

        Raises:
            UsageError: the device is not there, or this kind cannot use it.
        """
        ...

    def sample(self, rows: int, *, seed: int, shard: int, attempt: int = 0) -> pa.RecordBatch:
        """Return ``rows`` rows of the measured columns."""
        ...

    def contents(self) -> dict[str, bytes]:
        """Return the fitted state as safetensors and JSON, by the file's name."""
        ...

    @classmethod
    def load(cls, contents: Mapping[str, bytes], *, release: Release | None = None) -> Self:
        """Read what :meth:`contents` returned; with ``release``, only what was fitted to its columns.

        Raises:
            IntegrityError: these are not the files of a fitted state.
        """
        ...

    @classmethod
    def largest(cls, release: Release) -> Mapping[str, int]:
        """Return name and most bytes of each file of a generator that was fitted to ``release``."""
        ...


@runtime_checkable
class Answering(Protocol):
    """A generator that knows the probabilities behind its rows in closed form."""

    def marginal(self, attributes: Sequence[str], *, level: Level = "coarse") -> NDArray[np.float64]:
        """Return the model's joint probabilities, one axis per attribute."""
        ...


@runtime_checkable
class Refitting(Protocol):
    """A generator that can be fitted many times, for error bars."""

    def refit(self, release: Release, *, seed: int) -> Self:
        """Return a generator fitted the same way to a release that differs in its noise, as cheaply as is fair.

        It may be called from several threads at once.
        """
        ...


@runtime_checkable
class Conditioning(Protocol):
    """A generator that can be narrowed to a condition in closed form."""

    def given(self, where: Condition) -> Self:
        """Return the same model under a condition, and under those that held before.

        Raises:
            UsageError: the model gives the condition no probability.
        """
        ...
