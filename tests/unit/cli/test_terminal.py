"""Nothing reaches a terminal but through one function, and nothing unseen gets through it."""

import ast
from pathlib import Path

import click
import pytest

import synth_assets.cli
from synth_assets.cli.terminal import echo, echo_cells

_MODULES = sorted(Path(synth_assets.cli.__file__).parent.glob("*.py"))


def test_line_ends_of_a_message_stay_and_all_else_that_is_unseen_is_written_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    echo("one\ntwo\x1b[2J\u202e")
    assert capsys.readouterr().out == "one\ntwo\\u001b[2J\\u202e\n"


def test_a_mark_is_coloured_and_holds_no_sequence_of_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.utils.should_strip_ansi", lambda *_: False)
    echo(": \x1b[0m", mark="FAULT\x1b[32m", colour="red")
    assert capsys.readouterr().out == click.style("FAULT\\u001b[32m", fg="red") + ": \\u001b[0m\n"


def test_bold_is_for_the_mark_or_else_for_the_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.utils.should_strip_ansi", lambda *_: False)
    echo("text", bold=True)
    echo("text", mark="mark", bold=True, err=True)
    printed = capsys.readouterr()
    assert printed.out == click.style("text", bold=True) + "\n"
    assert printed.err == click.style("mark", bold=True) + "text\n"


def test_a_row_is_coloured_where_it_is_said_and_ends_with_its_last_character(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.utils.should_strip_ansi", lambda _, color: color is False)
    echo_cells(["passed", "a\x1b[0m", "b  "], colours=["green", None, None])
    assert capsys.readouterr().out == f"{click.style('passed', fg='green')}  a\\u001b[0m  b\n"
    monkeypatch.setenv("NO_COLOR", "1")
    echo_cells(["passed", "b"], colours=["green", None])
    echo(" is promoted", mark="people", colour="green", bold=True)
    assert capsys.readouterr().out == "passed  b\npeople is promoted\n"


def test_what_is_not_a_terminal_gets_no_colour(capsys: pytest.CaptureFixture[str]) -> None:
    echo_cells(["passed"], colours=["green"])
    assert capsys.readouterr().out == "passed\n"


@pytest.mark.parametrize("path", [path for path in _MODULES if path.stem != "terminal"], ids=lambda path: path.stem)
def test_no_command_prints_by_another_way(path: Path) -> None:
    calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    others = {"print", "click.echo", "click.secho", "click.style", "sys.stdout.write", "sys.stderr.write"}
    assert not others & set(calls)
