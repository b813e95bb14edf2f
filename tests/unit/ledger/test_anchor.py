"""Anchors: files, git history, a service; each gives back what it was given, and reports when it cannot."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from anchor_service import service

from synth_assets.errors import IntegrityError, LedgerUnavailable, UsageError
from synth_assets.ledger.anchor import Anchor, FileAnchor, GitAnchor, Head, HttpAnchor, known_head, open_anchor

__all__ = ["service"]

GIT = ("git", "-c", "user.name=me", "-c", "user.email=me@localhost", "-c", "commit.gpgsign=false")


def head(seq: int, ledger_id: str = "l") -> Head:
    return Head(ledger_id=ledger_id, seq=seq, hash=f"hash {seq}", key_id="k", signature="s")


@pytest.fixture(params=["file", "git", "http"])
def anchor(request: pytest.FixtureRequest, tmp_path: Path) -> Anchor:
    if request.param == "file":
        return open_anchor(f"file:{tmp_path}/elsewhere/anchors.jsonl")
    if request.param == "git":
        subprocess.run(["git", "init", "--quiet", str(tmp_path / "clone")], check=True)
        return open_anchor(f"git:{tmp_path / 'clone'}")
    return open_anchor(request.getfixturevalue("service"))


def test_the_newest_head_of_the_right_ledger_comes_back(anchor: Anchor) -> None:
    anchor.init(head(0))
    anchor.init(head(9, "another"))
    for newer in (head(1), head(5)):
        anchor.write(newer)
    assert list(anchor.heads("l"))[-1] == anchor.newest("l") == known_head(anchor, "l") == head(5)
    assert list(anchor.heads("another")) == [head(9, "another")]


def test_an_anchor_that_is_not_there_is_never_made_by_the_way(anchor: Anchor) -> None:
    for ask in (anchor.heads, anchor.newest, lambda name: known_head(anchor, name)):
        with pytest.raises(LedgerUnavailable, match="holds no head of this ledger") as caught:
            ask("l")
        assert "ledger anchor init" in caught.value.hint
    assert anchor.where in str(caught.value)


@pytest.mark.parametrize("kind", ["file", "git"])
def test_a_head_is_not_written_to_an_anchor_that_vanished(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "place"
    if kind == "git":
        subprocess.run(["git", "init", "--quiet", str(path)], check=True)
    anchor = open_anchor(f"{kind}:{path}")
    with pytest.raises(LedgerUnavailable, match="holds no head of this ledger"):
        anchor.write(head(1))
    anchor.init(head(1))
    if kind == "git":
        subprocess.run([*GIT, "-C", str(path), "rm", "--quiet", "ledger-l.jsonl"], check=True)
        subprocess.run([*GIT, "-C", str(path), "commit", "--quiet", "--message", "gone"], check=True)
    else:
        path.unlink()
    with pytest.raises(LedgerUnavailable, match="holds no head of this ledger"):
        anchor.write(head(2))


def test_an_anchor_is_made_once_for_each_ledger(anchor: Anchor) -> None:
    anchor.init(head(3))
    with pytest.raises(UsageError, match="holds heads of this ledger already"):
        anchor.init(head(4))
    assert anchor.newest("l") == head(3)


def test_an_anchor_that_knows_other_ledgers_only_says_so(service: str, tmp_path: Path) -> None:
    (tmp_path / "heads").write_text(json.dumps(asdict(head(1, "another"))) + "\n")
    for anchor in (open_anchor(f"file:{tmp_path}/heads"), open_anchor(service.replace("/anchors", "/empty"))):
        assert anchor.newest("l") is None
        assert list(anchor.heads("l")) == []
        with pytest.raises(LedgerUnavailable, match="it knows other ledgers only"):
            known_head(anchor, "l")


def test_git_is_read_from_its_history_and_not_from_the_folder(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    anchor = GitAnchor(tmp_path)
    anchor.init(head(1))
    anchor.write(head(2))
    (tmp_path / "ledger-l.jsonl").write_text("")
    assert [written.seq for written in anchor.heads("l")] == [1, 2]


def test_a_file_that_was_emptied_in_the_folder_takes_no_head_out_of_the_history(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    anchor = GitAnchor(tmp_path)
    anchor.init(head(1))
    (tmp_path / "ledger-l.jsonl").write_text("")
    anchor.write(head(2))
    assert [written.seq for written in anchor.heads("l")] == [1, 2]


@pytest.mark.parametrize("text", ["", "file:", "ftp://x", "/a/path", "git:"])
def test_what_is_not_an_anchor_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not an anchor"):
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
        with pytest.raises(LedgerUnavailable, match=r"anchor .* cannot be used"):
            anchor.init(head(1))
    for rubbish in (b"rubbish\n", b"\xff\n"):
        (tmp_path / "rubbish").write_bytes(rubbish)
        with pytest.raises(LedgerUnavailable, match="holds something that is not a head"):
            FileAnchor(tmp_path / "rubbish").heads("l")


def test_the_refusal_of_a_service_is_reported(service: str) -> None:
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
    anchor.init(head(1, "quiet"))
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
    GitAnchor(tmp_path).init(head(0))
    writers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), who]) for who in "ab"]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert len(list(GitAnchor(tmp_path).heads("l"))) == 11


def test_a_line_that_a_power_cut_tore_is_passed_over_and_the_next_one_is_whole(tmp_path: Path) -> None:
    anchor = FileAnchor(tmp_path / "anchors")
    anchor.init(head(1))
    with anchor.path.open("a") as stream:
        stream.write('{"hash":"torn')
    assert anchor.newest("l") == head(1)
    anchor.write(head(2))
    assert list(anchor.heads("l")) == [head(1), head(2)]


def test_a_second_head_of_one_number_is_refused(tmp_path: Path) -> None:
    anchor = FileAnchor(tmp_path / "heads")
    anchor.init(Head(ledger_id="l", seq=1, hash="a"))
    anchor.write(Head(ledger_id="l", seq=2, hash="b"))
    anchor.write(Head(ledger_id="l", seq=2, hash="b"))
    anchor.write(Head(ledger_id="another", seq=2, hash="x"))
    with pytest.raises(IntegrityError, match="holds a different entry 2 of this ledger"):
        anchor.write(Head(ledger_id="l", seq=2, hash="x"))
    assert [head.hash for head in anchor.heads("l")] == ["a", "b", "b"]
