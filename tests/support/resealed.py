"""Alter a version and make its digests fit again, as somebody who knows the format would."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from synth_assets.audit.evidence import evidence_digest
from synth_assets.audit.manifest import describe_files, write_manifest
from synth_assets.checks import CheckResult
from synth_assets.contract import DatasetContract
from synth_assets.files import sha256_file, write_json


def edit_json(path: Path, change: Callable[[Any], None]) -> None:
    """Read a JSON file, change its value in place, and write it back."""
    value = json.loads(path.read_text())
    change(value)
    path.unlink()
    if path.name == "contract.json":  # the order of its columns counts
        path.write_text(json.dumps(value))
    else:
        write_json(path, value)


def edit_lines(path: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Read a file of JSON lines, change the list in place, and write it back."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    change(lines)
    path.unlink()
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def reseal(version: Path, **identity: str) -> Path:
    """Write the manifest anew over what is there now; return the bundle, in a folder without a digest's name."""
    bundle = version / "bundle"
    told: Mapping[str, Any] = json.loads((bundle / "manifest.json").read_text())
    (bundle / "manifest.json").unlink()
    results = [CheckResult.from_json(json.loads(path.read_text())) for path in (bundle / "checks").glob("*.json")]
    found = {
        **{word: told[word] for word in ("dataset", "release", "generator")},
        "contract": DatasetContract.model_validate_json((bundle / "contract.json").read_bytes()).digest(),
        "candidate": sha256_file(bundle / "candidate.json"),
        "evidence": evidence_digest(results),
        **identity,
    }
    shards = [path.name for path in (version / "data").glob("*.parquet")]
    write_manifest(bundle, identity=found, data=describe_files(version / "data", shards))
    return bundle


def change_release(version: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Change release.json, give the release its new digest wherever the bundle names it, and return the bundle."""
    (folder,) = (version / "bundle" / "release").iterdir()
    edit_json(folder / "release.json", change)
    digest = sha256_file(folder / "release.json")
    folder.rename(folder.with_name(digest))
    edit_json(version / "bundle" / "candidate.json", lambda told: told["parents"].update(release=digest))
    edit_json(version / "bundle" / "generator.json", lambda told: told.update(release=digest))
    return reseal(version, release=digest)
