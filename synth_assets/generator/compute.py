"""Where fits and samples are worked out: on which device, and by how many processes.

Neither changes what is sampled. A device may change what is fitted, so it stands
in the generator's description.

Example:
    >>> with Compute(workers=1).pool() as executor:
    ...     executor is None
    True
"""

from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from multiprocessing import get_context

from synth_assets.errors import UsageError

__all__ = ["Compute"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compute:
    """What a caller has to work with.

    Attributes:
        device: where a generator is fitted; ``cpu``, or what the kind knows, such as ``cuda``.
        workers: processes that draw shards of 1,000,000 rows.
    """

    device: str = "cpu"
    workers: int = 1

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise UsageError(f"workers={self.workers} must be >= 1", hint="1 draws shards one by one, in this process")

    def pool(self) -> AbstractContextManager[Executor | None]:
        """Return a pool of fresh processes, to be closed after use; with one worker ``None``, which means here."""
        if self.workers == 1:
            return nullcontext()
        return ProcessPoolExecutor(self.workers, mp_context=get_context("spawn"))
