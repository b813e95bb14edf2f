"""The group of commands, and the one place where errors become messages and exit codes.

Commands import what they need when they run, so that ``--help`` is instant.
"""

import importlib
import os
import sys
from io import StringIO
from typing import Any

import click

from synth_assets.cli.terminal import echo
from synth_assets.errors import SynthAssetsError, naming_missing

__all__ = ["cli", "main"]

_COMMANDS = {
    "init": "synth_assets.cli.init:init",
    "run": "synth_assets.cli.run:run",
    "synthesize": "synth_assets.cli.synthesize:synthesize",
    "sample": "synth_assets.cli.sample:sample",
    "estimate": "synth_assets.cli.estimate:estimate",
    "check": "synth_assets.cli.check:check",
    "curate": "synth_assets.cli.curate:curate",
    "collapse": "synth_assets.cli.collapse:collapse",
    "compare": "synth_assets.cli.compare:compare",
    "status": "synth_assets.cli.status:status",
    "contract": "synth_assets.cli.contract:contract",
    "source": "synth_assets.cli.source:source",
    "budget": "synth_assets.cli.budget:budget",
    "ledger": "synth_assets.cli.ledger:ledger",
    "keys": "synth_assets.cli.keys:keys",
    "audit": "synth_assets.cli.audit:audit",
    "leak-test": "synth_assets.cli.leak_test:leak_test",
}


class _Lazy(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - same
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name].split(":")
        with naming_missing(f"`{cmd_name}`"):
            command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a package that only some commands need may be missing."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError:
            with naming_missing(f"`{ctx.invoked_subcommand}`"):
                raise


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="synth-assets")
def cli() -> None:
    """Differentially private synthetic datasets: budgeted, gated, versioned, auditable."""


def main(arguments: list[str] | None = None) -> Any:
    """Run a command and exit with its code; a user never sees a traceback for a mistake of theirs."""
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    os.environ["DAGSTER_REDACT_USER_CODE_ERRORS"] = "1"  # a second line: no step has private rows to begin with
    try:
        code = cli.main(args=arguments, prog_name="synth-assets", standalone_mode=False)
    except click.ClickException as error:
        _show(error)
        sys.exit(2)
    except click.exceptions.Abort:
        echo("stopped", err=True)
        sys.exit(130)
    except SynthAssetsError as error:
        echo(f": {error}", mark="error", colour="red", err=True)
        sys.exit(error.exit_code)
    except Exception as error:
        if os.environ.get("SYNTH_ASSETS_DEBUG"):
            raise
        name = type(error).__name__
        echo(f"error: an unforeseen fault ({name}: {_first_line(error)})", err=True)
        echo("  hint: nothing half-written is used; set SYNTH_ASSETS_DEBUG=1 to see where it happened", err=True)
        sys.exit(3)
    sys.exit(code if isinstance(code, int) else 0)


def _show(error: click.ClickException) -> None:
    """Print a mistake in the words of click, which repeat what was typed, or what a file is called."""
    words = StringIO()
    error.show(words)
    echo(words.getvalue().rstrip("\n"), err=True)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no message"])[0]


if __name__ == "__main__":
    main()
