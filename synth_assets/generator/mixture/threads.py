"""Keep torch to one thread per operation while fits run side by side, so that their numbers stay the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import torch

__all__ = ["one_thread_each"]

_lock = Lock()
_running = 0
_before = 1


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Let torch use one thread per operation meanwhile, then as many as before the first caller."""
    global _running, _before  # noqa: PLW0603 - so is what it guards: torch's number of threads belongs to the process
    with _lock:
        if not _running:
            _before = torch.get_num_threads()
        _running += 1
        torch.set_num_threads(1)
    try:
        yield
    finally:
        with _lock:
            _running -= 1
            torch.set_num_threads(_before)  # threads that still run a fit have set their own number
