"""What all tests share: quiet libraries, optional programs, an empty workspace, and the kit's projects.

Tests marked ``postgres``, ``browser``, ``dask`` or ``datasets`` need a program that a laptop may lack.
Without it they are deselected and one line says so; with ``REQUIRE_ALL=1``, as
in CI, that is an error. Tests marked ``slow`` take five seconds or more on a quiet machine; ``QUICK=1``,
as in ``make test``, leaves them out and says so too, unless ``REQUIRE_ALL=1``.
"""

import os
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from synth_assets.workspace import Workspace

pytest_plugins = ["kit.fixtures", "kit.bucket"]

for name, value in {
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "DVC_NO_ANALYTICS": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}.items():
    os.environ.setdefault(name, value)

# The same examples each time, so that a red run is red again; `FULL=1` looks for new ones.
settings.register_profile("short", deadline=None, max_examples=60, derandomize=True)
settings.register_profile("full", deadline=None, max_examples=1000)
settings.load_profile("full" if os.environ.get("FULL") else "short")

_left_out = pytest.StashKey[list[str]]()


def find_postgres() -> Path | None:
    """Return the folder of PostgreSQL's programs: on the PATH, or where Debian puts them."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def find_browser() -> Path | None:
    """Return Chromium's program."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((Path(found) for name in names if (found := shutil.which(name))), None)


def find_dask() -> object:
    """Return where Dask is installed."""
    return find_spec("distributed")


def find_datasets() -> object:
    """Return where Hugging Face's datasets are installed."""
    return find_spec("datasets")


_PROGRAMS: dict[str, tuple[str, Callable[[], object]]] = {
    "postgres": ("PostgreSQL (Debian: postgresql)", find_postgres),
    "browser": ("Chromium (Debian: chromium)", find_browser),
    "dask": ("Dask (pip install 'synth-assets[dask]')", find_dask),
    "datasets": ("Hugging Face datasets (pip install datasets)", find_datasets),
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests whose program is missing, or refuse to run when nothing may be left out."""
    config.stash[_left_out] = []
    if os.environ.get("QUICK") == "1" and os.environ.get("REQUIRE_ALL") != "1":
        slow = _deselect(config, items, "slow")
        config.stash[_left_out].append(
            f"{slow} tests marked slow were left out: `make test-slow` runs them, and so does CI"
        )
    for marker, (program, find) in _PROGRAMS.items():
        marked = [item for item in items if item.get_closest_marker(marker)]
        if not marked or find():
            continue
        if os.environ.get("REQUIRE_ALL") == "1":
            raise pytest.UsageError(f"{program} is missing, which {len(marked)} tests need and REQUIRE_ALL=1 asks for")
        _deselect(config, items, marker)
        config.stash[_left_out].append(f"{len(marked)} tests marked {marker} were left out: {program} is missing")


def _deselect(config: pytest.Config, items: list[pytest.Item], marker: str) -> int:
    """Leave out what is marked, and return how many tests that are."""
    marked = [item for item in items if item.get_closest_marker(marker)]
    items[:] = [item for item in items if not item.get_closest_marker(marker)]
    config.hook.pytest_deselected(items=marked)
    return len(marked)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that prints what a worker of ``pytest -n`` left out: only workers collect tests."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = session.config.stash[_left_out]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take it from a worker; all of them leave out the same."""
    node.config.stash[_left_out] = getattr(node, "workeroutput", {}).get("left_out", [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say in one line per program what was left out."""
    for line in config.stash.get(_left_out, []):
        terminalreporter.write_line(line)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty project that is also the current one."""
    monkeypatch.setenv("SYNTH_ASSETS_ROOT", str(tmp_path))
    monkeypatch.delenv("SYNTH_ASSETS_LEDGER", raising=False)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return Workspace(root=tmp_path)
