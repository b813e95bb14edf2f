"""Run a program of this package apart from the project: own folders, own ledger, none of the user's settings.

Environment variables that point at a ledger, a store, a key or an account of the user are
left out, so that a test of made-up rows cannot reach them.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from synth_assets.obtain.start import import_path
from synth_assets.workspace import STATE

__all__ = ["Finished", "environment_apart", "run_apart"]

_LEFT_OUT = ("SYNTH_ASSETS_", "DAGSTER_", "MLFLOW_", "DVC_", "GIT_", "AWS_", "AZURE_", "GOOGLE_", "XDG_")
_QUIET = {
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "DVC_NO_ANALYTICS": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A program that has ended.

    Attributes:
        code: its exit code.
        output: what it wrote to standard output.
        errors: what it wrote to standard error.
    """

    code: int
    output: bytes
    errors: bytes


def environment_apart(folder: Path) -> dict[str, str]:
    """Return an environment whose project, home and temporary files are in ``folder``, which are made."""
    project, home, temporary = (folder / name for name in ("project", "home", "tmp"))
    for path in (project, home, temporary):
        path.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}
    return {
        **kept,
        **_QUIET,
        "PYTHONPATH": import_path(),
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "SYNTH_ASSETS_ROOT": str(project),
        "SYNTH_ASSETS_BY": "test",
        "DAGSTER_HOME": str(project / STATE / "dagster"),
        "DVC_SITE_CACHE_DIR": str(temporary / "dvc"),
    }


def run_apart(folder: Path, *arguments: str, module: str = "synth_assets") -> Finished:
    """Run ``python -m module arguments`` in the project of ``folder`` and wait for it."""
    environment = environment_apart(folder)
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=environment["SYNTH_ASSETS_ROOT"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return Finished(code=done.returncode, output=done.stdout, errors=done.stderr)
