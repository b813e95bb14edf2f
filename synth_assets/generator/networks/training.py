"""Train a network: again from another start if it diverges, and a clear fault if that does not help."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from numpy.typing import NDArray

from synth_assets.errors import Fault
from synth_assets.generator.networks.teacher import Teacher
from synth_assets.generator.protocol import Progress

__all__ = ["Diverged", "Fitting", "Shapes", "Weights", "train_or_restart"]

Weights = dict[str, NDArray[Any]]
"""What is learnt, by name."""
Shapes = Mapping[str, tuple[int, ...]]
Trained = TypeVar("Trained")
_RESTARTED = 1 << 32
"""Added to the seed of a second start; seeds of fits are smaller."""


class Diverged(Exception):  # noqa: N818 - says what happened
    """The loss, or what is learnt, is not a finite number any more, or is worse than knowing nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitting:
    """What a network learns from.

    Attributes:
        kind: of the generator, for messages.
        teacher: a mixture that was fitted to the release.
        level: how far rows that a network draws with its weights are from the released tables.
        enough: how far rows of the teacher are, by the same measure.
        seed: determines the start, and the teacher's rows.
        device: where to train.
        progress: called with a message every few seconds.
    """

    kind: str
    teacher: Teacher
    level: Callable[[Weights], float]
    enough: float
    seed: int
    device: str
    progress: Progress | None


def train_or_restart(train: Callable[[int], Trained], *, kind: str, seed: int, progress: Progress | None) -> Trained:
    """Return what a training gives; once more from another start if it diverges.

    Args:
        train: called with a seed; raises :class:`Diverged` as soon as it sees that it does.
        kind: of the generator, for messages.
        seed: of the fit.
        progress: told of a restart.

    Raises:
        Fault: it diverged twice. Nothing was written.
    """
    try:
        return train(seed)
    except Diverged as first:
        if progress is not None:
            progress(f"the {kind} diverged ({first}); starting once more from other numbers")
    try:
        return train(seed + _RESTARTED)
    except Diverged as second:
        raise Fault(
            f"a {kind} cannot be fitted to this release: it diverged from two starts, at last because {second}",
            hint="nothing was stored and nothing is to be paid again; try another seed, smaller options, or `mixture`",
        ) from second
