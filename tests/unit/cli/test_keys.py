"""``keys create``: a key is made once and never overwritten; one that git would add is warned of."""

import subprocess
from pathlib import Path

import pytest
from project import command

from synth_assets.errors import UsageError


def test_a_key_is_made_once_and_never_overwritten(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command("keys", "create", "officer.key")
    before = (project / "officer.key").read_bytes()
    with pytest.raises(UsageError):
        command("keys", "create", "officer.key")

    assert (project / "officer.key").read_bytes() == before
    assert (project / "officer.key").stat().st_mode & 0o077 == 0
    assert (project / "officer.pub").is_file()


def test_a_key_that_git_would_add_is_warned_of(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    capsys.readouterr()
    command("keys", "create", "officer.key")
    said = capsys.readouterr()
    assert "warning: git would add officer.key, the private key" in said.err
    assert "warning" not in said.out

    (project / ".gitignore").write_text("*.key\n")
    for quiet in ("second.key", str(project.parent / "outside.key")):
        command("keys", "create", quiet)
    assert capsys.readouterr().err == ""


def test_without_a_repository_no_key_is_warned_of(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    command("keys", "create", "officer.key")
    assert capsys.readouterr().err == ""
