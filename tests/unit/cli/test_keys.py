"""``keys create``: a key is made once and never overwritten; one that git would add is warned of."""

import subprocess

import pytest
from kit.project import Project, command

from synth_assets.errors import UsageError


def test_a_key_is_made_once_and_never_overwritten(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    command("keys", "create", "officer.key")
    before = (project.root / "officer.key").read_bytes()
    with pytest.raises(UsageError):
        command("keys", "create", "officer.key")

    assert (project.root / "officer.key").read_bytes() == before
    assert (project.root / "officer.key").stat().st_mode & 0o077 == 0
    assert (project.root / "officer.pub").is_file()


def test_a_key_that_git_would_add_is_warned_of(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    subprocess.run(["git", "init", "-q"], cwd=project.root, check=True)
    capsys.readouterr()
    command("keys", "create", "officer.key")
    printed = capsys.readouterr()
    assert "warning: git would add officer.key, the private key" in printed.err
    assert "warning" not in printed.out

    (project.root / ".gitignore").write_text("*.key\n")
    for path in ("second.key", str(project.root.parent / "outside.key")):
        command("keys", "create", path)
    assert capsys.readouterr().err == ""


def test_without_a_repository_no_key_is_warned_of(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    command("keys", "create", "officer.key")
    assert capsys.readouterr().err == ""
