"""Workers of this machine end with the process that opened them."""

import os
import signal
import subprocess
import sys
import time

import pytest

from synth_assets.errors import UsageError
from synth_assets.obtain.start import import_path
from synth_assets.workers import opener

_OWNER = """
import os, time
from synth_assets.workers import opener
if __name__ == "__main__":
    executor = opener("processes:2")()
    print(executor.submit(os.getpid).result(), flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("address", ["processes", "processes:", "processes:0", "processes:two", "processes:-1"])
def test_the_number_of_processes_is_said(address: str) -> None:
    with pytest.raises(UsageError, match="no number of processes"):
        opener(address)


def narrow() -> None:
    os.umask(0o077)


def test_workers_are_prepared_before_any_task() -> None:
    opened = opener("processes:1", prepare=narrow)
    assert opened is not None
    with opened() as executor:
        assert executor.submit(os.umask, 0o077).result() == 0o077


def test_workers_end_when_their_owner_is_killed() -> None:
    environment = {**os.environ, "PYTHONPATH": import_path()}
    with subprocess.Popen([sys.executable, "-c", _OWNER], stdout=subprocess.PIPE, env=environment) as owner:
        assert owner.stdout is not None
        worker = int(owner.stdout.readline())
        owner.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 60
    while _runs(worker):
        assert time.monotonic() < deadline, "the worker is still there"
        time.sleep(0.02)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as stat:  # noqa: PTH123 - one line
            return stat.read().split()[2] != "Z"  # nobody here waits for it
    except FileNotFoundError:
        return False
