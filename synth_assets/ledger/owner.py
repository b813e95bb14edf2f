"""Which process holds something, and is it still alive?

A process is named by its host, its number and the moment it started, because
numbers are used again. ``host`` is one boot of one machine and one process
namespace of it, so that two containers are never taken for each other: what
another host holds can only be judged by its lease.
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
    """Return the process that asks; right after a fork too."""
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
    """Return when process ``pid`` started, or nothing when there is none (or only its zombie)."""
    if (_PROC / "self/stat").exists():
        return _started_by_proc(pid)
    listed = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.strip() or None


def _started_by_proc(pid: int) -> str | None:
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # The name in brackets may hold blanks and brackets, so fields count from the last one.
    fields = text[text.rindex(")") + 2 :].split()
    state, started = fields[0], fields[19]
    return None if state in "ZX" else started
