"""``audit verify BUNDLE``: every claim of a bundle, checked offline, without the private data."""

from pathlib import Path

import click

from synth_assets.cli.output import json_option, print_json

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
@click.option("--reproduce", is_flag=True, help="Sample the rows again from the weights and compare the bytes.")
@click.option("--refit", is_flag=True, help="Fit the generator to the release again; takes a minute.")
@json_option
def verify(  # noqa: PLR0913 - a command's options
    *,
    bundle: Path,
    data: Path | None,
    key: Path | None,
    anchor: str | None,
    reproduce: bool,
    refit: bool,
    as_json: bool,
) -> int:
    """Check every claim of BUNDLE: one line a claim, exit code 1 if any failed."""
    from synth_assets.audit import exit_code, verify_bundle

    claims = verify_bundle(bundle, data=data, key=key, anchor=anchor, reproduce=reproduce, refit=refit)
    if as_json:
        print_json([claim.as_json() for claim in claims])
    else:
        for claim in claims:
            status = click.style(f"{claim.status:<13}", fg=_COLOURS[claim.status])
            click.echo(f"{status} {claim.name}: {claim.detail}")
    return exit_code(claims)
