"""A tool is waited for, and ended when its time is over or its measuring process ends."""

import os
import sys
import time
from pathlib import Path

import pytest

from synth_assets.measurement.tool_process import ToolProcess

GRANDCHILD = """
import subprocess, sys, time
from pathlib import Path
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
Path("pid.part").write_text(str(child.pid))
Path("pid.part").rename("pid")
time.sleep(600)
"""


def started(text: str, folder: Path) -> ToolProcess:
    (folder / "script.py").write_text(text)
    process = ToolProcess()
    command = [sys.executable, "-I", str(folder / "script.py")]
    process.start(command, environment={"WORD": "said"}, folder=folder, log=folder / "log.txt")
    return process


def is_gone(pid: int) -> bool:
    """Wait until a process of ours is not there any more, or only its exit code is."""
    for _ in range(200):
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_what_it_prints_goes_to_its_log_and_its_exit_code_comes_back(tmp_path: Path) -> None:
    process = started("import os, sys; print(os.environ['WORD'], len(os.environ)); sys.exit(7)", tmp_path)
    assert process.wait(seconds=60) == 7
    assert (tmp_path / "log.txt").read_text().split()[0] == "said"


def test_a_program_that_is_not_there_is_an_exit_code(tmp_path: Path) -> None:
    process = ToolProcess()
    process.start([str(tmp_path / "nothing")], environment={}, folder=tmp_path, log=tmp_path / "log.txt")
    assert process.wait(seconds=60) == 127


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_at_the_end_of_its_time_it_and_its_own_processes_are_killed(tmp_path: Path) -> None:
    process = started(GRANDCHILD, tmp_path)
    while not (tmp_path / "pid").exists():
        time.sleep(0.02)
    assert process.wait(seconds=0.05) is None
    assert is_gone(int((tmp_path / "pid").read_text()))


def test_ending_what_was_never_started_or_has_ended_does_nothing(tmp_path: Path) -> None:
    ToolProcess().end()
    process = started("", tmp_path)
    assert process.wait(seconds=60) == 0
    process.end()
