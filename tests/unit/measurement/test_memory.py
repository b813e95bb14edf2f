"""What a process reveals of itself after it has closed its memory."""

import ctypes
import os
import resource
import sys

import pytest

from synth_assets.measurement.memory import leave_no_memory

PR_GET_DUMPABLE = 3


def in_a_fork(limit: tuple[int, int] | None = None) -> tuple[bytes, int]:
    """Close the memory of a fork; return its core limits and its dumpable flag."""
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_CORE, limit)
        leave_no_memory()
        os.write(writer, repr(resource.getrlimit(resource.RLIMIT_CORE)).encode())
        os._exit(ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) if sys.platform == "linux" else 0)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    output = os.read(reader, 64)
    os.close(reader)
    os.close(writer)
    return output, code


@pytest.mark.parametrize(
    ("before", "after"),
    [((-1, -1), b"(1, 1)"), ((0, -1), b"(1, 1)"), ((0, 0), b"(0, 0)"), ((4096, 4096), b"(1, 1)")],
)
def test_no_core_is_written_and_nobody_looks_in(before: tuple[int, int], after: bytes) -> None:
    if before[1] == -1 and resource.getrlimit(resource.RLIMIT_CORE)[1] != resource.RLIM_INFINITY:
        before = (before[0], resource.getrlimit(resource.RLIMIT_CORE)[1])
    assert in_a_fork(before) == (after, 0)


def test_a_system_without_the_call_keeps_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(ctypes, "CDLL", None)
    assert in_a_fork((4096, 4096))[0] == b"(1, 1)"
