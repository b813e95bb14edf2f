"""Releases on disk: ``<sha256>/{release.json, marginals.parquet, privacy.json}``.

The folder's name is the SHA-256 of ``release.json``, which holds the digests of
the other two, so a release that was altered in any byte is refused when read.

The long table has one row a cell: ``clique`` (position of the table), ``phase``
(number of the draw), ``cell`` (row-major index) and ``count``.
"""

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from synth_assets.artefact import ArtefactKind
from synth_assets.domain import Domain
from synth_assets.errors import IntegrityError
from synth_assets.files import sha256_file, write_json
from synth_assets.parquet_limits import check_parquet
from synth_assets.reading import read_json
from synth_assets.release.discovery import Discovery
from synth_assets.release.layout import check_layout, check_records
from synth_assets.release.model import NoisyMarginal, Release
from synth_assets.release.scores import NoisyScores

__all__ = ["FORMAT_VERSION", "load_release", "restore_release", "write_release"]

FORMAT_VERSION = 3
_TABLES_ALONE = 1
"""The format of a release without discovered columns or scores: what older versions read too."""
_SCORES = 2
"""The format of a release with scores; it once held discovered columns too, whose rule it does not name."""
_PARTS = ("marginals.parquet", "privacy.json")
_KIND = ArtefactKind(
    name="release",
    description="release.json",
    formats=(_TABLES_ALONE, _SCORES, FORMAT_VERSION),
    hint="restore the folder from a copy",
)
_SCHEMA = pa.schema([("clique", pa.int32()), ("phase", pa.int32()), ("cell", pa.int64()), ("count", pa.int64())])


def write_release(release: Release, releases: Path) -> Release:
    """Write ``release`` below ``releases`` and return it with its digest; writing it again changes nothing."""

    def fill(staged: Path) -> dict[str, Any]:
        pq.write_table(_long_table(release), staged / "marginals.parquet", compression="zstd")
        write_json(staged / "privacy.json", release.privacy)
        return _describe(release, staged)

    return dataclasses.replace(release, digest=_KIND.write(releases, fill=fill).name)


def load_release(folder: Path) -> Release:
    """Read a release and check every digest.

    Raises:
        IntegrityError: when a file is missing or not what its digest says, the format is newer, or the
            parts do not fit each other. A release may come from anybody: it is read within limits.
    """
    try:
        return _read(folder)
    except (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        # Arrow's own errors are among these
        raise IntegrityError(
            f"release {folder.name} is not a release", hint="restore the folder from a copy"
        ) from error


def _read(folder: Path) -> Release:
    found = _KIND.read(folder)
    _KIND.check_files(folder, {name: found["files"][name] for name in _PARTS})
    domain = Domain.from_json(found["domain"])
    grids = {name: np.asarray(grid, dtype=np.int64) for name, grid in found["grids"].items()}
    check_layout(found, domain=domain, grids=grids)
    tables = _read_counts(folder / "marginals.parquet", found["marginals"])
    release = Release(
        dataset=found["dataset"],
        source=found["source"],
        version=found["version"],
        fingerprint=found["fingerprint"],
        reservation=found["reservation"],
        domain=domain,
        grids=grids,
        marginals=tuple(
            NoisyMarginal(
                attributes=tuple(item["attributes"]),
                level=item["level"],
                counts=table,
                scale=item["scale"],
                rho=item["rho"],
                draw=item["draw"],
                mechanism=found["mechanisms"][item["mechanism"]],
            )
            for item, table in zip(found["marginals"], tables, strict=True)
        ),
        privacy=read_json(folder / "privacy.json"),
        target=found["target"],
        focus=tuple(found["focus"]),
        discoveries=tuple(map(Discovery.from_json, found.get("discoveries", ()))),
        scores=tuple(map(NoisyScores.from_json, found.get("scores", ()))),
        digest=folder.name,
    )
    check_records(release)
    return release


def _read_counts(path: Path, described: Sequence[Mapping[str, Any]]) -> list[NDArray[np.int64]]:
    """Read the long table: exactly the rows that the tables' shapes and draws make, each with its count."""
    sizes = [math.prod(item["shape"]) for item in described]
    check_parquet(path, rows=sum(sizes))
    table = pq.read_table(path, partitioning=None)
    if not table.schema.equals(_SCHEMA):
        raise ValueError(path.name)
    wanted = _rows_of(sizes, draws=[item["draw"] for item in described])
    if any(not np.array_equal(table[name].to_numpy(), values) for name, values in wanted.items()):
        raise ValueError(path.name)
    counts = np.split(table["count"].to_numpy(), np.cumsum(sizes)[:-1])
    return [part.reshape(item["shape"]) for part, item in zip(counts, described, strict=True)]


def restore_release(digest: str, *, releases: Path, copies: Iterable[Path]) -> bool:
    """Bring a lost or altered release back from the first whole copy; tell whether there was one."""
    for copy in copies:
        if copy.name == digest and _is_whole(copy):
            _KIND.copy(copy, names=_PARTS, below=releases)
            return True
    return False


def _is_whole(folder: Path) -> bool:
    try:
        load_release(folder)
    except IntegrityError:
        return False
    return True


def _long_table(release: Release) -> pa.Table:
    sizes = [marginal.counts.size for marginal in release.marginals]
    rows = _rows_of(sizes, draws=[marginal.draw for marginal in release.marginals])
    counts = np.concatenate([marginal.counts.ravel() for marginal in release.marginals])
    return pa.table({**rows, "count": counts})


def _rows_of(sizes: Sequence[int], *, draws: Sequence[int]) -> dict[str, NDArray[np.signedinteger[Any]]]:
    """Return the columns of the long table that follow from the sizes of tables and their draws."""
    return {
        "clique": np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
        "phase": np.repeat(np.array(draws, dtype=np.int32), sizes),
        "cell": np.concatenate([np.arange(size, dtype=np.int64) for size in sizes]),
    }


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
