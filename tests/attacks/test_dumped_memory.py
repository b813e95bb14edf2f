"""Attack: read private rows out of the measuring process's memory, as another process of the same user.

A core dump, a debugger or ``/proc/<pid>/mem`` showed everything. A core limit of
0 does not help where ``kernel.core_pattern`` begins with ``|``: the kernel then
hands the memory to that program whatever the limit, unless the limit is 1 or the
process is not dumpable.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[1] / "support" / "looked_into.py"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc and prctl")


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What another process of the same user can read of a running measurement."""
    folder = tmp_path_factory.mktemp("looked")
    done = subprocess.run([sys.executable, str(SCRIPT), str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    output: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert output["reused"] == [False]  # it measured, and reading did not disturb it
    return output


def test_no_process_of_the_same_user_reads_its_memory(observed: dict[str, Any]) -> None:
    assert observed["looked"] == {"mem": False, "environ": False, "maps": False}


def test_the_kernel_is_asked_not_to_dump_it(observed: dict[str, Any]) -> None:
    assert observed["dumpable"] == 0


def test_neither_a_file_nor_a_program_gets_a_core(observed: dict[str, Any]) -> None:
    """A limit of one byte prevents the file and the program; a limit of 0 prevents only the file."""
    assert observed["limits"] in ([1, 1], [0, 0])
    assert observed["limits"][0] == 1 or observed["dumpable"] == 0
