"""How commands talk: tables, bars and JSON on standard output, the rest on standard error.

All of it passes :func:`~synth_assets.cli.terminal.echo` or :func:`print_csv`.
"""

import csv
import json
import os
import pwd
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synth_assets.characters import visible
from synth_assets.cli.terminal import echo, echo_cells
from synth_assets.errors import SynthAssetsError

if TYPE_CHECKING:
    from synth_assets.ledger.doctor import Finding

__all__ = [
    "PART_NAMES",
    "json_option",
    "located",
    "print_csv",
    "print_findings",
    "print_json",
    "print_table",
    "progress",
    "spent_bar",
    "who",
]

PART_NAMES = {"measured": "measured", "held_out": "held out"}
"""What people call the parts of a split account."""
_COLOURS = {"good": "green", "warning": "yellow", "fault": "red"}
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
_FORMULA = tuple("=+-@＝＋－＠")  # noqa: RUF001 - spreadsheets take the wide ones too
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)*%?")


def print_json(value: Any) -> None:
    """Print one JSON document."""
    # Unseen characters stand inside strings alone, where their numbers mean the same to a program.
    echo(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False))


def print_csv(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows for a spreadsheet, which must not take any text for a formula."""
    writer = csv.writer(sys.stdout)
    for row in ([list(rows[0])] if rows else []) + [list(row.values()) for row in rows]:
        writer.writerow([_cell(value) if isinstance(value, str) else value for value in row])


def print_table(
    head: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    verdict: int = 0,
    colours: Sequence[str | None] = (),
) -> None:
    """Print aligned columns; numbers to the right.

    Args:
        head: names of the columns.
        rows: their cells.
        verdict: the column that is coloured.
        colours: one per row; none by default.
    """
    names = [visible(name) for name in head]
    texts = [[visible(str(cell)) for cell in row] for row in rows]
    widths = [max(len(row[position]) for row in [names, *texts]) for position in range(len(names))]
    echo("  ".join(name.ljust(width) for name, width in zip(names, widths, strict=True)), bold=True)
    for row, cells, colour in zip(texts, rows, colours or [None] * len(rows), strict=True):
        shown = [
            cell.rjust(width) if isinstance(value, int | float) else cell.ljust(width)
            for cell, value, width in zip(row, cells, widths, strict=True)
        ]
        echo_cells(shown, colours=[colour if position == verdict else None for position in range(len(shown))])


def print_findings(findings: "Iterable[Finding]") -> None:
    """Print what was looked at, line by line, with what to do where something is not good."""
    for finding in findings:
        mark = f"{finding.state:<8}"
        echo(f" {finding.what}: {finding.detail}", mark=mark, colour=_COLOURS[finding.state])
        if finding.hint:
            echo(f"         hint: {finding.hint}")


def progress(message: str) -> None:
    """Say what is going on, on standard error."""
    echo(f"  {message}", err=True)


def spent_bar(share: float, *, width: int = 30) -> str:
    """Draw a bar of what is spent; ``share`` in [0, 1]."""
    filled = min(width, round(share * width))
    return "█" * filled + "░" * (width - filled)


@contextmanager
def located(contract: Path) -> Iterator[None]:
    """Put the position in the contract before the message of a refusal that is about one of its keys."""
    try:
        yield
    except SynthAssetsError as error:
        if not error.where:
            raise
        from synth_assets.contract.yaml_file import place_of

        raise type(error)(f"{place_of(contract, error.where)}: {error.message}", hint=error.hint) from error


def who() -> str:
    """Return the login that goes into the ledger: ``SYNTH_ASSETS_BY``, or the operating system's."""
    try:
        return os.environ.get("SYNTH_ASSETS_BY") or pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def _cell(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would compute; a plain number is none of that."""
    text = visible(text)
    begins = text.lstrip().startswith(_FORMULA)
    return f"'{text}" if begins and not _NUMBER.fullmatch(text.strip()) else text
