"""Workers of a Dask cluster that is there already: ``dask://scheduler:8786``, or ``dask+tls://...`` with certificates.

Certificates, timeouts and everything else that Dask wants to know come from Dask's own configuration; but the first
connection has ten seconds at most, because nothing is paid yet. Nothing but this module imports Dask, and only when an
address asks for it.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from importlib.util import find_spec

from synth_assets.errors import Fault, UsageError
from synth_assets.workers import Opener

__all__ = ["opener"]

_PROTOCOLS = {"dask": "tcp", "dask+tls": "tls"}
_FIRST_SECONDS = 10.0


def opener(address: str, prepare: Callable[[], None] | None) -> Opener:
    """Return what connects to a scheduler. See ``workers.opener``; its workers are not started for us, nor prepared."""
    del prepare
    scheme, _, host = address.partition("://")
    if scheme not in _PROTOCOLS or not host:
        raise UsageError(f"workers {address!r} have no scheduler", hint="dask://scheduler:8786")
    if find_spec("distributed") is None:
        raise UsageError(f"workers {address!r} need Dask", hint="pip install 'synth-assets[dask]'")
    return _Scheduler(f"{_PROTOCOLS[scheme]}://{host}").connect


class _Scheduler:
    """Connects to a scheduler: impatient at first, then as patient as Dask, because it may be starting again."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._answered = False

    def connect(self) -> Executor:
        """Return an executor.

        Raises:
            Fault: nobody answers.
        """
        patience = _patience()
        seconds = patience if self._answered else min(patience, _FIRST_SECONDS)
        try:
            executor = _connected(self._address, seconds, then=patience)
        except Exception:  # noqa: BLE001 - what is there may speak another protocol, of which Dask makes any error
            message = f"no scheduler of Dask answers at {self._address} within {seconds:g} seconds"
        else:
            self._answered = True
            return executor
        raise Fault(message, hint="start it, or correct the address; is there a firewall between?")


def _patience() -> float:
    """Return how many seconds Dask is told to try to connect."""
    import distributed  # noqa: F401 - brings its configuration
    from dask import config
    from dask.utils import parse_timedelta

    return float(parse_timedelta(config.get("distributed.comm.timeouts.connect")))


def _connected(address: str, seconds: float, *, then: float) -> Executor:
    from distributed import Client
    from distributed.cfexecutor import ClientExecutor

    class Cluster(ClientExecutor):
        """Dask's own executor, which also closes its connection. Each task has a random name."""

        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as in `Executor`
            super().shutdown(wait=wait and not cancel_futures)  # type: ignore[no-untyped-call]
            self._client.close()

    client = Client(address, timeout=seconds, set_as_default=False)
    client._timeout = then  # noqa: SLF001 - it has this one name for the first connection and for those after it
    executor: Executor = Cluster(client, pure=False)  # type: ignore[no-untyped-call]
    return executor
