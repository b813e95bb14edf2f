"""Rows can be reached in the measuring process and nowhere else.

A Dagster step, a notebook or a command that opened a source would hold private
rows where logs, tracebacks, stores and people see them. So the one place where a
source is opened asks here first, and only the program ``python -m
synth_assets.measurement`` can say yes. That is a rail against mistakes, not a
wall against code that runs in this process on purpose: such code can read
whatever the process's user can read.
"""

import os
import sys

from synth_assets.errors import Fault

__all__ = ["enter_measuring_process", "require_measuring_process"]

_PROGRAM = "synth_assets.measurement.__main__"
_process: int | None = None
"""The process that measures. A fork of it is another one."""


def enter_measuring_process() -> None:
    """Mark this process as the one that may open sources; the measuring program does it first of all.

    Raises:
        Fault: this process runs another program.
    """
    global _process  # noqa: PLW0603 - a fact about the process
    if getattr(getattr(sys.modules["__main__"], "__spec__", None), "name", None) != _PROGRAM:
        raise _refusal()
    _process = os.getpid()


def require_measuring_process() -> None:
    """Refuse to go on anywhere but in the measuring process.

    Raises:
        Fault: this is another process.
    """
    if _process != os.getpid():
        raise _refusal()


def _refusal() -> Fault:
    return Fault(
        "a source can be opened in the measuring process alone, not here",
        hint="ask for a release with `synth-assets run`, or obtain_release in Python",
    )
