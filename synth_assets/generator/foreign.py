"""Fitted generators from an untrusted bundle: limited before reading, checked before sampling.

Everything in such a folder may be malicious. Files must be regular files with the
names and at most the sizes of a generator of that release, match the digests in its
description, and contain only shares. Nothing is unpickled. The description names a
kind: the package that brings it is imported, and must be installed already.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from synth_assets.contract.generator import FOREIGN
from synth_assets.errors import IntegrityError
from synth_assets.files import sha256_bytes
from synth_assets.generator.kinds import generator_class
from synth_assets.generator.protocol import Generator
from synth_assets.reading import read_file
from synth_assets.release import Release

__all__ = ["read_foreign"]

_HINT = "get the bundle again, or ask who promoted it"


def read_foreign(folder: Path, description: Mapping[str, Any], *, release: Release) -> Generator:
    """Return the generator whose files lie in ``folder``, ready to sample.

    Args:
        folder: the folder of the kind's own files.
        description: the content of ``generator.json``: the kind, and the digests of the files.
        release: the release that it must have been fitted to.

    Raises:
        IntegrityError: a file is missing, too large, altered or not a fitted state of that release.
        UsageError: there is no such kind.
    """
    kind, digests = generator_class(str(description.get("kind"))), description.get("files")
    options = description.get("options")
    if not isinstance(options, Mapping | None):
        raise IntegrityError("the generator's options are not readable", hint=_HINT)
    largest = _unfitted(kind, options).largest(release)
    if not isinstance(digests, Mapping) or set(digests) != set(largest):
        raise IntegrityError(f"a {kind.kind} has the files {', '.join(largest)} and no others", hint=_HINT)
    contents = {name: read_file(folder / name, most=size) for name, size in largest.items()}
    for name, content in contents.items():
        if sha256_bytes(content) != digests[name]:
            raise IntegrityError(f"{name} of the generator was altered", hint=_HINT)
    return kind.load(contents, release=release)


def _unfitted(kind: type[Generator], options: Mapping[str, Any] | None) -> Generator:
    """Return a generator with options; what these name, such as a simulator, need not be installed."""
    try:
        return kind(kind.options.model_validate(dict(options or {}), context={FOREIGN: True}))
    except ValidationError as error:
        raise IntegrityError(f"the generator's options are not those of a {kind.kind}", hint=_HINT) from error
