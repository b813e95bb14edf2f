"""Fitted generators on disk, content-addressed.

``<sha256 of generator.json>/{generator.json, ...the kind's own files}``;
``generator.json`` holds the digests of the others, the kind, the release, the
options if there are any, the digests of code that they name, the seed, the device and
the versions of the libraries that affect the numbers. A second identical fit returns the first one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from operator import itemgetter
from pathlib import Path
from typing import Any

from synth_assets.artefact import ArtefactKind, altered_files
from synth_assets.contract.generator import DEFAULT_KIND, GENERATORS
from synth_assets.errors import IntegrityError, UsageError, naming_missing
from synth_assets.files import sha256_bytes, write_bytes
from synth_assets.generator.kinds import code_of, generator_class, make_generator, refuse_unreadable
from synth_assets.generator.protocol import Generator, Progress
from synth_assets.release import Release

__all__ = [
    "FITTED",
    "FORMAT_VERSION",
    "FittedGenerator",
    "find_generator",
    "fit_generator",
    "fit_unsaved",
    "generator_files",
    "load_generator",
]

FORMAT_VERSION = 1
FITTED = ArtefactKind(
    name="generator",
    description="generator.json",
    formats=(FORMAT_VERSION,),
    hint="fit it again: that is free",
    files=itemgetter("files"),
)


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


@naming_missing("fitting a generator")
def fit_generator(  # noqa: PLR0913 - what decides a fit, by keyword
    release: Release,
    *,
    generators: Path,
    kind: str = DEFAULT_KIND,
    seed: int = 0,
    options: Mapping[str, Any] | None = None,
    device: str = "cpu",
    progress: Progress | None = None,
) -> FittedGenerator:
    """Fit a generator to a release and store it below ``generators``, unless it exists already.

    Args:
        release: as it was obtained or loaded.
        generators: folder that holds one folder per digest, such as ``workspace.generators(contract.name)``.
        kind: kind of generator; ``contract.generator.kind`` in a contract.
        seed: determines the random starts.
        options: the kind's own options, as in the contract.
        device: where to fit.
        progress: called with a message about the progress.

    Raises:
        UsageError: the kind or an option is unknown, the release was never written or lacks answers that
            this kind needs, or the device does not exist.
        NotInstalled: a package that the kind fits with is not installed.
        IntegrityError: the kind's files are not those that its ``largest`` announces.
    """
    if not release.digest:
        raise UsageError("the release has no digest", hint="write it first: write_release returns it with one")
    generator_type = generator_class(kind)
    order = {"kind": kind, "release": release.digest, "seed": seed, "device": device, "method": generator_type.method}
    order |= {"libraries": {name: version(name) for name in generator_type.libraries}}
    order |= {"options": dict(options)} if options else {}
    order |= {"code": code} if (code := code_of(generator_type, options)) else {}
    if fitted := _find_fit(generators, order):
        return fitted
    generator = fit_unsaved(release, kind=kind, options=options, seed=seed, device=device, progress=progress)
    contents = generator.contents()
    _refuse_odd_contents(contents, largest=generator.largest(release), kind=kind)

    def fill(staged: Path) -> dict[str, Any]:
        for name, content in contents.items():
            write_bytes(staged / name, content)
        files = {name: sha256_bytes(content) for name, content in contents.items()}
        return {"format_version": FORMAT_VERSION, **order, "files": files}

    return find_generator(FITTED.write(generators, fill=fill))


def _refuse_odd_contents(contents: Mapping[str, bytes], *, largest: Mapping[str, int], kind: str) -> None:
    """Refuse files that a bundle would not be read with: other names than the kind announces, or larger ones."""
    odd = sorted({name for name in contents if Path(name).name != name} | contents.keys() ^ largest.keys())
    odd = odd or sorted(name for name, content in contents.items() if len(content) > largest[name])
    if odd:
        raise IntegrityError(
            f"a fit of kind {kind!r} gave {odd[0]!r} otherwise than its `largest` announces: name and size must agree",
            hint=f"tell whoever maintains package {GENERATORS.package_of(kind)}; nothing was stored",
        )


def fit_unsaved(  # noqa: PLR0913 - what decides a fit, by keyword
    release: Release,
    *,
    kind: str,
    seed: int,
    options: Mapping[str, Any] | None = None,
    device: str = "cpu",
    progress: Progress | None = None,
) -> Generator:
    """Fit a generator to a release without storing it; arguments and errors as in :func:`fit_generator`."""
    generator = make_generator(kind, options=options)
    refuse_unreadable(type(generator), release)
    if seed < 0:
        raise UsageError(f"the seed of a fit is {seed} and must be >= 0", hint="0 is usual")
    generator.fit(release, seed=seed, device=device, progress=progress)
    return generator


def find_generator(folder: Path) -> FittedGenerator:
    """Describe a fitted generator after checking every digest.

    Raises:
        IntegrityError: a file is missing or does not match its digest, or the format is newer.
    """
    return _fitted(folder, _read_checked(folder))


def generator_files(fitted: FittedGenerator) -> list[str]:
    """Return the names of a generator's own files, those beside ``generator.json``."""
    return sorted(_read_checked(fitted.folder)["files"])


def load_generator(folder: Path) -> Generator:
    """Return a fitted generator, ready to sample, after checking every digest; torch stays unimported."""
    description = _read_checked(folder)
    contents = {name: (folder / name).read_bytes() for name in description["files"]}
    return generator_class(description["kind"]).load(contents)


def _read_checked(folder: Path) -> dict[str, Any]:
    description = FITTED.read(folder)
    FITTED.check_files(folder, description["files"])
    return description


def _find_fit(generators: Path, order: dict[str, Any]) -> FittedGenerator | None:
    """Return an earlier intact fit of exactly the same order; a damaged one is fitted again."""
    for folder, description in FITTED.find(generators, order):
        same = {key: value for key, value in description.items() if key not in ("format_version", "files")} == order
        if same and not any(altered_files(folder, description["files"])):
            return _fitted(folder, description)
    return None


def _fitted(folder: Path, description: dict[str, Any]) -> FittedGenerator:
    facts = {name: description[name] for name in ("kind", "release", "seed")}
    return FittedGenerator(folder=folder, digest=folder.name, **facts)
