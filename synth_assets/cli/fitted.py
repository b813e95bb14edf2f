"""Which fitted generator a command means: the one it names, the promoted version's, or the newest."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synth_assets.errors import IntegrityError, UsageError
from synth_assets.storage import described, digests_in
from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from synth_assets.audit.verify.case import Case
    from synth_assets.contract import DatasetContract
    from synth_assets.generator import FittedGenerator
    from synth_assets.release import Release

__all__ = ["bundle_of", "fitted_for", "generator_option"]

generator_option = click.option(
    "--generator",
    "digest",
    help="Digest of a fitted generator; default: one as the contract has it, the promoted version's or the newest.",
)


def fitted_for(
    contract: "DatasetContract", workspace: Workspace, *, digest: str | None = None, any_kind: bool = False
) -> "tuple[FittedGenerator, Release]":
    """Return a fitted generator of a dataset and its release.

    Args:
        contract: names the dataset, and the kind of generator with its options.
        workspace: where artefacts are.
        digest: of a generator, or how it begins; else of those with that kind and options the promoted version's, else
            the newest.
        any_kind: whether kind and options may be others, because only the release matters.

    Raises:
        UsageError: when there is none, or its release was measured under another contract.
    """
    from synth_assets.candidate.at_hand import generator_at_hand, release_at_hand

    name = _named(contract, workspace, digest) if digest else _usual(contract, workspace, any_kind=any_kind)
    fitted = generator_at_hand(workspace, contract.name, name)
    release = release_at_hand(workspace, fitted.release)
    if contract.layout_of(release.fingerprint) is None:
        raise UsageError(
            f"release {release.digest[:12]} was not measured under this contract of {contract.name!r}",
            hint="columns, privacy or source changed since: `synth-assets run` makes a new release, and pays for it",
        )
    return fitted, release


def bundle_of(version: Path) -> "Case | None":
    """Return the bundle of a version's folder, or the bundle that it is; ``None`` when it is neither.

    It may come from anybody: what is read from it is read within the limits of the audit.
    """
    from synth_assets.audit.verify.case import Case

    folders = (version / "bundle", version)
    parts = ("manifest.json", "contract.json")
    bundle = next((folder for folder in folders if all((folder / part).is_file() for part in parts)), None)
    return None if bundle is None else Case(bundle=bundle, data=None)


def _named(contract: "DatasetContract", workspace: Workspace, digest: str) -> str:
    from synth_assets.generator.store import FITTED

    names = digests_in(FITTED, workspace.generators(contract.name), workspace=workspace)
    matches = [name for name in names if name.startswith(digest)]
    if len(matches) != 1:
        raise UsageError(
            f"{len(matches)} generators of {contract.name!r} begin with {digest!r}",
            hint=f"there are: {', '.join(name[:12] for name in sorted(names)) or 'none'}",
        )
    return matches[0]


def _usual(contract: "DatasetContract", workspace: Workspace, *, any_kind: bool) -> str:
    from synth_assets.generator.store import FITTED
    from synth_assets.promotion.current import newest_pointer

    promoted = newest_pointer(workspace, contract.name)
    fitted = digests_in(FITTED, workspace.generators(contract.name), workspace=workspace)
    names = [name for name in fitted if any_kind or _is_asked_for(name, contract, workspace)]
    if promoted is not None and promoted.generator in names:
        return promoted.generator
    if names:
        return names[-1]
    if fitted:
        raise UsageError(
            f"no fitted generator of {contract.name!r} is a {contract.generator.kind} with the options of the contract",
            hint="`synth-assets run` fits one, which is free; --generator takes an earlier one",
        )
    raise UsageError(f"there is no fitted generator of {contract.name!r}", hint="`synth-assets run` makes one")


def _is_asked_for(name: str, contract: "DatasetContract", workspace: Workspace) -> bool:
    """Return whether a fit has the contract's kind and options; one that is not readable is refused when it is used."""
    from synth_assets.generator.store import FITTED

    try:
        facts = described(FITTED, workspace.generators(contract.name) / name, workspace=workspace)
    except IntegrityError:
        return True
    spec = contract.generator
    return (facts.get("kind"), facts.get("options") or {}) == (spec.kind, dict(spec.options))
