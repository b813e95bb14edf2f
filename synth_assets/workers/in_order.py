"""Tasks on public data, in order, on any executor or here: the same results for any number of workers.

A task is a function of a module and of its argument alone, so that it may be run again: a worker that is killed
changes nothing. What a task raises is raised where its result is asked for. Tasks that see private rows are of
``workers.pool``, where nothing that they raise is heard.

Example:
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with Reopened(ThreadPoolExecutor) as executor:
    ...     list(in_order(abs, [-1, 2, -3], executor))
    [1, 2, 3]
    >>> list(in_order(abs, [-1, 2, -3], None))
    [1, 2, 3]
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from typing import Any, TypeVar

from synth_assets.errors import Fault
from synth_assets.workers import Opener

__all__ = ["AT_ONCE", "TRIES", "Reopened", "in_order"]

Argument = TypeVar("Argument")
Result = TypeVar("Result")
TRIES = 4
"""How often a task is run at most."""
AT_ONCE = 256
"""Tasks that wait or run at once: what they are told, and their results, are in memory."""


class Reopened(Executor):
    """Workers that are opened when they are first needed, and again when they broke.

    Args:
        opened: opens an executor.
    """

    def __init__(self, opened: Opener) -> None:
        self._opened = opened
        self._executor: Executor | None = None

    def submit(self, task: Callable[..., Any], /, *words: Any, **named: Any) -> Future[Any]:
        """Submit a task; workers that broke refuse it, and new ones are opened."""
        try:
            return self.open().submit(task, *words, **named)
        except Exception:  # noqa: BLE001 - kinds of executors refuse in ways of their own; what is wrong is raised below
            self.shutdown(cancel_futures=True)
        return self.open().submit(task, *words, **named)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as in `Executor`
        """Give the workers up; they have ended when this returns, unless ``wait`` is false."""
        executor, self._executor = self._executor, None
        if executor is not None:
            with suppress(Exception):  # it may be broken, and then says so
                executor.shutdown(wait=wait, cancel_futures=cancel_futures)

    def open(self) -> Executor:
        """Open the workers unless they are open, and return them."""
        if self._executor is None:
            self._executor = self._opened()
        return self._executor


def in_order(
    task: Callable[[Argument], Result],
    arguments: Iterable[Argument],
    executor: Executor | None,
    *,
    at_once: int = AT_ONCE,
) -> Iterator[Result]:
    """Yield the result of each task, in the order of the arguments.

    Args:
        task: a function of a module, of its argument alone.
        arguments: of each task.
        executor: runs the tasks; this process, one after the other, if ``None``.
        at_once: tasks that are under way, or done and not asked for, at most.

    Raises:
        Fault: workers were lost too often at the same task.
    """
    if executor is None:
        yield from map(task, arguments)
        return
    waiting: deque[tuple[Argument, Future[Result]]] = deque()
    try:
        for argument in arguments:
            waiting.append((argument, executor.submit(task, argument)))
            if len(waiting) >= at_once:
                yield _result(task, *waiting.popleft(), executor)
        while waiting:
            yield _result(task, *waiting.popleft(), executor)
    finally:
        for _, future in waiting:
            future.cancel()


def _result(
    task: Callable[[Argument], Result], argument: Argument, future: Future[Result], executor: Executor
) -> Result:
    """Return what a task returns. A lost worker takes all tasks of its pool along; each runs again at its turn."""
    for _ in range(TRIES - 1):
        try:
            return future.result()
        except BrokenExecutor:
            future = executor.submit(task, argument)
    try:
        return future.result()
    except BrokenExecutor as error:
        raise Fault(
            f"workers were lost {TRIES} times at one task", hint="give them more memory, or use fewer at a time"
        ) from error
