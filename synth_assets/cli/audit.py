"""``audit verify BUNDLE``: every claim of a bundle, checked offline, without the private data."""

from pathlib import Path

import click

from synth_assets.cli.output import json_option, print_json
from synth_assets.cli.terminal import echo

__all__ = ["audit"]

_COLOURS = {"VERIFIED": "green", "ATTESTED": "yellow", "NOT CHECKABLE": "yellow", "FAILED": "red"}


@click.group()
def audit() -> None:
    """Verify what a promoted version claims (auditor)."""


@audit.command("verify")
@click.argument("bundle", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True), help="The promoted data; default: beside the bundle."
)
@click.option("--key", type=click.Path(path_type=Path), help="Public key that signed the ledger's entries.")
@click.option("--anchor", help="Where the ledger's heads were kept: file:..., git:... or https://...")
@json_option
def verify(*, bundle: Path, data: Path | None, key: Path | None, anchor: str | None, as_json: bool) -> int:
    """Check every claim of BUNDLE: one line a claim, exit code 1 if any failed."""
    from synth_assets.audit import exit_code, verify_bundle

    claims = verify_bundle(bundle, data=data, key=key, anchor=anchor)
    if as_json:
        print_json([claim.as_json() for claim in claims])
    else:
        for claim in claims:
            echo(f" {claim.name}: {claim.detail}", mark=f"{claim.status:<13}", colour=_COLOURS[claim.status])
    return exit_code(claims)
