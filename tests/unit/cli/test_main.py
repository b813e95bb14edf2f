"""The group of commands: help, exit codes, messages."""

import subprocess
import sys

import click
import pytest

from synth_assets.cli.main import _COMMANDS, cli, main
from synth_assets.errors import BudgetRefused, Fault, UsageError


def code_of(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    return int(stopped.value.code or 0)


def test_help_lists_every_command_without_loading_the_heavy_packages() -> None:
    code = (
        "import sys; from synth_assets.cli.main import cli;"
        "cli.main(['--help'], standalone_mode=False);"
        "sys.exit(bool({'dagster', 'torch', 'opendp', 'pandas', 'mlflow', 'pydantic', 'yaml'} & set(sys.modules)))"
    )
    completed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert completed.returncode == 0, completed.stderr
    for name in ("run", "synthesize", "check", "status", "contract", "source", "budget", "ledger", "keys", "audit"):
        assert name in completed.stdout


@pytest.mark.parametrize("name", list(_COMMANDS))
def test_what_help_says_of_a_command_is_the_beginning_of_its_own_help(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name
    assert command.get_short_help_str(limit=1000) == _COMMANDS[name]


def test_the_help_of_a_command_loads_none_of_the_heavy_packages() -> None:
    heavy = {"dagster", "torch", "opendp", "pandas", "mlflow", "pydantic", "numpy", "pyarrow", "sqlalchemy"}
    code = (
        "import sys; from synth_assets.cli.main import cli\n"
        f"for name in {list(_COMMANDS)}: cli.main([name, '--help'], standalone_mode=False)\n"
        f"print(sorted({heavy} & set(sys.modules)), file=sys.stderr)"
    )
    completed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert completed.stderr == "[]\n"


@pytest.mark.parametrize(("error", "code"), [(BudgetRefused("no"), 1), (UsageError("no"), 2), (Fault("no"), 3)])
def test_errors_become_one_message_and_their_exit_code(
    error: Exception, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "main", _raising(error))

    assert code_of(["run"]) == code
    assert capsys.readouterr().err == "error: no\n"


def test_an_unforeseen_fault_is_one_line_and_exit_code_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SYNTH_ASSETS_DEBUG", raising=False)
    monkeypatch.setattr(cli, "main", _raising(ZeroDivisionError("by zero\nsecond line")))

    assert code_of(["run"]) == 3
    message = capsys.readouterr().err
    assert "ZeroDivisionError: by zero" in message
    assert "second line" not in message


def test_an_unknown_command_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of(["no-such-command"]) == 2
    assert "No such command" in capsys.readouterr().err


def _raising(error: Exception):  # type: ignore[no-untyped-def]  # noqa: ANN202
    def raise_it(**_: object) -> None:
        raise error

    return raise_it


def test_a_mistake_is_answered_without_the_characters_that_were_typed(capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of(["audit", "verify", "no\x1b[2Jbundle"]) == 2
    message = capsys.readouterr().err
    assert message.replace("\n", "").isprintable()
    assert "no" in message


@pytest.mark.parametrize("where", ["when it is imported", "when it runs"])
def test_a_command_whose_package_is_not_installed_is_refused_in_one_line(
    where: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ModuleNotFoundError(name="dagster._core")

    broken_name = "importlib.import_module" if where == "when it is imported" else "synth_assets.cli.run.run.callback"
    monkeypatch.setattr(broken_name, fail)
    assert code_of(["run", "defs/x"]) == 2
    assert capsys.readouterr().err == "error: `run` takes dagster, which is not installed; pip install synth-assets\n"
