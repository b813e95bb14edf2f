"""Options of commands that fit, sample or check: the seed of the fit, where it is made, how many processes work."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["fit_options", "workers_option"]

Command = TypeVar("Command", bound=Callable[..., Any])

workers_option = click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(min=1),
    help="Processes that draw and count shards of 1,000,000 rows; the results are the same.",
)
_fit_seed = click.option(
    "--fit-seed",
    default=0,
    show_default=True,
    type=click.IntRange(min=0),
    help="Seed of the generator's fit; another one is another generator, for free.",
)
_device = click.option(
    "--device", default="cpu", show_default=True, help="Where the generator is fitted, such as cuda, if its kind can."
)


def fit_options(command: Command) -> Command:
    """Add ``--fit-seed``, ``--device`` and ``--workers`` to a command."""
    return _fit_seed(_device(workers_option(command)))
