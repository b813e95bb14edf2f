"""An MLflow server of our own, which keeps runs and artefacts: what machines reach is an address, and not a file."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from postgres_server import free_port

_SECONDS = 120


@contextmanager
def serve_mlflow(folder: Path) -> Iterator[str]:
    """Start a server that keeps everything in a folder, and yield its address."""
    folder.mkdir()
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}", "--artifacts-destination", str(folder)]
    environment = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait_for(f"{address}/health", server)
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def _wait_for(page: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            urlopen(page, timeout=5).close()  # noqa: S310 - our own server
        except URLError:
            assert server.poll() is None, "MLflow's server ended"
            assert time.monotonic() < deadline, "MLflow's server did not start"
            time.sleep(0.2)
        else:
            return
