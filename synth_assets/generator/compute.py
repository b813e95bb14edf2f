"""The device for fits, and what draws and counts shards.

Neither changes what is sampled or counted. The device may change what is fitted, so it is part
of the generator's description.

Example:
    >>> with Compute(workers=1).pool() as executor:
    ...     executor is None
    True
"""

from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from synth_assets.errors import UsageError
from synth_assets.workers import LOCAL, opener
from synth_assets.workers.in_order import Reopened

__all__ = ["Compute"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compute:
    """The computing resources of a caller.

    Attributes:
        device: where a generator is fitted; ``cpu``, or another that the kind supports, such as ``cuda``.
        workers: processes of this machine that draw shards of 1,000,000 rows, and count them for checks.
        address: of workers that do so instead, see ``workers.opener``; they see the same folders.
    """

    device: str = "cpu"
    workers: int = 1
    address: str | None = None

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise UsageError(f"workers={self.workers} must be >= 1", hint="1 draws shards one by one, in this process")

    def pool(self) -> AbstractContextManager[Executor | None]:
        """Return an executor, to be closed after use; ``None`` where this process does it: one worker, or ``local``.

        It is opened when it is first used, and again if a worker was lost.

        Raises:
            UsageError: see ``workers.opener``.
        """
        opened = opener(self.address or (LOCAL if self.workers == 1 else f"processes:{self.workers}"))
        return nullcontext() if opened is None else Reopened(opened)
