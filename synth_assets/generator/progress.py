"""Tell a reader of a log how far work by several threads is."""

from collections.abc import Callable
from threading import Lock

__all__ = ["CountedProgress"]


class CountedProgress:
    """Tells the reader of a log, at each call from any thread, how much is done.

    Args:
        progress: is told; ``None`` for nobody.
        words: with ``{}`` for the number.
    """

    def __init__(self, progress: Callable[[str], None] | None, *, words: str) -> None:
        self._done, self._progress, self._words, self._lock = 0, progress, words, Lock()

    def __call__(self) -> None:
        """Note that one more is done."""
        with self._lock:
            self._done += 1
            if self._progress is not None:
                self._progress(self._words.format(self._done))
