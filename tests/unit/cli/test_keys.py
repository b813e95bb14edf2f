"""``keys create``: a key is made once and never overwritten."""

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
