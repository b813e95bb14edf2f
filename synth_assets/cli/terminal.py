"""The one way to a terminal: no character gets there that could do more than be read.

Much of what commands print was written by somebody else: purposes, names,
reasons, lines of a ledger or of a bundle. An escape sequence in it could wipe or
forge the text around it. Colours are for terminals alone, and not there where ``NO_COLOR`` is set.
"""

import os
from collections.abc import Sequence

import click

from synth_assets.characters import visible

__all__ = ["echo", "echo_cells"]


def echo(
    text: object = "", *, mark: str = "", colour: str | None = None, bold: bool = False, err: bool = False
) -> None:
    """Print ``text``, its own line ends kept and every other unseen character written out.

    Args:
        text: what to say.
        mark: stands before it in ``colour``, such as a status.
        colour: of the mark.
        bold: whether the mark, or the text where there is none, is.
        err: say it on standard error.
    """
    lines = "\n".join(visible(line) for line in str(text).split("\n"))
    if mark:
        lines = click.style(visible(mark), fg=colour, bold=bold or None) + lines
    elif bold:
        lines = click.style(lines, bold=True)
    _say(lines, err=err)


def echo_cells(cells: Sequence[str], *, colours: Sequence[str | None]) -> None:
    """Print the cells of one row two spaces apart, each in its colour; it ends with its last character."""
    shown = [visible(cell) for cell in cells]
    shown[-1:] = [cell.rstrip() for cell in shown[-1:]]
    _say(
        "  ".join(click.style(cell, fg=colour) if colour else cell for cell, colour in zip(shown, colours, strict=True))
    )


def _say(line: str, *, err: bool = False) -> None:
    click.echo(line, err=err, color=False if os.environ.get("NO_COLOR") else None)  # https://no-color.org
