"""Fitted generators on disk, named by what they contain.

``<sha256 of generator.json>/{generator.json, ...the kind's own files}``;
``generator.json`` holds the digests of the others, the kind, the release, the
options where there are any, the seed, the device and the versions of the
libraries that decide the numbers. A second fit of the same finds the first one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from synth_assets.errors import IntegrityError, UsageError
from synth_assets.files import publish_folder, sha256_file, staging_folder, write_bytes, write_json
from synth_assets.generator.kinds import generator_class, make_generator, refuse_unreadable
from synth_assets.generator.protocol import Generator, Progress
from synth_assets.release import Release

__all__ = [
    "FORMAT_VERSION",
    "FittedGenerator",
    "find_generator",
    "fit_anew",
    "fit_generator",
    "generator_files",
    "load_generator",
]

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedGenerator:
    """A fitted generator on disk.

    Attributes:
        folder: where it is.
        digest: content address, the folder's name.
        kind: kind of generator.
        release: digest of the release that it was fitted to.
        seed: seed of the fit.
    """

    folder: Path
    digest: str
    kind: str
    release: str
    seed: int


def fit_generator(  # noqa: PLR0913 - what decides a fit, by keyword
    release: Release,
    *,
    kind: str,
    seed: int,
    generators: Path,
    options: Mapping[str, Any] | None = None,
    device: str = "cpu",
    progress: Progress | None = None,
) -> FittedGenerator:
    """Fit a generator to a release and keep it below ``generators``, unless it is there already.

    Args:
        release: as it was written.
        kind: of the generator.
        seed: decides the random starts.
        generators: folder that holds one folder per generator.
        options: the kind's own, as the contract says them.
        device: where to fit.
        progress: told how far it is.

    Raises:
        UsageError: when the kind or an option is unknown, the release was never written or lacks answers that
            this kind needs, or the device is not there.
    """
    if not release.digest:
        raise UsageError("the release has no digest", hint="write it first: write_release returns it with one")
    needs = generator_class(kind)
    order = {"kind": kind, "release": release.digest, "seed": seed, "device": device, "method": needs.method}
    order |= {"libraries": {name: version(name) for name in needs.libraries}}
    order |= {"options": dict(options)} if options else {}
    if fitted := _find_fit(generators, order):
        return fitted
    generator = fit_anew(release, kind=kind, options=options, seed=seed, device=device, progress=progress)
    with staging_folder(generators / "generator") as staged:
        for name, content in generator.contents().items():
            write_bytes(staged / name, content)
        files = {path.name: sha256_file(path) for path in sorted(staged.iterdir())}
        write_json(staged / "generator.json", {"format_version": FORMAT_VERSION, **order, "files": files})
        digest = sha256_file(staged / "generator.json")
        publish_folder(staged, generators / digest)
    return find_generator(generators / digest)


def fit_anew(  # noqa: PLR0913 - what decides a fit, by keyword
    release: Release,
    *,
    kind: str,
    seed: int,
    options: Mapping[str, Any] | None = None,
    device: str = "cpu",
    progress: Progress | None = None,
) -> Generator:
    """Fit a generator to a release and keep it nowhere; arguments and refusals as in :func:`fit_generator`."""
    generator = make_generator(kind, options=options)
    refuse_unreadable(type(generator), release)
    if seed < 0:
        raise UsageError(f"the seed of a fit is {seed} and must be >= 0", hint="0 is usual")
    generator.fit(release, seed=seed, device=device, progress=progress)
    return generator


def find_generator(folder: Path) -> FittedGenerator:
    """Describe a fitted generator after checking every digest.

    Raises:
        IntegrityError: when a file is missing or not what its digest says, or the format is newer.
    """
    found = _read_checked(folder)
    return FittedGenerator(
        folder=folder, digest=folder.name, kind=found["kind"], release=found["release"], seed=found["seed"]
    )


def generator_files(fitted: FittedGenerator) -> list[str]:
    """Return the names of a generator's own files, those beside ``generator.json``."""
    return sorted(_read_checked(fitted.folder)["files"])


def load_generator(folder: Path) -> Generator:
    """Return a fitted generator, ready to sample, after checking every digest; torch stays unimported."""
    found = _read_checked(folder)
    return generator_class(found["kind"]).load({name: (folder / name).read_bytes() for name in found["files"]})


def _read_checked(folder: Path) -> dict[str, Any]:
    path = folder / "generator.json"
    if not path.is_file() or sha256_file(path) != folder.name:
        raise IntegrityError(f"generator {folder.name[:12]} is missing or altered", hint="fit it again: that is free")
    found: dict[str, Any] = json.loads(path.read_text())
    if found["format_version"] != FORMAT_VERSION:
        raise IntegrityError(
            f"generator {folder.name[:12]} has format {found['format_version']}", hint="update synth-assets"
        )
    for name, digest in found["files"].items():
        if not (folder / name).is_file() or sha256_file(folder / name) != digest:
            raise IntegrityError(
                f"{name} of generator {folder.name[:12]} is missing or altered", hint="fit it again: that is free"
            )
    return found


def _find_fit(generators: Path, order: dict[str, Any]) -> FittedGenerator | None:
    """Return the fit that was ordered before with exactly the same words."""
    for path in sorted(generators.glob("*/generator.json")):
        facts = json.loads(path.read_text())
        same = {key: value for key, value in facts.items() if key not in ("format_version", "files")} == order
        if same and not path.parent.name.startswith("."):
            return find_generator(path.parent)
    return None
