"""Protect the memory of the measuring process: no core dump, no debugger, no access through ``/proc``.

On Linux ``PR_SET_DUMPABLE`` does most of it: without it the kernel writes no
core, whatever ``kernel.core_pattern`` is (a file, or a program behind ``|``
that would receive the memory even at a core limit of 0), and refuses
``ptrace`` and ``/proc/<pid>/mem`` to other processes of the same user. The core
limit of one byte is a second protection: it is too small for a file, and the kernel
takes it as "do not start the program behind ``|``".

Not covered: root, swap, hibernation, and whoever runs as root in the same
virtual machine. Outside Linux only the core limit works.

References:
    ``man 2 prctl``, PR_SET_DUMPABLE; ``man 5 core``; Linux, ``fs/coredump.c``.
"""

import ctypes
import resource
import sys

__all__ = ["leave_no_memory"]

_PR_SET_DUMPABLE = 4
_ONE_BYTE = 1


def leave_no_memory() -> None:
    """Prevent other processes from reading this process's memory, and core dumps; permanent.

    Uses what the system offers and never fails: outside Linux only the core limit is set.
    """
    _, hard_limit = resource.getrlimit(resource.RLIMIT_CORE)
    limit = _ONE_BYTE if hard_limit == resource.RLIM_INFINITY else min(_ONE_BYTE, hard_limit)
    resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, *[ctypes.c_ulong(0)] * 4)
