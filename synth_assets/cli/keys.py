"""``keys create``: Ed25519 keys for officers and for the ledger's heads."""

from pathlib import Path

import click

from synth_assets.cli.terminal import echo

__all__ = ["keys"]


@click.group()
def keys() -> None:
    """Make keys that sign what is written into the ledger."""


@keys.command("create")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def create(*, path: Path) -> None:
    """Write a private key to PATH and the public one beside it, with the ending .pub."""
    from synth_assets.ledger.keys import create_key, public_path
    from synth_assets.obtain.tracked import git_would_add

    key = create_key(path)
    echo(f"key {key.key_id}: keep {path} to yourself, give {public_path(path)} to everyone")
    if git_would_add(path):
        echo(
            f": git would add {path}, the private key, with the next `git add .`: move it outside the project, "
            "such as to ~/keys, or name it in .gitignore",
            mark="warning",
            colour="yellow",
            err=True,
        )
