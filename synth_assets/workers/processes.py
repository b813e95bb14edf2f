"""Processes of this machine: ``processes:4``. They end when the process that opened them does, however that ends."""

import os
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context, parent_process
from threading import Thread

from synth_assets.errors import UsageError
from synth_assets.workers import Opener

__all__ = ["opener"]


def opener(address: str, prepare: Callable[[], None] | None) -> Opener:
    """Return what opens so many fresh processes. See ``workers.opener``."""
    number = address.partition(":")[2]
    if not number.isascii() or not number.isdigit() or int(number) < 1:
        raise UsageError(f"workers {address!r} have no number of processes", hint="processes:4")
    return partial(_open, int(number), prepare)


def _open(processes: int, prepare: Callable[[], None] | None) -> Executor:
    return ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(prepare,))


def _begin(prepare: Callable[[], None] | None) -> None:
    if prepare is not None:
        prepare()
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when its parent is gone: a parent that was killed could not tell it."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
