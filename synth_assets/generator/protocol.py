"""What every kind of generator can do."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Protocol, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.domain import Domain
from synth_assets.generator.condition import Condition
from synth_assets.release import Level, Release

__all__ = ["Generator", "Progress"]

Progress = Callable[[str], None]
"""Takes one line of text about how far a fit is."""


class Generator(Protocol):
    """A model of a table that sees a release and nothing else.

    1. ``fit`` is a function of the release, the seed and the device.
    2. ``sample`` is a function of its arguments and the fitted state: any shard
       can be drawn anywhere, in any order.
    3. ``load`` of ``contents`` samples the same bytes, without torch.
    """

    kind: ClassVar[str]

    @property
    def domain(self) -> Domain:
        """The columns that it samples, as its release has them."""
        ...

    def fit(self, release: Release, *, seed: int, device: str = "cpu", progress: Progress | None = None) -> None:
        """Fit to the noisy marginals of ``release``."""
        ...

    def refit(self, release: Release, *, seed: int) -> Self:
        """Return a generator fitted the same way to a release that differs in its noise, as cheaply as is fair."""
        ...

    def marginal(
        self, attributes: Sequence[str], *, level: Level = "coarse", where: Condition | None = None
    ) -> NDArray[np.float64]:
        """Return the model's joint probabilities, under a condition if one is given, one axis an attribute."""
        ...

    def sample(
        self, rows: int, *, seed: int, shard: int, attempt: int = 0, where: Condition | None = None
    ) -> pa.RecordBatch:
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
