"""A service of a few lines that keeps the newest head of each ledger, as an anchor asks for it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest


@contextmanager
def serve_heads(heads: dict[str, bytes], *, refuses: Callable[[str], bool] = lambda _: False) -> Iterator[str]:
    """Serve the heads that are kept and keep those that are posted; yields the address of an anchor there.

    Paths that begin with ``/broken`` refuse every post, those with ``/empty`` answer that they know others only.
    ``refuses`` is asked at each ``GET`` and ``POST`` whether the service is out of order.
    """

    class Keeper(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.startswith("/broken") or refuses("POST"):
                self.answer(500, b"")
                return
            known = json.loads(heads.get(self.path, b'{"seq": 0}'))
            if json.loads(body)["seq"] >= known["seq"]:
                heads[self.path] = body
            self.answer(204, b"")

        def do_GET(self) -> None:
            if refuses("GET"):
                self.answer(503, b"")
                return
            is_known = self.path in heads or self.path.startswith("/empty")
            self.answer(200 if is_known else 404, heads.get(self.path, b""))

        def answer(self, code: int, body: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- named by the base class
            """Stay silent."""

    with HTTPServer(("127.0.0.1", 0), Keeper) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/anchors"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def service() -> Iterator[str]:
    """The address of an anchor at a service that runs for one test."""
    with serve_heads({}) as address:
        yield address
