"""Start a tool and end it with the measuring process: ``python -I tool_launcher.py COMMAND...``.

The measuring process holds the other end of standard input. When that closes, however the process ended,
the tool and all of its process group are killed. The tool is in a session of its own; a process of it that leaves
that session on purpose is not ended. On Linux the kernel kills the tool also if this launcher is killed.

It imports nothing of this package, because it runs without its import path.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Thread

__all__ = ["launch"]

_PR_SET_PDEATHSIG = 1
_NOT_STARTED = 127
_BY_SIGNAL = 128


def launch(command: Sequence[str]) -> int:
    """Run a command until it ends, or until standard input closes; return its exit code as a shell would."""
    try:
        tool = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_dying_with_parent(),  # noqa: PLW1509 - there is no other thread yet
        )
    except OSError as error:
        print(error, file=sys.stderr)  # noqa: T201 - into the tool's log
        return _NOT_STARTED
    Thread(target=_end_with_parent, args=(tool,), daemon=True).start()
    code = tool.wait()
    _kill_group(tool)
    return _BY_SIGNAL - code if code < 0 else code


def _dying_with_parent() -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL), *[ctypes.c_ulong(0)] * 3)

    return ask


def _end_with_parent(tool: "subprocess.Popen[bytes]") -> None:
    while os.read(0, 1024):
        pass
    _kill_group(tool)
    tool.wait()
    os._exit(_BY_SIGNAL + signal.SIGKILL)


def _kill_group(tool: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(tool.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(launch(sys.argv[1:]))
