"""Exactly one result of each task, whatever becomes of the workers that run it.

A task is a function of a module with plain arguments, and a function of these alone; so it may be run again. What it
raises stays where it ran: an error may tell of a row, and executors, their logs and their pages show errors. So
a task that fails and a task whose worker was killed look the same, and both are tried again.

Example:
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with Pool(ThreadPoolExecutor) as pool:
    ...     sorted(pool.results(pow, [(2, 3), (3, 2)]))
    [(0, 8), (1, 9)]
"""

import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from synth_assets.errors import Fault
from synth_assets.workers import Opener
from synth_assets.workers.in_order import AT_ONCE, TRIES, Reopened

__all__ = ["Pool", "silent"]

EVERY_SECONDS = 60.0


class Pool:
    """Workers that are opened when they are first needed, and again when they broke.

    Args:
        opened: opens an executor.
    """

    __slots__ = ("_executor",)

    def __init__(self, opened: Opener) -> None:
        self._executor = Reopened(opened)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def results(
        self,
        task: Callable[..., Any],
        arguments: Iterable[tuple[Any, ...]],
        *,
        meanwhile: Callable[[], None] = lambda: None,
        seconds: float = math.inf,
    ) -> Iterator[tuple[int, Any]]:
        """Yield the number and the result of each task, in the order in which they end.

        Args:
            task: a function of a module, of its arguments alone, that does not return ``None``.
            arguments: of each task.
            meanwhile: called every minute while there is something to wait for.
            seconds: how long to wait for a result, at most a minute or for ever.

        Raises:
            Fault: a task failed, or lost its worker, too often, or none ended in time; it does not say which or why.
        """
        waiting = deque((number, words, 1) for number, words in enumerate(arguments))
        running: dict[Future[Any], tuple[int, tuple[Any, ...], int]] = {}
        called = time.monotonic()
        try:
            while waiting or running:
                while waiting and len(running) < AT_ONCE:
                    number, words, tries = waiting.popleft()
                    running[self._submit(task, words)] = (number, words, tries)
                done, _ = wait(running, timeout=min(EVERY_SECONDS, seconds), return_when=FIRST_COMPLETED)
                if not done and seconds <= EVERY_SECONDS:
                    raise _fault()
                for future in done:
                    number, words, tries = running.pop(future)
                    result = _result(future)
                    if result is not None:
                        yield number, result
                    elif tries < TRIES:
                        waiting.append((number, words, tries + 1))
                    else:
                        raise _fault()
                if time.monotonic() - called > EVERY_SECONDS:
                    meanwhile()
                    called = time.monotonic()
        finally:
            for future in running:
                future.cancel()

    def close(self) -> None:
        """Give the workers up; tasks that were not started are dropped."""
        self._executor.shutdown(cancel_futures=True)

    def open(self) -> bool:
        """Open the workers unless they are open; return whether they could be."""
        try:
            self._executor.open()
        except Exception:  # noqa: BLE001 - as below
            return False
        return True

    def _submit(self, task: Callable[..., Any], words: tuple[Any, ...]) -> Future[Any]:
        with suppress(Exception):  # what it says may hold the task's arguments
            return self._executor.submit(silent, task, *words)
        raise _fault()


def silent(task: Callable[..., Any], *words: Any) -> Any:
    """Return what a task returns, and ``None`` for anything that it raises."""
    try:
        return task(*words)
    except BaseException:  # noqa: BLE001 - it may tell of a row
        return None


def _result(future: Future[Any]) -> Any:
    try:
        return future.result()
    except BaseException:  # noqa: BLE001 - a worker was lost; what is said of that is not for us either
        return None


def _fault() -> Fault:
    return Fault(
        "the workers cannot do a task", hint="check that each can read the source and write the scratch folder"
    )
