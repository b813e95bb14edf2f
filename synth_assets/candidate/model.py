"""Candidates, and reading them.

On disk it is ``<sha256>/{manifest.json, part-00000.parquet, ...}``. The folder's
name is the SHA-256 of ``manifest.json``, which holds the digest of every shard,
so a candidate with any altered byte is refused when it is loaded.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from synth_assets.artefact import ArtefactKind
from synth_assets.errors import IntegrityError

__all__ = [
    "BATCH_ROWS",
    "CANDIDATES",
    "FORMAT_VERSION",
    "SHAPING",
    "AsDrawn",
    "Candidate",
    "Shard",
    "described",
    "format_of",
    "is_set_aside",
    "load_candidate",
]

FORMAT_VERSION = 1
_MORE_OF = {
    FORMAT_VERSION: (),
    2: ("scenario",),
    3: ("shaping",),
    4: ("scenario", "shaping"),
    5: ("shaping", "as_drawn"),
    6: ("scenario", "shaping", "as_drawn"),
}
"""What manifests of each format say besides: readers of format 1 would take the rows for others."""
CANDIDATES = ArtefactKind(
    name="candidate",
    description="manifest.json",
    formats=tuple(_MORE_OF),
    hint="sample it again; it is free",
    files=lambda manifest: {shard["name"]: shard["digest"] for shard in manifest["shards"]},
)
_KEYS = set(
    "format_version dataset schema rows seed where shards violations parents libraries".split()  # noqa: SIM905 - reads better
)
_KEYS_OF = {number: {*_KEYS, *more} for number, more in _MORE_OF.items()}
_PARENTS = {"contract", "fingerprint", "release", "generator"}
_SHARD = re.compile(r"part-\d{5,9}\.parquet", re.ASCII)
_MOST = 2**64
SHAPING = 1
"""Method by which rules shape draws, see ``candidate.shaping``; raised when the same rules shape them otherwise."""
_STILL_BROKEN = 0.5
"""Share of the rows that broke a rule as they were drawn: a rule that so many still break was set aside."""
BATCH_ROWS = 1 << 17
"""Rows of a row group and of a batch, which a reader holds in memory at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One Parquet file of a candidate.

    Attributes:
        name: the file's name in the candidate's folder.
        rows: rows in it.
        digest: SHA-256 of the file.
        drawn: rows that were drawn for it; more than ``rows`` if rules required further draws.
    """

    name: str
    rows: int
    digest: str
    drawn: int

    def as_json(self) -> dict[str, Any]:
        """Return the shard as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsDrawn:
    """What rules would have had to change in the rows that the generator draws without them.

    Attributes:
        changed: rows that broke a rule that was not set aside: they were changed or drawn again.
        broken: rows that broke each rule.
    """

    changed: int
    broken: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {"changed": self.changed, "broken": dict(self.broken)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sampled table that was not checked yet.

    Attributes:
        folder: where it is.
        digest: its content address, the folder's name.
        dataset: name of the contract.
        rows: rows of all shards.
        seed: seed of the sampling.
        release: digest of the release behind it.
        generator: digest of the fitted generator.
        contract: digest of the contract that it was sampled under.
        fingerprint: digest of that contract's release part.
        shards: its files, in order.
        violations: rows that break a rule, by rule; zero if sampling could satisfy the rule.
        where: the condition it was sampled under, in words; empty for the whole table.
        libraries: versions of the libraries that affect the bytes.
        scenario: the contract's scenario that it is of; empty for the whole table.
        shaping: method by which rules shaped the draws; 0 if rows that broke one were only drawn again.
        as_drawn: what rules changed in the draws; ``None`` where that was not counted.
    """

    folder: Path
    digest: str
    dataset: str
    rows: int
    seed: int
    release: str
    generator: str
    contract: str
    fingerprint: str
    shards: tuple[Shard, ...]
    violations: Mapping[str, int] = field(default_factory=dict)
    where: str = ""
    libraries: Mapping[str, str] = field(default_factory=dict)
    scenario: str = ""
    shaping: int = 0
    as_drawn: AsDrawn | None = None

    @property
    def set_aside(self) -> tuple[str, ...]:
        """The rules that too few rows could keep: most rows that broke them as they were drawn still do."""
        if self.as_drawn is None:
            return ()
        return tuple(
            name for name, broken in self.as_drawn.broken.items() if is_set_aside(self.violations[name], broken)
        )

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files of all shards, in order."""
        return tuple(self.folder / shard.name for shard in self.shards)

    def schemas(self) -> Iterator[pa.Schema]:
        """Yield the schema of each shard's file."""
        return (pq.read_schema(path) for path in self.paths)

    def table(self) -> pa.Table:
        """Return all rows; for tables that fit into memory."""
        return pa.concat_tables([pq.read_table(path, partitioning=None) for path in self.paths])

    def batches(self, *, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield the rows in order, at most :data:`BATCH_ROWS` at a time."""
        for path in self.paths:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(
                    batch_size=BATCH_ROWS, columns=None if columns is None else list(columns)
                ):
                    yield pa.Table.from_batches([batch])


def load_candidate(folder: Path) -> Candidate:
    """Read a candidate's manifest and check every digest.

    Raises:
        IntegrityError: a file is missing or does not match its digest, or the format is newer.
    """
    candidate = described(CANDIDATES.read(folder), folder=folder, digest=folder.name)
    CANDIDATES.check_files(folder, {shard.name: shard.digest for shard in candidate.shards})
    return candidate


def described(manifest: Mapping[str, Any], *, folder: Path, digest: str) -> Candidate:
    """Return the candidate that a manifest describes, with its shards in ``folder``; no file is read.

    Raises:
        IntegrityError: the manifest does not describe a candidate, or a shard's name leaves the folder.
    """
    if not _well_formed(manifest):
        raise IntegrityError("the candidate's manifest cannot be read", hint="it was altered or is newer")
    parents = manifest["parents"]
    return Candidate(
        folder=folder,
        digest=digest,
        dataset=manifest["dataset"],
        rows=manifest["rows"],
        seed=manifest["seed"],
        release=parents["release"],
        generator=parents["generator"],
        contract=parents["contract"],
        fingerprint=parents["fingerprint"],
        shards=tuple(Shard(**shard) for shard in manifest["shards"]),
        violations=manifest["violations"],
        where=manifest["where"],
        libraries=manifest["libraries"],
        scenario=manifest.get("scenario", ""),
        shaping=manifest.get("shaping", 0),
        as_drawn=AsDrawn(**manifest["as_drawn"]) if "as_drawn" in manifest else None,
    )


def format_of(more: Mapping[str, Any]) -> int:
    """Return the format of a manifest that says so much besides: ``scenario``, ``shaping``, ``as_drawn``."""
    return next(number for number, keys in _MORE_OF.items() if set(keys) == set(more))


def is_set_aside(violations: int, drawn: int) -> bool:
    """Tell whether a rule was set aside, by the rows that break it at the end and as they were drawn."""
    return violations > 0 and violations >= _STILL_BROKEN * drawn


def _well_formed(manifest: Mapping[str, Any]) -> bool:
    try:
        numbers = [
            *(manifest[key] for key in ("format_version", "rows", "seed")),
            manifest.get("shaping", 0),
            *manifest["violations"].values(),
        ]
        texts = [
            manifest["dataset"],
            manifest["where"],
            manifest.get("scenario", ""),
            *manifest["parents"].values(),
            *manifest["libraries"].values(),
        ]
        shards = [Shard(**shard) for shard in manifest["shards"]]
        drawn = [AsDrawn(**manifest["as_drawn"])] if "as_drawn" in manifest else []
        numbers += [number for one in drawn for number in (one.changed, *one.broken.values())]
    except (KeyError, TypeError, AttributeError):
        return False
    numbers += [number for shard in shards for number in (shard.rows, shard.drawn)]
    names: list[Any] = [shard.name for shard in shards]
    return (
        all(type(number) is int and 0 <= number < _MOST for number in numbers)
        and set(manifest) == _KEYS_OF.get(manifest["format_version"])
        and set(manifest["parents"]) == _PARENTS
        and manifest.get("scenario") != ""
        and all(set(one.broken) == set(manifest["violations"]) for one in drawn)
        and manifest.get("shaping", SHAPING) == SHAPING
        and all(isinstance(text, str) for text in [*texts, *(shard.digest for shard in shards)])
        and all(isinstance(name, str) and _SHARD.fullmatch(name) for name in names)
        and len(set(names)) == len(names)
        and sum(shard.rows for shard in shards) == manifest["rows"]
    )
