"""Serve Dagster's web page on a free port and look at it with Chromium."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@contextlib.contextmanager
def dagster_page(root: Path, *, module: str, timeout: float = 90, read_only: bool = True) -> Iterator[str]:
    """Start the web server for ``module`` in ``root`` and yield its address; stop it with SIGINT."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["dagster_webserver", "-m", module, "-h", "127.0.0.1", "-p", str(port)]
    with started(root, [*words, *(["--read-only"] if read_only else [])], log="webserver.log") as server:
        address = f"http://127.0.0.1:{port}"
        _wait_until_up(address, server, timeout)
        yield address


@contextlib.contextmanager
def dagster_daemon(root: Path, *, module: str) -> Iterator[None]:
    """Run the daemon for ``module``, which evaluates sensors and schedules."""
    with started(root, ["dagster._daemon", "run", "-m", module], log="daemon.log"):
        yield


@contextlib.contextmanager
def started(root: Path, words: list[str], *, log: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a module of Python in ``root``; stop it with SIGINT, which a child of a background job would ignore."""
    with (root / log).open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=root,
            stdout=output,
            stderr=output,
            env={**os.environ, "PYTHONPATH": str(root)},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler) and None,  # noqa: PLW1509
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


@contextlib.contextmanager
def browser_page(*, width: int = 1500, height: int = 900) -> Iterator[Any]:
    """Open Chromium and yield an empty page; requests to other hosts are collected in ``page.outside``."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page: Any = browser.new_page(viewport={"width": width, "height": height})
        page.outside = []
        page.on("request", lambda request: _note(page.outside, request.url))
        yield page
        browser.close()


def _note(outside: list[str], url: str) -> None:
    if not url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "file:", "data:", "blob:")):
        outside.append(url)


def _wait_until_up(address: str, server: "subprocess.Popen[bytes]", timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError("the web server stopped")
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(f"{address}/server_info", timeout=2).close()  # noqa: S310 - a local address
            return
        time.sleep(0.2)
    raise TimeoutError(address)
