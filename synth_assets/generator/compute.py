"""The device and the number of processes for fits and samples.

Neither changes what is sampled. The device may change what is fitted, so it is part
of the generator's description.

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
    """The computing resources of a caller.

    Attributes:
        device: where a generator is fitted; ``cpu``, or another that the kind supports, such as ``cuda``.
        workers: processes that draw shards of 1,000,000 rows.
    """

    device: str = "cpu"
    workers: int = 1

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise UsageError(f"workers={self.workers} must be >= 1", hint="1 draws shards one by one, in this process")

    def pool(self) -> AbstractContextManager[Executor | None]:
        """Return a pool of fresh processes, to be closed after use; with one worker ``None``, for this process."""
        if self.workers == 1:
            return nullcontext()
        return ProcessPoolExecutor(self.workers, mp_context=get_context("spawn"))
