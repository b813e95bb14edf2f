"""Identify the process that holds a reservation, and tell whether it is still alive.

A process is identified by its host, its process number and its start time, because
process numbers are reused. ``host`` is one boot of one machine and one process
namespace, so that two containers are never confused. Whether a process on another
host is alive can be judged only by its lease.
"""

import os
import socket
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["Owner", "current_owner", "is_dead"]

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """One process: ``started`` is its start in the system's own ticks or words."""

    host: str
    pid: int
    started: str


def current_owner() -> Owner:
    """Return the calling process; also correct right after a fork."""
    pid = os.getpid()
    return Owner(host=_host(), pid=pid, started=_started(pid) or "")


def is_dead(owner: Owner, *, lease_expired: bool) -> bool:
    """Tell whether ``owner`` is certainly gone, or elsewhere and past its lease."""
    if owner.host != _host():
        return lease_expired
    return _started(owner.pid) != owner.started


@cache
def _host() -> str:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}:{(_PROC / 'self/ns/pid').stat().st_ino}"
    except OSError:
        return socket.gethostname()


def _started(pid: int) -> str | None:
    """Return when process ``pid`` started, or ``None`` if it does not exist or is a zombie."""
    if (_PROC / "self/stat").exists():
        return _started_by_proc(pid)
    listed = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.strip() or None


def _started_by_proc(pid: int) -> str | None:
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # The name in brackets may contain spaces and brackets, so split after the last bracket.
    fields = text[text.rindex(")") + 2 :].split()
    state, started = fields[0], fields[19]
    return None if state in "ZX" else started
