"""``manifest.json``: the digest of every file of a version, and its own.

The SHA-256 of the manifest names the version, so a copy can be compared with
what was promoted. On its own the manifest also carries a digest over its
content and is written in one canonical layout: a bundle that lost its name
still shows any single altered byte. Neither stops somebody who rewrites
everything; that is what signatures are for.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from synth_assets.errors import IntegrityError
from synth_assets.files import canonical_json, json_bytes, sha256_bytes, sha256_file, write_json

__all__ = ["FORMAT_VERSION", "MANIFEST", "describe_files", "read_manifest", "write_manifest"]

FORMAT_VERSION = 1
MANIFEST = "manifest.json"


def describe_files(folder: Path, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return digest and size of the named files, by name."""
    return {
        name: {"sha256": sha256_file(folder / name), "size": (folder / name).stat().st_size} for name in sorted(names)
    }


def write_manifest(bundle: Path, *, identity: Mapping[str, Any], data: Mapping[str, Mapping[str, Any]]) -> str:
    """List every file in ``bundle`` and the data files, and return the manifest's SHA-256.

    Args:
        bundle: the folder; everything in it is listed.
        identity: names and digests of what the version was made from.
        data: digest and size of each data file, by its name in the version's folder.
    """
    names = [path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()]
    facts = {
        "format_version": FORMAT_VERSION,
        **identity,
        "files": describe_files(bundle, (name for name in names if name != MANIFEST)),
        "data": {name: dict(item) for name, item in sorted(data.items())},
    }
    write_json(bundle / MANIFEST, {**facts, "digest": sha256_bytes(canonical_json(facts))})
    return sha256_file(bundle / MANIFEST)


def read_manifest(bundle: Path) -> dict[str, Any]:
    """Read the manifest and check its own digest, layout and format.

    Raises:
        IntegrityError: it is missing, altered, or of a newer format.
    """
    try:
        written = (bundle / MANIFEST).read_bytes()
        found: dict[str, Any] = json.loads(written)
        facts = {name: item for name, item in found.items() if name != "digest"}
        intact = found["digest"] == sha256_bytes(canonical_json(facts)) and written == json_bytes(found)
        known = found["format_version"] == FORMAT_VERSION
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IntegrityError("manifest.json is missing or not readable", hint="get the bundle again") from error
    if not intact:
        raise IntegrityError("manifest.json is not what its own digest says", hint="the bundle was altered")
    if not known:
        raise IntegrityError(f"manifest.json has format {found['format_version']}", hint="update synth-assets")
    return found
