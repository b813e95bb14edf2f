"""Attack: put escape sequences, changes of direction and formulas where others read a purpose, a name or a reason.

One person's ``by`` and ``reason`` appear in the history that another person prints. An
escape sequence erased the lines above it, or wrote its own verdict; a cell that begins
with ``=HYPERLINK`` ran in the spreadsheet for which the export was made.
"""

import csv
import os
import subprocess
import sys
import unicodedata
from importlib.util import find_spec
from io import StringIO
from pathlib import Path

import pytest
from kit.people import DEFINITION
from kit.project import Project, command

WIPE, TURNED = "\x1b[2K\x1b[1Aada", "\u202egnitset\u202c"
FORMULA = '=HYPERLINK("http://evil.example","click")'


def unseen(text: str) -> list[str]:
    """Return the characters that a terminal would interpret and not just display."""
    return [letter for letter in text if letter != "\n" and unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp")]


def run(root: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "FORCE_COLOR": "1", **variables}
    return subprocess.run(
        [sys.executable, "-m", "synth_assets", *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("by", [WIPE, TURNED, "two\tcolumns", "\x9b2J"])
def test_nobody_signs_with_what_cannot_be_seen(by: str, project: Project) -> None:
    done = run(project.root, "source", "set-version", "census", "2026-12", SYNTH_ASSETS_BY=by)
    assert done.returncode == 2, done.stdout
    assert unseen(done.stdout + done.stderr) == []


@pytest.fixture
def written_before(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A ledger into which another program, or an older version, wrote what is refused today."""
    for room in ("registry", "sources"):  # the second was split from the first
        if find_spec(f"synth_assets.ledger.{room}"):
            monkeypatch.setattr(f"synth_assets.ledger.{room}.check_text", lambda *_: None)
    for number, by in enumerate((WIPE, TURNED, f"a\n{FORMULA}", FORMULA, "+1", "@SUM(A1)")):
        monkeypatch.setenv("SYNTH_ASSETS_BY", by)
        command("source", "set-version", "census", f"v{number}")
    return project


def test_the_history_of_others_is_shown_and_does_nothing(
    written_before: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    for shape in ((), ("--json",), ("--csv",)):
        command("budget", "history", *shape)
        shown = capsys.readouterr().out
        assert "ada" in shown
        assert unseen(shown.replace("\r\n", "\n")) == []


def test_no_cell_of_an_export_is_a_formula(written_before: Project, capsys: pytest.CaptureFixture[str]) -> None:
    command("budget", "history", "--csv")
    cells = [cell for row in csv.reader(StringIO(capsys.readouterr().out)) for cell in row]
    assert f"'{FORMULA}" in cells
    assert "'@SUM(A1)" in cells
    assert [cell for cell in cells if cell.startswith(("=", "@"))] == []


@pytest.mark.parametrize("line", ["purpose: Tests on made-up rows.", "domain_source: made up}"])
def test_a_contract_holds_nothing_that_its_reader_cannot_see(line: str, project: Project) -> None:
    file = project.definition
    key, _, rest = line.partition(": ")
    hidden = f'{key}: "good \\e[2K\\u202Eevil"' + ("}" if rest.endswith("}") else "")
    file.write_text(DEFINITION.replace(line, hidden, 1))
    done = run(project.root, "contract", "check", "defs/people")
    assert done.returncode == 2
    assert key in done.stdout
    assert unseen(done.stdout + done.stderr) == []


def test_a_file_of_somebody_else_is_named_and_does_nothing(project: Project) -> None:
    folder = project.root / "defs" / f"x{WIPE}"
    folder.mkdir()
    (folder / "defs.yaml").write_text("type: synth_assets.SyntheticDataset\nattributes: {}\n")
    done = run(project.root, "contract", "check")
    assert "[2K" in done.stdout
    assert unseen(done.stdout + done.stderr) == []
