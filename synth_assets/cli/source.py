"""``source add|list|set-version|set-location|explain``: the officer's registry of private tables."""

import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from synth_assets.cli.book import complete_account, complete_source, current_ledger
from synth_assets.cli.contracts import contract_argument, read_contract
from synth_assets.cli.output import json_option, located, print_json, print_table, who
from synth_assets.cli.terminal import echo
from synth_assets.errors import UsageError
from synth_assets.ledger import Source
from synth_assets.listing import some_of
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.kinds import KINDS
from synth_assets.workspace import Workspace

__all__ = ["source"]

_SHOWN = 40


@click.group()
def source() -> None:
    """Register private tables (privacy officer)."""


@source.command("add")
@click.argument("name")
@click.option("--kind", type=click.Choice(list(KINDS)), required=True)
@click.option("--location", required=True, help="Path or glob of files, module:function, or address of a database.")
@click.option(
    "--account",
    required=True,
    shell_complete=complete_account,
    help="The account that every release of this source is charged to.",
)
@click.option("--version", required=True, help="Public label of the current content, such as 2026-11.")
@click.option("--unit-column", help="Column that names the privacy unit; without it each row is one.")
@click.option("--max-rows", default=1, show_default=True, help="Rows of one unit that are counted.")
@click.option("--options", default="{}", help="Reader options as JSON.")
@click.option(
    "--columns",
    help="All names of the columns, such as id,age,city: refused unless the first line or the schema has just these.",
)
@click.option(
    "--attested-by", help="Who attests that a callable or a database's table or view maps rows independently."
)
@click.option("--if-missing", is_flag=True, help="Do nothing when the source is registered already.")
def add(  # noqa: PLR0913 - one parameter per option
    *,
    name: str,
    kind: str,
    location: str,
    account: str,
    version: str,
    unit_column: str | None,
    max_rows: int,
    options: str,
    columns: str | None,
    attested_by: str | None,
    if_missing: bool,
) -> None:
    """Register a private table under NAME and bind it to an account.

    The names of its columns become public and stay in the ledger for good. Names that look like values of a row are
    shown and asked about in a terminal; elsewhere they are refused unless --columns states them.
    """
    ledger = current_ledger()
    known = name in {source.name for source in ledger.sources()}
    if if_missing and known:
        echo(f"source {name} is registered")
        return
    new_source = _read_source(
        name=name,
        kind=kind,
        location=location,
        account=account,
        version=version,
        unit=PrivacyUnit(column=unit_column, max_rows=max_rows),
        options=_json_object(options),
        attested_by=attested_by,
        columns=None if columns is None else _stated(columns),
        accept=_anything if known else _are_names,  # nothing is written of what is registered
    )
    ledger.add_source(new_source, by=who())
    if known:
        echo(f"source {name} is registered, just as you say")
        return
    echo(f"source {name}: {len(new_source.columns)} columns, version {version}, charged to account {account}")


@source.command("list")
@json_option
def list_sources(*, as_json: bool) -> None:
    """List what is registered; never where it is."""
    sources = current_ledger().sources()
    if as_json:
        keys = ("name", "kind", "account", "version", "attested_by")
        print_json(
            [{key: getattr(source, key) for key in keys} | {"unit": source.unit.as_json()} for source in sources]
        )
        return
    rows = [(source.name, source.kind, source.version, source.account, source.unit.describe()) for source in sources]
    print_table(["source", "kind", "version", "account", "privacy unit"], rows)


@source.command("set-version")
@click.argument("name", shell_complete=complete_source)
@click.argument("version")
@click.option("--reason", default="", help="Why, in one line, for the history.")
def set_version(*, name: str, version: str, reason: str) -> None:
    """Say that the content of source NAME is now VERSION (custodian)."""
    current_ledger().set_version(name, version, by=who(), reason=reason)
    echo(f"source {name} is now at version {version}")


