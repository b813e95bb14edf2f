"""Anchors: files, git history, a service; each tells what it was given, and says when it cannot."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from synth_assets.errors import LedgerUnavailable, UsageError
from synth_assets.ledger.anchor import Anchor, FileAnchor, GitAnchor, Head, HttpAnchor, open_anchor


def head(seq: int, ledger_id: str = "l") -> Head:
    return Head(ledger_id=ledger_id, seq=seq, hash=f"hash {seq}", key_id="k", signature="s")


@pytest.fixture
def service() -> Iterator[str]:
    """A service of a few lines that keeps the newest head of each ledger."""
    kept: dict[str, bytes] = {}

    class Keeper(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.startswith("/broken"):
                self.answer(500, b"")
                return
            known = json.loads(kept.get(self.path, b'{"seq": 0}'))
            if json.loads(body)["seq"] >= known["seq"]:
                kept[self.path] = body
            self.answer(204, b"")

        def do_GET(self) -> None:
            self.answer(200 if self.path in kept else 404, kept.get(self.path, b""))

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
        yield f"http://127.0.0.1:{server.server_port}/anchors"
        server.shutdown()
        thread.join()


@pytest.fixture(params=["file", "git", "http"])
def anchor(request: pytest.FixtureRequest, tmp_path: Path) -> Anchor:
    if request.param == "file":
        return open_anchor(f"file:{tmp_path}/elsewhere/anchors.jsonl")
    if request.param == "git":
        subprocess.run(["git", "init", "--quiet", str(tmp_path / "clone")], check=True)
        return open_anchor(f"git:{tmp_path / 'clone'}")
    return open_anchor(request.getfixturevalue("service"))


def test_the_newest_head_of_the_right_ledger_comes_back(anchor: Anchor) -> None:
    assert list(anchor.heads("l")) == []
    for each in (head(1), head(5), head(9, "another")):
        anchor.write(each)
    assert list(anchor.heads("l"))[-1] == anchor.newest("l") == head(5)
    assert anchor.newest("third") is None
    assert list(anchor.heads("another")) == [head(9, "another")]
    assert list(anchor.heads("third")) == []


def test_git_is_read_from_its_history_and_not_from_the_folder(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    anchor = GitAnchor(tmp_path)
    anchor.write(head(1))
    anchor.write(head(2))
    (tmp_path / "ledger-l.jsonl").write_text("")
    assert [each.seq for each in anchor.heads("l")] == [1, 2]


@pytest.mark.parametrize("text", ["", "file:", "ftp://x", "/a/path", "git:"])
def test_what_is_no_anchor_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no anchor"):
        open_anchor(text)


def test_an_anchor_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    broken: list[Anchor] = [
        FileAnchor(tmp_path / "file" / "x"),
        GitAnchor(tmp_path),
        GitAnchor(tmp_path / "nowhere"),
        HttpAnchor("http://127.0.0.1:9"),
    ]
    for anchor in broken:
        with pytest.raises(LedgerUnavailable, match=r"anchor .* cannot be used"):
            anchor.write(head(1))
    (tmp_path / "rubbish").write_text("rubbish\n")
    with pytest.raises(LedgerUnavailable, match="holds something that is no head"):
        FileAnchor(tmp_path / "rubbish").heads("l")


def test_a_service_that_refuses_is_said_to_refuse(service: str) -> None:
    with pytest.raises(LedgerUnavailable, match="it answered 500"):
        HttpAnchor(service.replace("/anchors", "/broken")).write(head(1))


def test_a_file_that_is_a_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnavailable, match="cannot be used"):
        FileAnchor(tmp_path).heads("l")


def test_without_git_the_anchor_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LedgerUnavailable, match="cannot be used: FileNotFoundError"):
        GitAnchor(tmp_path).heads("l")


def test_the_newest_head_of_a_long_file_is_found_at_its_end(tmp_path: Path) -> None:
    anchor = FileAnchor(tmp_path / "anchors")
    anchor.write(head(1, "quiet"))
    line = json.dumps(asdict(head(7))) + "\n"
    with anchor.path.open("a") as stream:
        stream.write(line * 5000)
    anchor.write(head(9))
    anchor.write(head(8))
    assert anchor.newest("l") == head(9)
    assert anchor.newest("quiet") == head(1, "quiet")


def test_two_processes_commit_to_one_repository_without_losing_a_head(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    code = (
        "import sys; from pathlib import Path; from synth_assets.ledger.anchor import GitAnchor, Head\n"
        "for n in range(5): GitAnchor(Path(sys.argv[1])).write(Head(ledger_id='l', seq=n, hash=sys.argv[2]))"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), who]) for who in "ab"]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert len(list(GitAnchor(tmp_path).heads("l"))) == 10


def test_a_line_that_a_power_cut_tore_is_passed_over_and_the_next_one_is_whole(tmp_path: Path) -> None:
    anchor = FileAnchor(tmp_path / "anchors")
    anchor.write(head(1))
    with anchor.path.open("a") as stream:
        stream.write('{"hash":"torn')
    assert anchor.newest("l") == head(1)
    anchor.write(head(2))
    assert list(anchor.heads("l")) == [head(1), head(2)]
