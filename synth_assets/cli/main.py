"""The group of commands, and the one place where errors become messages and exit codes.

Commands import what they need when they run, so that ``--help`` and the completion of a shell are instant.
"""

import importlib
import os
import sys
from io import StringIO
from typing import Any, NoReturn

import click
from click.shell_completion import CompletionItem

from synth_assets.cli.disk import disk_fault
from synth_assets.cli.terminal import echo
from synth_assets.errors import SynthAssetsError, naming_missing

__all__ = ["cli", "main"]

_COMMANDS = {
    "init": "Write the files of a project into FOLDER, or what a Dagster project there lacks; overwrite nothing.",
    "run": "Materialize release, generator, candidate with its checks, and promoted, as one Dagster run.",
    "synthesize": "Measure (once), fit and sample into DIR; no checks, no promotion.",
    "sample": "Draw a what-if table into FILE: not checked, not promoted, and marked as such.",
    "estimate": "Estimate counts, shares or means by COLUMNS that were measured together, with intervals.",
    "check": "Run the suite on a candidate and show each result; exit code 1 if a blocking check fails.",
    "curate": (
        "Compute the gates of CONTRACT exactly, or run a tool on exact rows; the result goes to the curator's store."
    ),
    "collapse": "Fit CONTRACT's generator to its own synthetic tables, again and again.",
    "compare": "Fit all kinds of generators to CONTRACT's release, and show them side by side.",
    "status": "Show each dataset's promoted version and what differs from it.",
    "contract": "Draft and check contracts, and generate what follows from them.",
    "source": "Register private tables (privacy officer).",
    "budget": "Open accounts, set caps, see what was spent (privacy officer).",
    "ledger": "Set the ledger up, look it over, prove that nobody rewrote it.",
    "keys": "Make keys that sign what is written into the ledger.",
    "audit": "Verify what a promoted version claims (auditor), and the mechanisms of this installation.",
    "leak-test": (
        "Run the whole chain over made-up rows of CONTRACT's schema, and search every store for what may not leave."
    ),
}
"""What ``--help`` says of each command, which a module with its name has: none is imported to list them."""


class _Lazy(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - same
        if cmd_name not in _COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        with naming_missing(f"`{cmd_name}`"):
            command: click.Command = getattr(importlib.import_module(f"synth_assets.cli.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - same
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        commands = (CompletionItem(name, help=text) for name, text in _COMMANDS.items() if name.startswith(incomplete))
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

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
        _end(error)
    except Exception as error:
        if os.environ.get("SYNTH_ASSETS_DEBUG"):
            raise
        if fault := disk_fault(error, arguments=sys.argv[1:] if arguments is None else arguments):
            _end(fault)
        name = type(error).__name__
        echo(f"error: an unforeseen fault ({name}: {_first_line(error)})", err=True)
        echo("  hint: nothing half-written is used; set SYNTH_ASSETS_DEBUG=1 to see where it happened", err=True)
        sys.exit(3)
    sys.exit(code if isinstance(code, int) else 0)


def _end(error: SynthAssetsError) -> NoReturn:
    echo(f": {error}", mark="error", colour="red", err=True)
    sys.exit(error.exit_code)


def _show(error: click.ClickException) -> None:
    """Print a mistake in the words of click, which repeat what was typed, or what a file is called."""
    words = StringIO()
    error.show(words)
    echo(words.getvalue().rstrip("\n"), err=True)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no message"])[0]


if __name__ == "__main__":
    main()
