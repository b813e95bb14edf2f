"""What a tool leaves behind is taken as bytes of regular files, within a limit; nothing is followed."""

import os
import stat
from pathlib import Path

import pytest

from synth_assets.measurement.tool_output import keep_output


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "tool" / "output"
    folder.mkdir(parents=True)
    (tmp_path / "kept").mkdir()
    return folder


def keep(output: Path, **limits: int) -> tuple[dict[str, dict[str, str | int]], set[str]]:
    kept = keep_output(output.parent, name="output", target=output.parents[1] / "kept", **limits)
    return kept.files, set(kept.left_out)


def test_files_are_copied_with_their_folders_for_their_owner_alone(output: Path) -> None:
    (output / "deep" / "er").mkdir(parents=True)
    (output / "deep" / "er" / "a.txt").write_text("a")
    (output / "b.bin").write_bytes(b"bb")
    (output / "b.bin").chmod(0o777)
    files, left_out = keep(output)
    assert {path: facts["bytes"] for path, facts in files.items()} == {"output/b.bin": 2, "output/deep/er/a.txt": 1}
    assert left_out == set()
    kept = output.parents[1] / "kept" / "output"
    assert (kept / "deep" / "er" / "a.txt").read_text() == "a"
    assert stat.S_IMODE((kept / "b.bin").stat().st_mode) == 0o600


def test_links_and_pipes_are_left_out(output: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("key")
    (output / "file").symlink_to(secret / "key")
    (output / "folder").symlink_to(secret)
    (output / "nowhere").symlink_to(tmp_path / "nothing")
    os.mkfifo(output / "pipe")
    assert keep(output) == ({}, {f"output/{name}" for name in ("file", "folder", "nowhere", "pipe")})
    assert not [path for path in (tmp_path / "kept").rglob("*") if path.is_file()]


def test_a_folder_that_is_a_link_or_missing_is_not_read(output: Path, tmp_path: Path) -> None:
    output.rmdir()
    assert keep(output) == ({}, {"output"})
    output.symlink_to("/etc")
    assert keep(output) == ({}, {"output"})


def test_all_files_together_have_a_limit(output: Path) -> None:
    for name in ("a", "b", "c"):
        (output / name).write_bytes(bytes(40))
    files, left_out = keep(output, most=100)
    assert (set(files), left_out) == ({"output/a", "output/b"}, {"output/c"})


def test_any_name_can_be_written_down(output: Path) -> None:
    Path(os.fsdecode(os.fsencode(output) + b"/\xff\n.txt")).write_text("x")
    files, _ = keep(output)
    assert list(files) == ["output/\\xff\n.txt"]
