"""``manifest.json``: the digest of every file of a version, and its own.

The SHA-256 of the manifest names the version, so a copy can be compared with
what was promoted. On its own the manifest also carries a digest over its
content and is written in one canonical layout: a bundle that lost its name
still shows any single altered byte. Neither stops somebody who rewrites
everything; that is what signatures are for, and ``audit verify --expect``.

Format 2 names the template of ``report.html``, so that a verification can render
the page again and compare it. Format 3 also lists the files of scenarios, and is
written only where there are some. Format 1 is read too.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from synth_assets.audit.folder import is_plain_name
from synth_assets.errors import IntegrityError
from synth_assets.files import canonical_json, json_bytes, sha256_bytes, sha256_file, write_json
from synth_assets.reading import parse_json, read_file

__all__ = [
    "CONTEXT",
    "FORMATS",
    "FORMAT_VERSION",
    "IDENTITY",
    "MANIFEST",
    "REPORT",
    "REPORT_TEMPLATE",
    "contents_digest",
    "contents_of",
    "describe_files",
    "read_manifest",
    "write_manifest",
]

FORMAT_VERSION = 2
SCENARIO_FORMAT = 3
MANIFEST = "manifest.json"
REPORT = "report.html"
CONTEXT = "context.json"
"""The figures of other versions and releases that checks compared with, if there were such checks."""
EVALUATION = "evaluation.json"
"""What was measured on real people, if the contract has gates."""
REPORT_TEMPLATE = 5
"""Raised when the same facts make another ``report.html``: a section, a chart, the form of a number.

Pages of older templates are still rendered again and compared, see :mod:`synth_assets.audit.report.section`.
"""
_SCENARIO = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DIGESTS = ("contract", "release", "generator", "candidate", "evidence")
IDENTITY = ("dataset", *_DIGESTS)
"""What names a version: its dataset, and the digests of what it is made from."""
_FIRST = {"format_version", *IDENTITY, "files", "data", "digest"}
_KEYS = {
    1: _FIRST,
    FORMAT_VERSION: {*_FIRST, "report_template"},
    SCENARIO_FORMAT: {*_FIRST, "report_template", "scenarios"},
}
"""What a manifest of each format holds, exactly."""
FORMATS = tuple(_KEYS)
"""The formats that can be read."""


def describe_files(folder: Path, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return digest and size of the named files, by name."""
    return {
        name: {"sha256": sha256_file(folder / name), "size": (folder / name).stat().st_size} for name in sorted(names)
    }


def contents_of(manifest: Mapping[str, Any]) -> str:
    """Return the digest of the contents that a manifest lists, see :func:`contents_digest`."""
    return contents_digest(
        identity=manifest, files=manifest["files"], data=manifest["data"], scenarios=manifest.get("scenarios", {})
    )


def contents_digest(
    *,
    identity: Mapping[str, Any],
    files: Mapping[str, Mapping[str, Any]],
    data: Mapping[str, Mapping[str, Any]],
    scenarios: Mapping[str, Mapping[str, Mapping[str, Any]]],
) -> str:
    """Return a digest of all of a version but its report, which can therefore say it.

    Args:
        identity: names and digests of what the version was made from.
        files: digest and size of each file of the bundle; the report's is left out.
        data: the same of each data file.
        scenarios: the same of each scenario's files.
    """
    facts = {
        **{word: identity[word] for word in IDENTITY},
        "files": {name: dict(file) for name, file in files.items() if name != REPORT},
        "data": _sorted(data),
        "scenarios": {name: _sorted(listed) for name, listed in scenarios.items()},
    }
    return sha256_bytes(canonical_json(facts))


def write_manifest(
    bundle: Path,
    *,
    identity: Mapping[str, Any],
    data: Mapping[str, Mapping[str, Any]],
    scenarios: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
) -> str:
    """List every file in ``bundle`` and the data files, and return the manifest's SHA-256.

    Args:
        bundle: the folder; everything in it is listed.
        identity: names and digests of what the version was made from.
        data: digest and size of each data file, by its name in the version's folder.
        scenarios: the same of each scenario's files, by the scenario's name; nothing is written if there are none.
    """
    names = [path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()]
    facts = {
        "format_version": SCENARIO_FORMAT if scenarios else FORMAT_VERSION,
        "report_template": REPORT_TEMPLATE,
        **{word: identity[word] for word in IDENTITY},
        "files": describe_files(bundle, (name for name in names if name != MANIFEST)),
        "data": _sorted(data),
        **({"scenarios": {name: _sorted(files) for name, files in sorted(scenarios.items())}} if scenarios else {}),
    }
    write_json(bundle / MANIFEST, {**facts, "digest": sha256_bytes(canonical_json(facts))})
    return sha256_file(bundle / MANIFEST)


def _sorted(files: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: dict(file) for name, file in sorted(files.items())}


def read_manifest(bundle: Path) -> dict[str, Any]:
    """Read the manifest; check its own digest, layout and format, and that every name stays in its folder.

    Raises:
        IntegrityError: it is missing, altered, or of a newer format.
    """
    written = read_file(bundle / MANIFEST)
    manifest = parse_json(written, name=MANIFEST)
    if not isinstance(manifest, dict) or "format_version" not in manifest:
        raise IntegrityError("manifest.json is not a manifest", hint="get the bundle again")
    facts = {name: fact for name, fact in manifest.items() if name != "digest"}
    if manifest.get("digest") != sha256_bytes(canonical_json(facts)) or written != json_bytes(manifest):
        raise IntegrityError("manifest.json is not what its own digest says", hint="the bundle was altered")
    if type(manifest["format_version"]) is not int or manifest["format_version"] not in _KEYS:
        raise IntegrityError(f"manifest.json has format {manifest['format_version']!r}", hint="update synth-assets")
    if not _well_formed(manifest):
        raise IntegrityError("manifest.json is not a manifest", hint="the bundle was altered")
    return manifest


def _well_formed(manifest: Mapping[str, Any]) -> bool:
    return (
        set(manifest) == _KEYS[manifest["format_version"]]
        and isinstance(manifest["dataset"], str)
        and all(_is_digest(manifest[word]) for word in _DIGESTS)
        and type(manifest.get("report_template", 0)) is int
        and _lists_files(manifest["files"])
        and _lists_data(manifest["data"])
        and _lists_scenarios(manifest)
    )


def _lists_scenarios(manifest: Mapping[str, Any]) -> bool:
    if "scenarios" not in manifest:
        return True
    scenarios = manifest["scenarios"]
    return (
        isinstance(scenarios, dict)
        and bool(scenarios)
        and all(_SCENARIO.fullmatch(name) and _lists_data(files) for name, files in scenarios.items())
    )


def _lists_data(listed: Any) -> bool:
    return _lists_files(listed) and not any("/" in name for name in listed)


def _lists_files(listed: Any) -> bool:
    return isinstance(listed, dict) and all(is_plain_name(name) and _is_file(file) for name, file in listed.items())


def _is_file(file: Any) -> bool:
    return (
        isinstance(file, dict)
        and set(file) == {"sha256", "size"}
        and _is_digest(file["sha256"])
        and type(file["size"]) is int
        and file["size"] >= 0
    )


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None
