"""The launcher returns a command's exit code, and kills it when standard input closes."""

import subprocess
import sys
from pathlib import Path

from synth_assets.measurement import tool_launcher

LAUNCHER = [sys.executable, "-I", str(Path(tool_launcher.__file__)), sys.executable, "-I", "-c"]


def test_exit_codes_are_those_of_a_shell() -> None:
    for text, code in (("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 9)", 137)):
        process = subprocess.Popen([*LAUNCHER, text], stdin=subprocess.PIPE)
        assert process.wait(timeout=60) == code
        assert process.stdin is not None
        process.stdin.close()


def test_it_kills_the_command_when_standard_input_closes() -> None:
    text = "import time; print(1, flush=True); time.sleep(600)"
    with subprocess.Popen([*LAUNCHER, text], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == b"1\n"
        process.stdin.close()
        assert process.wait(timeout=60) == 137
        assert process.stdout.read() == b""  # the command, which held the other end, is gone
