"""A draft is made of what is public: the private file is not opened, and may as well be gone."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kit.project import Project, command

pytestmark = pytest.mark.integration

BOOK = "name,type,min,max\nage,integer,0,19\n"
_opened: list[Path] | None = None


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("open", "os.open", "os.listdir", "os.scandir") and _opened is not None:
        _opened.extend(Path(path).absolute() for path in arguments[:1] if isinstance(path, str))


sys.addaudithook(_note)


@contextmanager
def _opening() -> Iterator[list[Path]]:
    """Collect what this process opens or lists."""
    global _opened  # noqa: PLW0603 - a hook cannot be taken away, so it looks here
    _opened = []
    try:
        yield _opened
    finally:
        _opened = None


def test_a_draft_opens_the_ledger_and_the_codebook_and_not_the_private_file(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    (project.root / "book.csv").write_text(BOOK)
    private = project.root / "source" / "people.csv"
    capsys.readouterr()
    with _opening() as opened:
        command("contract", "draft", "census", "--codebook", "book.csv")
    drafted = capsys.readouterr().out
    assert project.root / "book.csv" in opened
    assert [path for path in opened if path.is_relative_to(private.parent)] == []
    with _opening() as opened:
        private.read_bytes()
    assert private in opened

    private.unlink()
    command("contract", "draft", "census", "--codebook", "book.csv")
    assert capsys.readouterr().out == drafted
