"""Releases on disk: ``<sha256>/{release.json, marginals.parquet, privacy.json}``.

The folder's name is the SHA-256 of ``release.json``, which holds the digests of
the other two, so a release that was altered in any byte is refused when read.

The long table has one row a cell: ``clique`` (position of the table), ``phase``
(number of the draw), ``cell`` (row-major index) and ``count``.
"""

import dataclasses
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from synth_assets.domain import Domain
from synth_assets.errors import IntegrityError
from synth_assets.files import publish_folder, sha256_file, staging_folder, write_json
from synth_assets.release.discovery import Discovery
from synth_assets.release.model import NoisyMarginal, Release
from synth_assets.release.scores import NoisyScores

__all__ = ["FORMAT_VERSION", "load_release", "restore_release", "write_release"]

FORMAT_VERSION = 3
_TABLES_ALONE = 1
"""The format of a release without discovered columns or scores: what older versions read too."""
_SCORES = 2
"""The format of a release with scores; it once held discovered columns too, whose rule it does not name."""
_PARTS = ("marginals.parquet", "privacy.json")


def write_release(release: Release, releases: Path) -> Release:
    """Write ``release`` below ``releases`` and return it with its digest; writing it again changes nothing."""
    with staging_folder(releases / "release") as staged:
        pq.write_table(_long_table(release), staged / "marginals.parquet", compression="zstd")
        write_json(staged / "privacy.json", release.privacy)
        write_json(staged / "release.json", _describe(release, staged))
        digest = sha256_file(staged / "release.json")
        publish_folder(staged, releases / digest)
    return dataclasses.replace(release, digest=digest)


def load_release(folder: Path) -> Release:
    """Read a release and check every digest.

    Raises:
        IntegrityError: when a file is missing or not what its digest says, or the format is newer.
    """
    try:
        return _read(folder)
    except (KeyError, TypeError, ValueError, IndexError) as error:  # Arrow's own errors are among these
        raise IntegrityError(
            f"release {folder.name} is not a release", hint="restore the folder from a copy"
        ) from error


def _read(folder: Path) -> Release:
    found = _read_checked(folder)
    counts = pq.read_table(folder / "marginals.parquet", columns=["clique", "count"])
    cliques, values = counts["clique"].to_numpy(), counts["count"].to_numpy()
    starts = np.searchsorted(cliques, np.arange(len(found["marginals"]) + 1))
    domain = Domain.from_json(found["domain"])
    return Release(
        dataset=found["dataset"],
        source=found["source"],
        version=found["version"],
        fingerprint=found["fingerprint"],
        reservation=found["reservation"],
        domain=domain,
        grids={name: np.asarray(grid, dtype=np.int64) for name, grid in found["grids"].items()},
        marginals=tuple(
            NoisyMarginal(
                attributes=tuple(item["attributes"]),
                level=item["level"],
                counts=values[starts[place] : starts[place + 1]].reshape(item["shape"]),
                scale=item["scale"],
                rho=item["rho"],
                draw=item["draw"],
                mechanism=found["mechanisms"][item["mechanism"]],
            )
            for place, item in enumerate(found["marginals"])
        ),
        privacy=json.loads((folder / "privacy.json").read_text()),
        target=found["target"],
        focus=tuple(found["focus"]),
        discoveries=tuple(map(Discovery.from_json, found.get("discoveries", ()))),
        scores=tuple(map(NoisyScores.from_json, found.get("scores", ()))),
        digest=folder.name,
    )


def restore_release(digest: str, *, releases: Path, copies: Iterable[Path]) -> bool:
    """Bring a lost or altered release back from the first whole copy; tell whether there was one."""
    for copy in copies:
        try:
            load_release(copy)
        except IntegrityError:
            continue
        with staging_folder(releases / "release") as staged:
            shutil.copytree(copy, staged, dirs_exist_ok=True)
            shutil.rmtree(releases / digest, ignore_errors=True)
            publish_folder(staged, releases / digest)
        return True
    return False


def _read_checked(folder: Path) -> dict[str, Any]:
    path = folder / "release.json"
    if not path.is_file() or sha256_file(path) != folder.name:
        raise IntegrityError(f"release {folder.name} is missing or altered", hint="restore the folder from a copy")
    found: dict[str, Any] = json.loads(path.read_text())
    if found["format_version"] not in (_TABLES_ALONE, _SCORES, FORMAT_VERSION):
        raise IntegrityError(f"release {folder.name} has format {found['format_version']}", hint="update synth-assets")
    for name in _PARTS:
        if not (folder / name).is_file() or sha256_file(folder / name) != found["files"][name]:
            raise IntegrityError(
                f"{name} of release {folder.name} is missing or altered", hint="restore it from a copy"
            )
    return found


def _long_table(release: Release) -> pa.Table:
    sizes = [marginal.counts.size for marginal in release.marginals]
    return pa.table(
        {
            "clique": np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
            "phase": np.repeat(np.array([marginal.draw for marginal in release.marginals], dtype=np.int32), sizes),
            "cell": np.concatenate([np.arange(size, dtype=np.int64) for size in sizes]),
            "count": np.concatenate([marginal.counts.ravel() for marginal in release.marginals]),
        }
    )


def _format_of(release: Release) -> int:
    """Return the lowest format that says all of a release, so that older versions read what they can."""
    if any(item.rule == "above" for item in release.discoveries):
        return FORMAT_VERSION
    return _SCORES if release.discoveries or release.scores else _TABLES_ALONE


def _describe(release: Release, staged: Path) -> dict[str, Any]:
    mechanisms = list(dict.fromkeys(marginal.mechanism for marginal in release.marginals))
    return {
        "format_version": _format_of(release),
        "dataset": release.dataset,
        "source": release.source,
        "version": release.version,
        "fingerprint": release.fingerprint,
        "reservation": release.reservation,
        "domain": release.domain.as_json(),
        "grids": {name: grid.tolist() for name, grid in release.grids.items()},
        "target": release.target,
        "focus": list(release.focus),
        **({"discoveries": [item.as_json() for item in release.discoveries]} if release.discoveries else {}),
        **({"scores": [item.as_json() for item in release.scores]} if release.scores else {}),
        "mechanisms": mechanisms,
        "marginals": [
            {
                "attributes": list(marginal.attributes),
                "level": marginal.level,
                "shape": list(marginal.counts.shape),
                "scale": marginal.scale,
                "rho": marginal.rho,
                "draw": marginal.draw,
                "mechanism": mechanisms.index(marginal.mechanism),
            }
            for marginal in release.marginals
        ],
        "files": {name: sha256_file(staged / name) for name in _PARTS},
    }
