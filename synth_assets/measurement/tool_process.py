"""The process of a tool, seen from the measuring process: started once, waited for, ended with it."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from synth_assets.measurement import tool_launcher

__all__ = ["ToolProcess"]

_GRACE_SECONDS = 20.0


class ToolProcess:
    """At most one tool. Its launcher reads a pipe of this process, so the tool ends when this process does."""

    __slots__ = ("_process",)

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, command: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: Path) -> None:
        """Start a command with all its environment variables, in a folder; what it prints goes to a new file."""
        with log.open("xb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-B", str(Path(tool_launcher.__file__)), *command],
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the process that asked, which then ends all of them
            )

    def wait(self, *, seconds: float) -> int | None:
        """Wait for the tool and return its exit code; end it and return ``None`` after ``seconds``."""
        assert self._process is not None  # noqa: S101 - it was started
        try:
            return self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            self.end()

    def end(self) -> None:
        """Kill the tool, if it was started, and wait until it is gone; again does nothing."""
        if self._process is None:
            return
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(timeout=_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
