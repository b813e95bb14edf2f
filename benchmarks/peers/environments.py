"""The peers: each in an environment of its own, run as a process of its own, within a time.

``pip`` gets package names only. What is not on the index, or does not install,
or stops, or does not finish, is said so in the table. A peer that has no release
runs when a person names the interpreter of an environment that has it.
"""

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from whole_run import Failure, last_words, timed_process

__all__ = ["PEERS", "environment", "installed_version", "run_peer"]

SCRIPTS = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Peer:
    """Packages to install, if the index has them, and the mechanisms to run."""

    packages: tuple[str, ...] = ()
    methods: tuple[str, ...]
    raw: tuple[str, ...] = ()
    """Those of the methods that code values themselves, and so get values and give values."""


PEERS = {
    "dpsynth": Peer(
        packages=("dpsynth", "pandas"),
        methods=("swift", "mst", "tabular-swift", "tabular-mst"),
        raw=("tabular-swift", "tabular-mst"),
    ),
    "gem": Peer(methods=("pairs", "pairs-fast")),
    "mbi": Peer(packages=("mbi", "pandas"), methods=("mst",)),
    "opendp": Peer(packages=("opendp[mbi]", "pandas"), methods=("mst", "aim")),
    "smartnoise": Peer(packages=("smartnoise-synth", "packaging", "pandas"), methods=("mst", "aim", "dpctgan")),
    # The newest opacus needs a newer torch than synthcity lets in.
    "synthcity": Peer(packages=("synthcity", "opacus<1.5", "pandas"), methods=("dpgan",)),
}


def environment(name: str, *, cache: Path) -> Path:
    """Return the interpreter of a peer's environment, built once below ``cache``.

    Raises:
        Failure: with pip's own last word, or because the index does not have it.
    """
    packages = PEERS[name].packages
    if not packages:
        raise Failure(f"on no package index: name an environment that has it, --peer-python {name}=PYTHON")
    folder = cache / f"{name}-{hashlib.sha256(' '.join(packages).encode()).hexdigest()[:8]}"
    python, mark = folder / "bin" / "python", folder / "installed"
    if not mark.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        done = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", *packages], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Failure(f"did not install: {last_words(done.stderr)}")
        mark.touch()
    return python


def run_peer(  # noqa: PLR0913 - what a run is made of
    name: str, method: str, *, python: Path, folder: Path, epsilon: float, delta: float, seed: int, limit: float
) -> dict[str, float]:
    """Run a peer on ``folder`` and return its seconds, CPU seconds and peak memory.

    Raises:
        Failure: when it stopped with an error or was stopped by the limit.
    """
    command = ["nice", "-n", "5", str(python), "-W", "ignore", str(SCRIPTS / f"run_{name}.py"), str(folder)]
    loss = ["--method", method, "--epsilon", str(epsilon), "--delta", str(delta), "--seed", str(seed)]
    outside = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return timed_process([*command, *loss], variables=outside, log=folder / "log.txt", limit=limit)


def installed_version(name: str, *, python: Path) -> str:
    """Return the peer's version in an environment; empty when it was put there without one."""
    if not PEERS[name].packages:
        return ""
    distribution = PEERS[name].packages[0].partition("[")[0]
    code = f"import importlib.metadata as m; print(m.version({distribution!r}))"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=False).stdout.strip()