@source.command("set-location")
@click.argument("name", shell_complete=complete_source)
@click.option("--location", required=True, help="Path or glob of files, module:function, or address of a database.")
@click.option("--reason", required=True, help="Why, in one line, for the history.")
@click.option("--kind", type=click.Choice(list(KINDS)), help="Only when the kind changes, too.")
@click.option("--options", help="Reader options as JSON; those of before unless the kind changes.")
@click.option(
    "--attested-by", help="Who attests that a callable, table or view maps rows independently; to be given again."
)
def set_location(  # noqa: PLR0913 - one parameter per option
    *, name: str, location: str, reason: str, kind: str | None, options: str | None, attested_by: str | None
) -> None:
    """Say that source NAME has moved: the same table, with the same columns and types.

    The version label stays, so what was paid for under it stays paid and is not measured again. If the content
    there differs, also say so with `set-version`.
    """
    ledger = current_ledger()
    old = ledger.source(name)
    kept_options = old.options if kind in (None, old.kind) else {}
    moved_source = _read_source(
        name=name,
        kind=kind or old.kind,
        location=location,
        account=old.account,
        version=old.version,
        unit=old.unit,
        options=kept_options if options is None else _json_object(options),
        attested_by=attested_by,
        accept=_anything,  # the names are those that the ledger has already
    )
    ledger.move_source(moved_source, by=who(), reason=reason)
    echo(f"source {name} is now read from its new location; version {old.version} is still its version")


@source.command("explain")
@contract_argument
def explain(*, contract: Path) -> None:
    """Show the statements that CONTRACT has a database run, for review; nothing is opened or paid.

    Of a source of kind `sql`. Bound parameters are shown by their names; `:key` is the secret of a reservation.
    """
    from synth_assets.domain import Domain
    from synth_assets.obtain.on_warehouse import KIND
    from synth_assets.obtain.preflight import refuse_faults, remarks_on_source
    from synth_assets.source.kinds.sql import rows_of
    from synth_assets.source.sql.explain import explained

    dataset = read_contract(contract)
    registered = current_ledger().source(dataset.source)
    if registered.kind != KIND or not registered.location:
        raise UsageError(
            f"source {registered.name!r} is not a `sql` source whose location this login may see",
            hint="an officer can see what statements a `sql` source is asked",
        )
    with located(contract):
        refuse_faults(registered, dataset, remarks_on_source(registered, dataset))
    rows = rows_of(registered.location, registered.options, registered.columns, dataset.unit())
    found = dataset.discovered_columns
    declared = Domain(columns=tuple(dataset.open_column(name) for name in dataset.columns if name not in found))
    if not rows.flavour.run:
        echo(f"-- {rows.flavour.dialect}: generated, not run by the tests of this version")
    for purpose, statement in explained(rows, declared, discovered=found):
        echo(f"-- {purpose}\n{statement};\n")


def _read_source(**facts: Any) -> Source:
    from synth_assets.source.register import make_source

    sys.path.append(str(Workspace.current().root))  # a callable may stand in the project's own folder
    return make_source(**facts)


def _stated(columns: str) -> list[str]:
    return [name.strip() for name in next(csv.reader([columns], skipinitialspace=True), [])]


def _are_names(names: Sequence[str]) -> bool:
    """Ask about names that look like values, and show them, in a terminal alone: anything else may be kept as a log."""
    from synth_assets.source.names import are_plain

    if are_plain(names):
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    echo(f"the columns would be called: {some_of(list(map(repr, names)), most=_SHOWN)}", err=True)
    return click.confirm("Are these names of columns, and not a row? They become public, for good.", err=True)


def _anything(names: Sequence[str]) -> bool:
    del names
    return True


def _json_object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"--options {text!r} is not JSON", hint='such as {"delimiter": ";"}') from error
    if not isinstance(value, dict):
        raise UsageError(f"--options {text!r} is not a JSON object", hint='such as {"delimiter": ";"}')
    return value
