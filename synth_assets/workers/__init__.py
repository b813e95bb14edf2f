"""Where tasks run that any number of processes may share, by an address: ``processes:4``, ``dask://scheduler:8786``.

A kind of workers is a module here with a function that opens a ``concurrent.futures.Executor``, and a line in
:data:`KINDS`. ``local`` is not a kind: everything is done in the process that asks.

Example:
    >>> opener("local") is None
    True
    >>> opener("threads:2")
    Traceback (most recent call last):
        ...
    synth_assets.errors.UsageError: workers 'threads:2' are unknown
      hint: local, processes:4, dask://scheduler:8786
"""

from collections.abc import Callable
from concurrent.futures import Executor
from importlib import import_module

from synth_assets.errors import UsageError

__all__ = ["KINDS", "LOCAL", "Opener", "opener"]

LOCAL = "local"
"""The word for counting in the measuring process itself."""
KINDS: dict[str, str] = {
    "processes": "synth_assets.workers.processes:opener",
    "dask": "synth_assets.workers.dask_cluster:opener",
    "dask+tls": "synth_assets.workers.dask_cluster:opener",
}
"""What stands before the colon of an address, and what reads it."""

Opener = Callable[[], Executor]
"""Opens an executor; shutting that down gives up everything it holds."""


def opener(address: str, *, prepare: Callable[[], None] | None = None) -> Opener | None:
    """Return what opens the workers of an address; ``None`` for ``local``. Nothing is opened here.

    Args:
        address: where.
        prepare: called in each process that is started for us, before any task; a function of a module.

    Raises:
        UsageError: no kind of workers has such an address, or a package that it needs is not installed.
    """
    if address == LOCAL:
        return None
    scheme = address.partition(":")[0]
    if scheme not in KINDS:
        raise UsageError(f"workers {address!r} are unknown", hint="local, processes:4, dask://scheduler:8786")
    module, _, function = KINDS[scheme].partition(":")
    read: Callable[[str, Callable[[], None] | None], Opener] = getattr(import_module(module), function)
    return read(address, prepare)
