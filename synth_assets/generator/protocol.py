"""What every kind of generator does, and what only some kinds can do.

Every kind fits and samples: that is enough for candidates, checks, promotion and
evidence. :class:`Answering`, :class:`Refitting`, :class:`Conditioning` and :class:`Keeping` are optional;
``abilities`` returns which of them a kind has, and refuses the others with an explanation.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.contract.generator import Options
from synth_assets.domain import Domain
from synth_assets.generator.condition import Condition
from synth_assets.generator.rules import Rules
from synth_assets.release import Level, Release

__all__ = ["Answering", "Conditioning", "Generator", "Keeping", "Progress", "Refitting"]

Progress = Callable[[str], None]
"""Called with one line of text about the progress of a fit."""


class Generator(Protocol):
    """A model of a table that sees a release and nothing else.

    1. ``fit`` is a function of the release, the options, the seed and the device.
    2. ``sample`` is a function of its arguments and the fitted state: any shard
       can be drawn anywhere, in any order.
    3. ``load`` of ``contents`` samples the same bytes, without what only ``fit`` needs.

    A kind is a class that is constructed without arguments, or with its options. One whose options name code of
    somebody else's has a class method ``code(options)`` that returns its digests, by what it is: they decide a fit too;
    one that cannot make all columns has a class method ``refuse_domain(options, domain)``, called before paying.

    Attributes:
        kind: its name in contracts.
        reads: the kinds of answers that a fit needs; a release without one of them is refused.
        options: what a contract may contain besides ``kind``: a subclass of ``Options``.
        libraries: the distributions whose versions affect the numbers of a fit, including its own package.
        method: increased when a change of the code changes the fit of the same release.
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
        """The columns that it samples, as in its release."""
        ...

    @property
    def portable(self) -> bool:
        """Whether it samples the same rows on every processor, so that other rows are a fault and no accident."""
        ...

    def fit(self, release: Release, *, seed: int, device: str = "cpu", progress: Progress | None = None) -> None:
        """Fit to the answers of ``release``.

        Raises:
            UsageError: the device does not exist, or this kind cannot use it.
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

    def largest(self, release: Release) -> Mapping[str, int]:
        """Return the name and the largest size in bytes of each file after a fit to ``release`` with these options."""
        ...


@runtime_checkable
class Answering(Protocol):
    """A generator that can compute the probabilities of its rows in closed form."""

    def marginal(self, attributes: Sequence[str], *, level: Level = "coarse") -> NDArray[np.float64]:
        """Return the model's joint probabilities, one axis per attribute."""
        ...


@runtime_checkable
class Refitting(Protocol):
    """A generator that can be fitted many times, for error bars."""

    def refit(self, release: Release, *, seed: int) -> Self:
        """Return a generator fitted the same way to a release that differs in its noise.

        It may pool or iterate less than ``fit``, as long as the error bars stay fair.
        It may be called from several threads at once.
        """
        ...


@runtime_checkable
class Calibrated(Protocol):
    """A generator with parameters that mean something, and that can be too simple for the data."""

    def calibration(self) -> dict[str, Any]:
        """Return what the calibration found, as JSON values.

        These are ``simulator`` and its ``code`` by name and digest; ``parameters``, each with ``name``, ``meaning``,
        ``estimate``, ``spread`` and the value ``used``; the ``share`` of the rows that are simulated; and ``tables``,
        each with its ``attributes``, its ``distance`` from the simulated rows and what noise and sampling
        ``explained`` of it.
        """
        ...


@runtime_checkable
class Keeping(Protocol):
    """A generator that samples by rules, instead of rows that break them being drawn again."""

    def keeping(self, rules: Rules) -> Self:
        """Return the same model, whose rows keep rules as far as it can without changing the columns' own counts.

        Rows that break one nevertheless are drawn again by whoever asked.
        """
        ...


@runtime_checkable
class Conditioning(Protocol):
    """A generator that can be narrowed to a condition in closed form."""

    def given(self, where: Condition) -> Self:
        """Return the same model under a condition, in addition to earlier conditions.

        Raises:
            UsageError: the model gives the condition probability 0.
        """
        ...
