"""Report the progress of work: by several threads, or now and then."""

import time
from collections.abc import Callable
from threading import Lock

__all__ = ["CountedProgress", "Every"]

_SECONDS = 3.0


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


class Every:
    """Reports progress now and then.

    Args:
        progress: called with a message at most every three seconds; ``None`` reports nothing.
        words: how the message starts.
    """

    def __init__(self, progress: Callable[[str], None] | None, words: str) -> None:
        self._progress, self._words, self._last = progress, words, time.monotonic()

    def __call__(self, words: str) -> None:
        """Report if it is time."""
        if self._progress is not None and time.monotonic() - self._last >= _SECONDS:
            self._last = time.monotonic()
            self._progress(f"{self._words}: {words}")
