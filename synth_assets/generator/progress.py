"""Report the progress of work by several threads."""

from collections.abc import Callable
from threading import Lock

__all__ = ["CountedProgress"]


class CountedProgress:
    """Counts calls from any thread and reports the number.

    Args:
        progress: called with a message; ``None`` reports nothing.
        words: the message, with ``{}`` for the number.
    """

    def __init__(self, progress: Callable[[str], None] | None, *, words: str) -> None:
        self._done, self._progress, self._words, self._lock = 0, progress, words, Lock()

    def __call__(self) -> None:
        """Count one more and report."""
        with self._lock:
            self._done += 1
            if self._progress is not None:
                self._progress(self._words.format(self._done))
