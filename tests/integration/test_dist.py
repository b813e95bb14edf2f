"""What is released has the same bytes wherever it is built, and a signature that stands for them (docs/releases.md)."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def run(*command: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=300
    )


def copy_of_this(folder: Path) -> Path:
    """Return a repository with one commit of what stands in this working tree, of the same second each time."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    second = {"GIT_AUTHOR_DATE": "2026-11-29T12:00:00Z", "GIT_COMMITTER_DATE": "2026-11-29T12:00:00Z"}
    who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "everything"]):
        assert run("git", *command, folder=folder, **second).returncode == 0
    return folder


def build(folder: Path, *, umask: str = "022", **environment: str) -> Path:
    result = run("bash", "-c", f"umask {umask}; .ci/dist", folder=folder, PYTHON=sys.executable, **environment)
    assert result.returncode == 0, result.stderr
    return folder / "dist"


@pytest.mark.slow
def test_two_folders_and_two_umasks_give_the_same_bytes(tmp_path: Path) -> None:
    first = build(copy_of_this(tmp_path / "first"))
    second = build(copy_of_this(tmp_path / "another" / "second"), umask="077")
    names = sorted(file.name for file in first.iterdir())
    assert names == ["SHA256SUMS", *sorted(name for name in names if name.startswith("synth_assets-"))]
    assert len(names) == 3
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)


@pytest.mark.slow
def test_the_wheel_has_every_file_of_the_package_and_nothing_that_is_not_committed(tmp_path: Path) -> None:
    folder = copy_of_this(tmp_path)
    (folder / "synth_assets" / "left_behind.py").write_text("")
    (wheel,) = build(folder).glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("synth_assets/")}
    tracked = run("git", "ls-files", "synth_assets", folder=folder).stdout.split()
    assert packed == set(tracked)


@pytest.mark.slow
def test_a_signature_verifies_until_a_digest_is_changed(tmp_path: Path) -> None:
    key = tmp_path / "key"
    assert run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key), folder=tmp_path).returncode == 0
    built = build(copy_of_this(tmp_path / "repository"), KEY=str(key))
    (tmp_path / "signers").write_text(f"releases {key.with_suffix('.pub').read_text()}")

    def verified() -> bool:
        command = "ssh-keygen -Y verify -f signers -I releases -n synth-assets -s $SIGNATURE < $SUMS"
        sums = built / "SHA256SUMS"
        return not run("bash", "-c", command, folder=tmp_path, SIGNATURE=f"{sums}.sig", SUMS=str(sums)).returncode

    assert verified()
    assert run("sha256sum", "--check", "SHA256SUMS", folder=built).returncode == 0
    (built / "SHA256SUMS").write_text((built / "SHA256SUMS").read_text().replace("0", "1", 1))
    assert not verified()


def test_a_key_that_is_not_there_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    result = run(".ci/dist", folder=ROOT, KEY=str(tmp_path / "none"), OUT=str(tmp_path / "dist"))
    assert result.returncode == 2
    assert "no readable key" in result.stderr
    assert not (tmp_path / "dist").exists()


def test_a_version_without_notes_is_refused() -> None:
    assert "### Privacy" in run(".ci/release-notes", "Unreleased", folder=ROOT).stdout
    refused = run(".ci/release-notes", "99.0", folder=ROOT)
    assert refused.returncode == 1
    assert "no section" in refused.stderr
