"""A tool's environment has nothing of its caller's, and an interpreter that cannot run it is refused."""

import sys
from pathlib import Path

import pytest

from synth_assets.errors import UsageError
from synth_assets.evaluation.tools.environment import narrow_environment, refuse_python
from synth_assets.evaluation.tools.registry import TOOLS, Tool


def test_nothing_of_the_caller_is_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/secret")
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER", "postgresql://secret")
    environment = narrow_environment(tmp_path)
    assert not any("secret" in value for value in environment.values())
    assert (environment["HOME"], environment["TMPDIR"]) == (str(tmp_path), str(tmp_path))


def test_an_interpreter_that_can_import_what_a_tool_needs_is_taken(tmp_path: Path) -> None:
    refuse_python(Path(sys.executable), Tool(name="mine.py", script=tmp_path / "mine.py"))
    refuse_python(Path(sys.executable), TOOLS["hybrid"])


def test_one_that_cannot_is_refused_with_the_commands_that_make_one(tmp_path: Path) -> None:
    tool = Tool(name="odd", script=tmp_path / "odd.py", needs="not_there_at_all")
    with pytest.raises(UsageError, match="cannot import not_there_at_all") as caught:
        refuse_python(Path(sys.executable), tool)
    assert "python -m venv tools && tools/bin/pip install not_there_at_all" in str(caught.value.hint)
    with pytest.raises(UsageError, match="does not run"):
        refuse_python(tmp_path / "python", tool)
