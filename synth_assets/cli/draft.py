"""``contract draft SOURCE``: a commented contract of what is public, with a question wherever only a person knows."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synth_assets.cli.book import complete_source
from synth_assets.cli.contracts import from_here
from synth_assets.cli.terminal import echo
from synth_assets.drafting.codebooks.registry import FORMATS, read_codebook
from synth_assets.errors import UsageError
from synth_assets.files import write_new_bytes
from synth_assets.ledger import Ledger, Source
from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from synth_assets.drafting.contract import Draft

__all__ = ["draft"]


@click.command("draft")
@click.argument("source", shell_complete=complete_source)
@click.option("--codebook", type=click.Path(path_type=Path), help="What an officer published about the columns.")
@click.option("--format", "kind", type=click.Choice(list(FORMATS)), help="Of the codebook; by default, recognised.")
@click.option("--table", help="The table of a codebook of several; by default the one named as SOURCE.")
@click.option("--name", help="Of the dataset; by default that of SOURCE.")
@click.option("--out", type=click.Path(path_type=Path), help="A file, or a folder for defs.yaml; never overwritten.")
def draft(  # noqa: PLR0913 - one parameter per option
    *, source: str, codebook: Path | None, kind: str | None, table: str | None, name: str | None, out: Path | None
) -> None:
    """Draft a commented contract over the registered SOURCE, on standard output or into a file.

    Names, types and the unit are those that the officer registered; ranges, categories and descriptions come from
    a codebook. No row is read. What neither says is an open question, which `contract check` lists and no run accepts.
    """
    from synth_assets.contract.documents import others_named
    from synth_assets.drafting.contract import draft_contract
    from synth_assets.ledger.open import existing_ledger

    workspace = Workspace.current()
    ledger = existing_ledger(workspace)
    file = out if out is None or out.suffix in (".yaml", ".yml") else out / "defs.yaml"
    registered, dataset = ledger.source(source), name or source.replace("-", "_")
    if file is not None and (others := others_named(dataset, file, workspace.root)):
        raise UsageError(f"{from_here(others[0])} is named {dataset!r} already", hint="give another --name")
    drafted = draft_contract(
        registered,
        name=dataset,
        split=ledger.split(registered.account),
        account=_left(ledger, registered),
        codebook=read_codebook(codebook, kind=kind) if codebook else None,
        file=codebook.name if codebook else "",
        table=table,
        schema=_schema(workspace, file),
    )
    if file is None:
        echo(drafted.text.rstrip("\n"))
        echo(_counted(drafted, "the draft"), err=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    if not write_new_bytes(file, drafted.text.encode()):
        raise UsageError(f"{file} is there already, and drafts overwrite nothing", hint="give another --out")
    echo(f"wrote {file}")
    echo(_counted(drafted, f"`synth-assets contract check {file}`"))


def _schema(workspace: Workspace, file: Path | None) -> str | None:
    """Return where an editor finds the schema, if the project has it."""
    from synth_assets.contract.schema import SCHEMA_FILE

    schema = workspace.root / SCHEMA_FILE
    return os.path.relpath(schema, file.absolute().parent) if file is not None and schema.is_file() else None


def _left(ledger: Ledger, source: Source) -> str:
    balance = ledger.balance(source.account)
    return (
        f"Account {source.account} has rho {balance.remaining.rho:.4g} left, which is epsilon "
        f"{balance.epsilon_of(balance.remaining):.4g} at its delta {balance.delta:g}. "
        "The same epsilon at a smaller delta is less rho."
    )


def _counted(drafted: "Draft", where: str) -> str:
    columns = "1 column" if drafted.columns == 1 else f"{drafted.columns} columns"
    questions = "1 open question" if drafted.questions == 1 else f"{drafted.questions} open questions"
    return f"{columns}, {drafted.described} of them described by a codebook; {questions}: {where} lists them"
