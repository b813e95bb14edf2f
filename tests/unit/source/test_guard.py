"""Only the measuring program may open a source, and none of its forks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from synth_assets.errors import Fault
from synth_assets.source.guard import enter_measuring_process, require_measuring_process


def test_another_program_cannot_take_itself_for_the_measuring_one() -> None:
    with pytest.raises(Fault, match="measuring process alone"):
        enter_measuring_process()
    with pytest.raises(Fault, match="measuring process alone"):
        require_measuring_process()


def test_a_process_that_measures_may(measuring_here: None) -> None:
    require_measuring_process()


def test_a_fork_of_a_process_that_measures_may_not(measuring_here: None) -> None:
    process = os.fork()
    if process == 0:
        try:
            require_measuring_process()
        except Fault:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 7


def test_the_program_itself_may(tmp_path: Path) -> None:
    """Its exit code shows what it does afterwards: an empty line is not a job, which it reads as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "synth_assets.measurement"], input=b"\n", capture_output=True, check=False, cwd=tmp_path
    )
    assert b"JSONDecodeError" in done.stderr
