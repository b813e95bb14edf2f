"""Register a file that has a row where names should be, and read the row in a message, or in the ledger for good.

The officer makes an ordinary mistake: a file without names, of another format, or with another delimiter. What was
in its first line became names of columns: in a hint, in the ledger, in drafts, in contracts.
"""

import gzip
import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from kit.project import Project, make_project
from shell import exit_code_of

from synth_assets.errors import UsageError
from synth_assets.source.register import make_source

CANARY = "Quxley"


def parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"name": [f"{CANARY}, Ann"] * 3, "age": [41, 42, 43]}), sink, compression="none")
    return sink.getvalue()


def archive() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as book:
        book.writestr(f"{CANARY}.xml", CANARY)
    return sink.getvalue()


ROWS = {
    "Parquet": parquet(),
    "a spreadsheet's archive": archive(),
    "UTF-16": f"name,town\n{CANARY},south\n".encode("utf-16"),
    "UTF-16 without a mark": f"{CANARY},south\n".encode("utf-16-be"),
    "Latin 1": f"Zoë {CANARY},south\n".encode("latin-1"),
    "compressed under another name": gzip.compress(f"{CANARY},south\n".encode()),
    "NUL bytes": f"{CANARY},\x00\n".encode(),
    "returns alone": f"name,town\r{CANARY},south\r".encode(),
    "a change of direction": f"{CANARY}\u202e,south\n".encode(),
    "a quote that stays open": f'"{CANARY},south\n'.encode(),
    "numbers": f"37,{CANARY},south\n".encode(),
    "decimals in quotes": f'"3,50",{CANARY}\n'.encode(),
    "a date": f"{CANARY},2026-11-02\n".encode(),
    "a negative number": f"{CANARY},-0.5\n".encode(),
    "a telephone number": f"{CANARY},tel 0301234567\n".encode(),
    "an address": f"{CANARY},ann@example.org\n".encode(),
    "a truth value": f"{CANARY},True\n".encode(),
    "semicolons": f"{CANARY};south;3\n".encode(),
    "tabs": f"{CANARY}\tsouth\n".encode(),
    "bars": f"{CANARY}|south\n".encode(),
    "spaces": f"{CANARY} south\n".encode(),
    "JSON": f'{{"name": "{CANARY}", "town": "south"}}\n'.encode(),
    "markup": f"<person><name>{CANARY}</name></person>\n".encode(),
    "a name twice": f"{CANARY},{CANARY}\n".encode(),
    "a name that is empty": f"{CANARY},,south\n".encode(),
    "a name of a page": f"{CANARY * 100},south\n".encode(),
    "another delimiter": f"{CANARY}^37^south\n".encode(),
    "colons": f"{CANARY}:37:south\n".encode(),
    "codes": f"P0042-{CANARY},F,I21.9\n".encode(),
    "an account": f"DE44 5001 0517 5407,{CANARY}\n".encode(),
    "an identifier": f"f47ac10b-58cc-4372-a567-0e02b2c3d479,{CANARY}\n".encode(),
    "an empty line first": f"\nname,town\n{CANARY},south\n".encode(),
    "a sentence": f"{CANARY} said that she would rather not come again before next spring,south\n".encode(),
}
ACCOUNT = ("--account", "town", "--version", "1")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.delenv("SYNTH_ASSETS_LEDGER", raising=False)
    monkeypatch.setenv("SYNTH_ASSETS_ROOT", str(tmp_path))
    project = make_project(tmp_path)
    assert exit_code_of("budget", "open", "rows", "--epsilon", "1", "--delta", "1e-6", "--population", "made up") == 0
    return project


def assert_hidden(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    shown = "".join(capsys.readouterr())
    assert "error: " in shown
    assert CANARY.casefold() not in shown.casefold()
    assert CANARY.encode() not in (project.workspace.state / "ledger.db").read_bytes()


@pytest.mark.parametrize("what", ROWS)
def test_what_is_not_text_with_names_is_refused_without_a_word_of_it(
    what: str, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    file = project.root / "rows.csv"
    file.write_bytes(ROWS[what])
    place = ("--kind", "csv", "--location", str(file))
    assert exit_code_of("source", "add", "rows", *place, "--account", "rows", "--version", "1") == 2
    assert_hidden(project, capsys)
    assert exit_code_of("source", "set-location", "census", *place, "--reason", "a new disk") == 2
    assert_hidden(project, capsys)
    with pytest.raises(UsageError) as refused:
        make_source("rows", kind="csv", location=str(file), account="rows", version="1", unit=project.contract.unit())
    assert CANARY not in str(refused.value)


def test_a_row_of_words_is_noticed_where_the_column_of_units_is_not_there(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    (project.root / "rows.csv").write_text(f"{CANARY},south\n")
    place = ("--kind", "csv", "--location", str(project.root / "rows.csv"))
    assert exit_code_of("source", "add", "rows", *place, *ACCOUNT, "--unit-column", "person", "--max-rows", "2") == 2
    assert_hidden(project, capsys)


def test_a_row_of_words_is_noticed_where_the_names_are_stated(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    (project.root / "rows.csv").write_text(f"{CANARY},south\n")
    place = ("--kind", "csv", "--location", str(project.root / "rows.csv"))
    stated = ("--columns", "name,town", "--account", "rows", "--version", "1")
    assert exit_code_of("source", "add", "rows", *place, *stated) == 2
    assert_hidden(project, capsys)


def test_one_part_of_many_without_names_is_not_quoted(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    (project.root / "parts").mkdir()
    (project.root / "parts" / "a.csv").write_text(f"{CANARY},south\n")
    (project.root / "parts" / "b.csv").write_text("name,town\nAnn,south\n")
    place = ("--kind", "csv", "--location", str(project.root / "parts" / "*.csv"))
    assert exit_code_of("source", "add", "rows", *place, "--account", "rows", "--version", "1") == 2
    assert_hidden(project, capsys)


def test_a_table_that_was_made_of_rows_without_names_is_noticed_too(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """A program that took the first row for names wrote a file whose schema has it."""
    pq.write_table(pa.table({CANARY: ["Bo"], "37": [38]}), project.root / "rows.parquet")
    place = ("--kind", "parquet", "--location", str(project.root / "rows.parquet"))
    assert exit_code_of("source", "add", "rows", *place, "--account", "rows", "--version", "1") == 2
    assert_hidden(project, capsys)
