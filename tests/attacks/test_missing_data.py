"""A bundle whose data was removed exits with 0, and a pipeline treats the version as verified.

Without the Parquet files, their contents are not checked: schema, domain, rules, fidelity. All of
this was NOT CHECKABLE, but the exit code was that of a version without a fault.
"""

import shutil
from pathlib import Path

import pytest
from shell import exit_code_of

from synth_assets.audit import exit_code, verify_bundle
from synth_assets.promotion import Promotion


@pytest.fixture
def version(promoted: Promotion, tmp_path: Path) -> Path:
    return Path(shutil.copytree(promoted.folder, tmp_path / "copy", copy_function=shutil.copyfile))


def test_a_version_without_its_data_is_neither_good_nor_failed(
    version: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(version / "data")
    assert exit_code(verify_bundle(version / "bundle")) not in (0, 1)
    assert exit_code_of("audit", "verify", str(version / "bundle")) == 4
    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert last.startswith("INCOMPLETE: nothing failed, but this could not be checked: data")


def test_a_version_with_an_empty_data_folder_is_not_good_either(version: Path) -> None:
    (version / "data" / "part-00000.parquet").unlink()
    assert exit_code(verify_bundle(version / "bundle")) != 0


def test_the_last_line_gives_the_verdict(version: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_of("audit", "verify", str(version / "bundle")) == 0
    assert capsys.readouterr().out.strip().splitlines()[-1].startswith("HOLDS: ")
    (version / "bundle" / "decision.json").write_text("{}")
    assert exit_code_of("audit", "verify", str(version / "bundle")) == 1
    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert last.startswith("FAILED: ")
    assert "files" in last


def test_the_folder_of_the_version_can_be_pointed_at(
    version: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert exit_code_of("audit", "verify", str(version)) == 0
    monkeypatch.chdir(version)
    for folder in (".", "bundle"):
        assert exit_code_of("audit", "verify", folder) == 0
    monkeypatch.chdir(version / "bundle")
    assert exit_code_of("audit", "verify", ".") == 0
    link = version.with_name("version")
    link.symlink_to(version)
    assert exit_code_of("audit", "verify", str(link)) == 0
    assert "FAILED" not in capsys.readouterr().out
