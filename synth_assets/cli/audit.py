"""``audit verify VERSION``: every claim of a version, checked offline; ``audit mechanisms``: is noise what it costs?"""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synth_assets.cli.output import json_option, print_json, progress
from synth_assets.cli.records import print_record
from synth_assets.cli.replacing import refuse_replacing
from synth_assets.cli.terminal import echo
from synth_assets.errors import UsageError, naming_missing
from synth_assets.workspace import BUNDLE, WORKING_COPY, Workspace

if TYPE_CHECKING:
    from synth_assets.audit import Claim

__all__ = ["audit"]

_COLOURS = {"VERIFIED": "green", "ATTESTED": "yellow", "NOT CHECKABLE": "yellow", "FAILED": "red"}


@click.group()
def audit() -> None:
    """Verify what a promoted version claims (auditor), and the mechanisms of this installation."""


@audit.command("verify")
@click.argument("version", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True), help="The promoted data; default: beside the bundle."
)
@click.option("--key", type=click.Path(path_type=Path), help="Public key that signed the ledger's entries.")
@click.option("--anchor", help="Where the ledger's heads were kept: file:..., git:... or https://...")
@click.option("--expect", help="The digest that the version should have, or at least its first 12 digits.")
@click.option("--reproduce", is_flag=True, help="Sample the rows again from the weights and compare the bytes.")
@click.option("--refit", is_flag=True, help="Fit the generator to the release again; takes a minute.")
@json_option
def verify(  # noqa: PLR0913 - one argument per option
    *,
    version: Path,
    data: Path | None,
    key: Path | None,
    anchor: str | None,
    expect: str | None,
    reproduce: bool,
    refit: bool,
    as_json: bool,
) -> int:
    """Check every claim of VERSION: its folder, the bundle in it, or the name of a dataset of this project.

    A folder that is missing is brought from the storage that machines share.

    One line per claim, or for all that fail for the same reason, then a verdict. Exit code 0: all
    that was asked holds; 1: a claim failed; 4: nothing failed, but the data or something else that
    was asked for is missing.
    """
    from synth_assets.audit import Status, conclusion, exit_code, verify_bundle
    from synth_assets.ledger.keys import load_public_key

    version = _brought(version)
    _require_bundle(version)
    if key is not None:
        load_public_key(key)  # a slip of the auditor's is not a claim that fails
    claims = verify_bundle(version, data=data, key=key, anchor=anchor, expect=expect, reproduce=reproduce, refit=refit)
    if as_json:
        print_json([claim.as_json() for claim in claims])
        return exit_code(claims)
    for claim, others in _grouped(claims):
        name = f"{claim.name} and {others} more" if others else claim.name
        echo(f" {name}: {claim.detail}", mark=f"{claim.status:<13}", colour=_COLOURS[claim.status])
    code = exit_code(claims)
    colour = _COLOURS[Status.FAILED if code == 1 else Status.NOT_CHECKABLE if code else Status.VERIFIED]
    echo(mark=conclusion(claims), colour=colour, bold=True)
    return code


@audit.command("mechanisms")
@click.option("--runs", type=int, help="How often each mechanism is drawn; more runs see smaller faults.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the record to this file instead.")
@json_option
def mechanisms(*, runs: int | None, out: Path | None, as_json: bool) -> int:
    """Draw and attack the noise of every kind of answers on made-up rows, and copies that are broken on purpose.

    Half a minute. Needs no source and no ledger. The record goes into the bundle of the next promotion.
    Exit code 1: a test failed, or a broken copy was not noticed. A sound one fails once in 1,000 times at most.
    """
    from synth_assets.assurance.mechanisms import RUNS, audit_mechanisms
    from synth_assets.audit.assurance import MECHANISMS, is_record, record_path, write_record

    if out:
        refuse_replacing(out, kind="a record of such tests", is_one=partial(is_record, kind=MECHANISMS))
    record = audit_mechanisms(runs=RUNS if runs is None else runs, progress=progress)
    path = out or record_path(Workspace.current(), MECHANISMS)
    write_record(record, path)
    return print_record(record, path, as_json=as_json)


def _grouped(claims: "Sequence[Claim]") -> "list[tuple[Claim, int]]":
    """Return the claims to show, and how many others fail with the same words; the verdict names them."""
    from synth_assets.audit import Status

    alike = Counter(claim.detail for claim in claims if claim.status is Status.FAILED)
    shown: dict[tuple[str, str], Claim] = {}
    for claim in claims:
        shown.setdefault((claim.detail, "" if claim.status is Status.FAILED else claim.name), claim)
    return [(claim, max(0, alike[claim.detail] - 1) * (not name)) for (_, name), claim in shown.items()]


def _brought(version: Path) -> Path:
    """Return the folder of a version: a path, or the promoted one of a dataset, which shared storage may hold."""
    workspace = Workspace.current()
    promoted = workspace.promoted(version.name) / WORKING_COPY
    if not version.exists() and version.name == str(version) and promoted.is_dir():
        return promoted
    if version.exists() or not workspace.storage_url:
        return version
    with naming_missing("bringing a version from the shared storage"):
        from synth_assets.promotion.shared import bring_version
    return bring_version(version, workspace=workspace) or version


def _require_bundle(folder: Path) -> None:
    """Tell a wrong path from a bad version: a folder without any part of one is the former."""
    if (folder / BUNDLE).is_dir() or any((folder / name).exists() for name in ("manifest.json", "contract.json")):
        return
    inside = folder / WORKING_COPY
    there = (inside / BUNDLE).is_dir()
    hint = f"did you mean {inside}?" if there else "give data/promoted/<dataset>/version, or a copy"
    raise UsageError(f"there is no version in {folder}", hint=hint)
