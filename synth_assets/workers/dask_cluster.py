"""Workers of a Dask cluster that is there already: ``dask://scheduler:8786``, or ``dask+tls://...`` with certificates.

Certificates, timeouts and everything else that Dask wants to know come from Dask's own configuration. Nothing but this
module imports Dask, and only when an address asks for it.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from importlib.util import find_spec

from synth_assets.errors import UsageError
from synth_assets.workers import Opener

__all__ = ["opener"]

_PROTOCOLS = {"dask": "tcp", "dask+tls": "tls"}


def opener(address: str, prepare: Callable[[], None] | None) -> Opener:
    """Return what connects to a scheduler. See ``workers.opener``; its workers are not started for us, nor prepared."""
    del prepare
    scheme, _, host = address.partition("://")
    if scheme not in _PROTOCOLS or not host:
        raise UsageError(f"workers {address!r} have no scheduler", hint="dask://scheduler:8786")
    if find_spec("distributed") is None:
        raise UsageError(f"workers {address!r} need Dask", hint="pip install 'synth-assets[dask]'")
    return partial(_connect, f"{_PROTOCOLS[scheme]}://{host}")


def _connect(address: str) -> Executor:
    from distributed import Client
    from distributed.cfexecutor import ClientExecutor

    class Cluster(ClientExecutor):
        """Dask's own executor, which also closes its connection. Each task has a random name."""

        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as in `Executor`
            super().shutdown(wait=wait and not cancel_futures)  # type: ignore[no-untyped-call]
            self._client.close()

    client = Client(address, set_as_default=False)
    executor: Executor = Cluster(client, pure=False)  # type: ignore[no-untyped-call]
    return executor
