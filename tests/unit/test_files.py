"""Files are there whole or not at all, also when the disk is full or a process is quicker."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from synth_assets.files import (
    canonical_json,
    publish_file,
    publish_folder,
    sha256_bytes,
    sha256_file,
    staging_folder,
    write_bytes,
    write_json,
    write_new_bytes,
)

_WRITE_UNDER_LIMIT = """
import resource, sys
from pathlib import Path
from synth_assets.files import write_bytes
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    write_bytes(Path(sys.argv[1]), b"n" * 100_000)
except OSError:
    sys.exit(7)
"""


def test_writing_makes_the_folder_and_the_file(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a" / "b.bin", b"x")
    assert (tmp_path / "a" / "b.bin").read_bytes() == b"x"


def test_a_new_file_is_written_once_and_never_replaced(tmp_path: Path) -> None:
    assert write_new_bytes(tmp_path / "a", b"first")
    assert not write_new_bytes(tmp_path / "a", b"second")
    assert (tmp_path / "a").read_bytes() == b"first"


def test_writing_leaves_nothing_beside_the_file(tmp_path: Path) -> None:
    write_bytes(tmp_path / "b.bin", b"x")
    write_bytes(tmp_path / "b.bin", b"y")
    assert [path.name for path in tmp_path.iterdir()] == ["b.bin"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failure_at_any_step_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    write_bytes(tmp_path / "b.bin", b"old")
    monkeypatch.setattr(*((os, "fsync") if call == "fsync" else (Path, "replace")), fail)
    with pytest.raises(OSError, match="No space left"):
        write_bytes(tmp_path / "b.bin", b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"b.bin": b"old"}


def test_a_full_disk_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    target = tmp_path / "b.bin"
    target.write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", _WRITE_UNDER_LIMIT, str(target)], check=False)
    assert done.returncode == 7
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"b.bin": b"old"}


def test_json_is_sorted_and_ends_in_a_newline(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"b": "ü", "a": 1})
    assert (tmp_path / "a.json").read_text() == '{\n "a": 1,\n "b": "ü"\n}\n'


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_json_has_no_nan_and_no_infinity(tmp_path: Path, bad: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"a": bad})
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "a.json", {"a": bad})
    assert list(tmp_path.iterdir()) == []


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert (
        canonical_json({"b": [1, 2], "a": None}) == canonical_json({"a": None, "b": [1, 2]}) == b'{"a":null,"b":[1,2]}'
    )


def test_the_digest_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    data = bytes(range(256)) * 8193  # more than two pieces
    (tmp_path / "x").write_bytes(data)
    assert sha256_file(tmp_path / "x") == sha256_bytes(data)


def test_a_staged_folder_is_published_in_one_rename(tmp_path: Path) -> None:
    with staging_folder(tmp_path / "store" / "v") as staged:
        (staged / "inner").mkdir()
        write_json(staged / "inner" / "a.json", {})
        publish_folder(staged, tmp_path / "store" / "abc")
    assert [path.name for path in (tmp_path / "store").iterdir()] == ["abc"]
    assert json.loads((tmp_path / "store" / "abc" / "inner" / "a.json").read_text()) == {}


def test_a_staged_folder_that_is_not_published_disappears(tmp_path: Path) -> None:
    def stage_and_fail() -> None:
        with staging_folder(tmp_path / "v") as staged:
            (staged / "half").write_bytes(b"x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stage_and_fail()
    assert list(tmp_path.iterdir()) == []


def test_publishing_what_is_there_keeps_the_first_copy(tmp_path: Path) -> None:
    places = set()
    for _ in range(2):
        publish(tmp_path, "the same")
        places.add((tmp_path / "abc" / "a").stat().st_ino)
    assert len(places) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["abc"]


@pytest.mark.parametrize("damage", ["altered", "missing", "another"])
def test_publishing_again_repairs_what_was_damaged(tmp_path: Path, damage: str) -> None:
    publish(tmp_path, "good")
    if damage == "altered":
        (tmp_path / "abc" / "a").write_text("evil")
    elif damage == "missing":
        (tmp_path / "abc" / "a").rename(tmp_path / "abc" / "b")
    else:
        (tmp_path / "abc" / "b").write_text("evil")
    publish(tmp_path, "good")
    assert {path.name: path.read_text() for path in (tmp_path / "abc").iterdir()} == {"a": "good"}
    assert [path.name for path in tmp_path.iterdir()] == ["abc"]


def publish(folder: Path, text: str) -> None:
    with staging_folder(folder / "v") as staged:
        (staged / "a").write_text(text)
        publish_folder(staged, folder / "abc")


def test_publishing_onto_a_file_fails_and_leaves_the_file(tmp_path: Path) -> None:
    (tmp_path / "abc").write_text("a file")
    with staging_folder(tmp_path / "v") as staged:
        (staged / "a").write_text("x")
        with pytest.raises(NotADirectoryError):
            publish_folder(staged, tmp_path / "abc")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"abc": "a file"}


def test_a_staged_file_takes_its_place_in_one_step(tmp_path: Path) -> None:
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    with staging_folder(target) as staged:
        (staged / "a.bin").write_bytes(b"new")
        assert target.read_bytes() == b"old"
        publish_file(staged / "a.bin", target)
    assert target.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]
