"""``init [FOLDER]``: an engineer's project, in a new folder or into a Dagster project that exists."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from synth_assets.cli.terminal import echo
from synth_assets.drafting.project import Layout, lacking_lines, lay_out
from synth_assets.errors import UsageError
from synth_assets.files import write_bytes, write_new_bytes

__all__ = ["init"]

_NEXT = """\

What comes next, in {root}; docs/tutorial.md has every step:
{git}  the privacy officer, who decides about the table, opens an account and registers the table:
    synth-assets budget open clinic --epsilon 4 --delta 1e-7 --population "patients" --unit-column patient_id \\
        --max-rows 3
    synth-assets source add visits --kind parquet --location '/secure/visits/*.parquet' --account clinic \\
        --version 2026-11 --unit-column patient_id --max-rows 3
  (at most three visits of a patient count; this cannot be changed later)
  you draft its contract, answer each TODO, and run it:
    synth-assets contract draft visits --codebook codebook.csv --out {defs}/visits
    synth-assets contract check && synth-assets contract suite --write
    synth-assets budget plan {defs}/visits
    synth-assets run {defs}/visits"""


@click.command()
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
def init(*, folder: Path) -> None:
    """Write the files of a project into FOLDER, or what a Dagster project there lacks; overwrite nothing.

    These are an engineer's files. Accounts and sources are the privacy officer's: no ledger is made or opened, and no
    contract is written, because `contract draft` writes one from what the officer registers.
    """
    from synth_assets.contract.schema import SCHEMA_FILE

    layout = lay_out(folder)
    for file, text in {**layout.files, folder / SCHEMA_FILE: _schema()}.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        echo(f"wrote {file}" if write_new_bytes(file, text.encode()) else f"left {file} as it is")
    _ignore(folder / ".gitignore")
    if layout.existing:
        echo(f"this is a Dagster project already: its contracts go into {layout.defs}")
    echo(_NEXT.format(root=folder, defs=_below(layout, folder), git="".join(_git(folder))))


def _schema() -> str:
    from synth_assets.contract.schema import file_schema

    return json.dumps(file_schema(), indent=1, ensure_ascii=False) + "\n"


def _ignore(file: Path) -> None:
    """Add what git must not add to a ``.gitignore``; its lines stay."""
    try:
        before = file.read_text(encoding="utf-8") if file.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read", hint="add .synth-assets/ and /data/ to it by hand") from error
    lacking = lacking_lines(before)
    if not lacking:
        echo(f"left {file} as it is")
        return
    end = "" if before.endswith("\n") or not before else "\n"
    lines = "".join(f"{line}\n" for line in lacking)
    write_bytes(file, f"{before}{end}{lines}".encode())
    echo(f"added {' and '.join(lacking)} to {file}")


def _below(layout: Layout, folder: Path) -> Path:
    return layout.defs.relative_to(folder)


def _git(folder: Path) -> Iterator[str]:
    """Yield what keeps versions and is not there yet."""
    lacking = [f"{name} init" for name in ("git", "dvc") if not (folder / f".{name}").exists()]
    if lacking:
        yield f"  every promoted version is kept by git and DVC: {' && '.join(lacking)}\n"
