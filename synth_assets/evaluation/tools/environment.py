"""What a tool of a curator finds around it: nothing of ours but its folder, and the packages of its interpreter."""

import os
import subprocess
import tempfile
from pathlib import Path

from synth_assets.errors import UsageError
from synth_assets.evaluation.tools.registry import Tool

__all__ = ["narrow_environment", "python_command", "refuse_python"]

_SECONDS = 300
_VENV = "python -m venv tools && tools/bin/pip install {needs}, then add --python tools/bin/python"
_OURS = "leave --python out, or install synth-assets there; PYTHONPATH is not read"


def narrow_environment(home: Path) -> dict[str, str]:
    """Return all environment variables of a tool: no address, no credential, no proxy, nothing that a caller has set.

    Args:
        home: its home and temporary folder.
    """
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "DO_NOT_TRACK": "1",
    }


def python_command(python: Path) -> list[str]:
    """Return the start of a command: isolated, so neither variables nor the current folder decide what is imported."""
    return [str(python), "-I", "-B"]


def refuse_python(python: Path, tool: Tool) -> None:
    """Refuse an interpreter that is not there or cannot import what a tool needs; no row is near.

    Raises:
        UsageError: says how to make an environment that can.
    """
    needs = tool.needs or "sys"
    with tempfile.TemporaryDirectory() as home:
        try:
            tried = subprocess.run(
                [*python_command(python), "-c", f"import {needs}"],
                check=False,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                cwd=home,
                env=narrow_environment(Path(home)),
                timeout=_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UsageError(f"{python} does not run", hint="--python path/to/environment/bin/python") from error
    if tried.returncode:
        hint = _OURS if needs == "synth_assets" else _VENV.format(needs=needs)
        raise UsageError(f"{python} cannot import {needs}, which {tool.name} needs", hint=hint)
