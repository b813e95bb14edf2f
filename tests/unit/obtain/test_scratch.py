"""A scratch folder is the owner's alone and does not outlive its process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from synth_assets.obtain.scratch import delete_scratch, open_output, open_scratch

HOLD = """
import sys
from pathlib import Path
from synth_assets.obtain.scratch import open_scratch
with open_scratch(Path(sys.argv[1])) as folder:
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_it_is_private_and_wiped(tmp_path: Path) -> None:
    with open_scratch(tmp_path) as folder:
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "rows").write_text("secret")
        with open_output(folder) as output:
            assert os.fstat(output.fileno()).st_mode & 0o077 == 0
    assert list((tmp_path / "scratch").iterdir()) == []


def test_it_is_wiped_after_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="oh"), open_scratch(tmp_path):
        raise ValueError("oh")
    assert list((tmp_path / "scratch").iterdir()) == []


def test_what_a_killed_process_left_is_wiped_by_the_next_and_a_living_ones_is_not(tmp_path: Path) -> None:
    path = {**os.environ, "PYTHONPATH": os.pathsep.join(entry or "." for entry in sys.path)}
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=path
    )
    with holder:
        assert holder.stdout is not None
        held = Path(holder.stdout.readline().strip())
        with open_scratch(tmp_path):
            assert held.is_dir()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert held.is_dir()
    with open_scratch(tmp_path):
        assert not held.exists()


def test_a_folder_that_is_being_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "scratch" / "new").mkdir(parents=True)
    with open_scratch(tmp_path):
        assert (tmp_path / "scratch" / "new").is_dir()


def test_only_a_folder_that_was_made_here_is_deleted(tmp_path: Path) -> None:
    """The measuring program deletes the folder that it runs in; started by hand, that is somebody's project."""
    for name in ("project", "scratch", "private"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "work").write_text("precious")
        delete_scratch(tmp_path / name)
        assert (tmp_path / name / "work").exists()
    with open_scratch(tmp_path / "private") as folder:
        delete_scratch(folder)
        assert not folder.exists()
