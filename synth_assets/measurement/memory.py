"""What lies in the measuring process's memory stays there: no core dump, no debugger, no look into ``/proc``.

On Linux ``PR_SET_DUMPABLE`` does most of it: without it the kernel writes no
core, whatever ``kernel.core_pattern`` says (a file, or a program behind ``|``
that would be handed the memory even at a core limit of 0), and refuses
``ptrace`` and ``/proc/<pid>/mem`` to other processes of the same user. The core
limit of one byte is a second line: it is too little for a file, and it is what
the kernel takes as "do not start the program behind ``|``".

Not covered: root, swap, hibernation, and whoever runs as root in the same
virtual machine. Elsewhere than on Linux only the core limit works.

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
    """Forbid that this process's memory is written or read from outside; once for its whole life.

    Does what the system offers and never fails: a system without one of the two has the other.
    """
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    least = _ONE_BYTE if most == resource.RLIM_INFINITY else min(_ONE_BYTE, most)
    resource.setrlimit(resource.RLIMIT_CORE, (least, least))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, *[ctypes.c_ulong(0)] * 4)
