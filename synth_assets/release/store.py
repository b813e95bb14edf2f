"""Releases on disk: ``<sha256>/{release.json, answers.parquet, measurement.json}``.

The folder's name is the SHA-256 of ``release.json``, which holds the digests of
the other two, so a release with any altered byte is refused when it is read.

The long table has one row per value: ``answer`` (position of the answer), ``draw`` (its
number), ``cell`` (row-major index) and ``value``. ``formats`` reads releases
of formats 1 to 3; they are never written.
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
from synth_assets.release.answers import Answer, require
from synth_assets.release.formats import FORMATS, Format, as_newest
from synth_assets.release.kinds import kind_of
from synth_assets.release.layout import check_layout
from synth_assets.release.model import Release

__all__ = ["RELEASES", "load_release", "names_of_release", "release_files", "restore_release", "write_release"]

_DESCRIPTION = "release.json"


def _digests(facts: Mapping[str, Any]) -> dict[str, str]:
    return {name: facts["files"][name] for name in release_files(facts["format_version"])[1:]}


RELEASES = ArtefactKind(
    name="release",
    description=_DESCRIPTION,
    formats=FORMATS,
    hint="restore the folder from a copy",
    files=_digests,
)
_NEWEST = FORMATS[max(FORMATS)]


def write_release(release: Release, releases: Path) -> Release:
    """Write ``release`` below ``releases`` and return it with its digest; writing it again changes nothing."""

    def fill(staged: Path) -> dict[str, Any]:
        pq.write_table(_long_table(release.answers), staged / _NEWEST.table, compression="zstd")
        write_json(staged / _NEWEST.statement, release.privacy)
        return _describe(release, staged)

    return dataclasses.replace(release, digest=RELEASES.write(releases, fill=fill).name)


def load_release(folder: Path) -> Release:
    """Read a release and check every digest.

    Raises:
        IntegrityError: a file is missing or does not match its digest, the format is newer, or the
            parts do not fit each other. A release may be untrusted: it is read within limits.
    """
    try:
        return _read(folder)
    except (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        # Arrow's own errors are subclasses of these
        raise IntegrityError(
            f"release {folder.name} is not a release", hint="restore the folder from a copy"
        ) from error


def names_of_release(folder: Path) -> tuple[str, ...]:
    """Return the names of the files of the release in a folder.

    Raises:
        IntegrityError: it is altered, or its format is not known.
    """
    return release_files(RELEASES.read(folder)["format_version"])


def release_files(format_version: Any) -> tuple[str, ...]:
    """Return the names of the files of a release of a format.

    Raises:
        IntegrityError: the format is not known.
    """
    if type(format_version) is not int or format_version not in FORMATS:
        raise IntegrityError(f"a release has format {str(format_version)[:20]}", hint="update synth-assets")
    return (_DESCRIPTION, *FORMATS[format_version].files)


def restore_release(digest: str, *, releases: Path, copies: Iterable[Path]) -> bool:
    """Restore a missing or altered release from the first intact copy; return whether there was one."""
    for copy in copies:
        if copy.name == digest and _is_intact(copy):
            RELEASES.copy(copy, names=names_of_release(copy)[1:], below=releases)
            return True
    return False


def _is_intact(folder: Path) -> bool:
    try:
        load_release(folder)
    except IntegrityError:
        return False
    return True


def _read(folder: Path) -> Release:
    facts = RELEASES.read(folder)
    form = FORMATS[facts["format_version"]]
    RELEASES.check_files(folder, _digests(facts))
    privacy = read_json(folder / form.statement)
    require(isinstance(privacy, dict), "has no statement of how it was measured")
    facts, values = as_newest(facts, privacy=privacy)
    domain = Domain.from_json(facts["domain"])
    grids = {name: np.asarray(grid, dtype=np.int64) for name, grid in facts["grids"].items()}
    check_layout(facts, domain=domain, grids=grids)
    described = facts["answers"]
    tabled = _read_values(folder / form.table, described[len(values) :], form)
    answers = tuple(
        _answer(facts_of_answer, numbers, facts["mechanisms"])
        for facts_of_answer, numbers in zip(described, [*values, *tabled], strict=True)
    )
    for answer in answers:
        answer.check(domain, grids)
    return Release(
        dataset=facts["dataset"],
        source=facts["source"],
        version=facts["version"],
        plan=facts["plan"],
        fingerprint=facts["fingerprint"],
        reservation=facts["reservation"],
        domain=domain,
        grids=grids,
        answers=answers,
        privacy=privacy,
        target=facts["target"],
        focus=tuple(facts["focus"]),
        digest=folder.name,
    )


def _answer(described: Mapping[str, Any], values: NDArray[np.int64], mechanisms: Sequence[str]) -> Answer:
    return kind_of(described["kind"])(
        descriptor={name: _as_tuple(part) for name, part in described["descriptor"].items()},
        values=values,
        scale=described["scale"],
        d_in=described["d_in"],
        rho=described["rho"],
        delta=described.get("delta", 0.0),
        draw=described["draw"],
        mechanism=mechanisms[described["mechanism"]],
    )


def _as_tuple(part: Any) -> Any:
    """Return JSON values with tuples for lists, also inside objects."""
    if isinstance(part, dict):
        return {name: _as_tuple(inner) for name, inner in part.items()}
    return tuple(map(_as_tuple, part)) if isinstance(part, list) else part


def _read_values(path: Path, described: Sequence[Mapping[str, Any]], form: Format) -> list[NDArray[np.int64]]:
    """Read the long table, which must have exactly the rows that follow from the shapes and draws."""
    sizes = [math.prod(answer["shape"]) for answer in described]
    check_parquet(path, rows=sum(sizes))
    table = pq.read_table(path, partitioning=None)
    if not table.schema.equals(form.schema):
        raise ValueError(path.name)
    wanted = _rows_of(sizes, draws=[answer["draw"] for answer in described], form=form)
    if any(not np.array_equal(table[name].to_numpy(), values) for name, values in wanted.items()):
        raise ValueError(path.name)
    parts = np.split(table[form.columns[-1]].to_numpy(), np.cumsum(sizes)[:-1])
    return [part.reshape(answer["shape"]) for part, answer in zip(parts, described, strict=True)]


def _long_table(answers: Sequence[Answer]) -> pa.Table:
    sizes = [answer.values.size for answer in answers]
    rows = _rows_of(sizes, draws=[answer.draw for answer in answers], form=_NEWEST)
    values = np.concatenate([answer.values.ravel() for answer in answers])
    return pa.table({**rows, _NEWEST.columns[-1]: values}, schema=_NEWEST.schema)


def _rows_of(sizes: Sequence[int], *, draws: Sequence[int], form: Format) -> dict[str, NDArray[np.signedinteger[Any]]]:
    """Return the columns of the long table that follow from the sizes of the answers and their draws."""
    answer, draw, cell, _ = form.columns
    return {
        answer: np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
        draw: np.repeat(np.array(draws, dtype=np.int32), sizes),
        cell: np.concatenate([np.arange(size, dtype=np.int64) for size in sizes]),
    }


def _describe(release: Release, staged: Path) -> dict[str, Any]:
    mechanisms = list(dict.fromkeys(answer.mechanism for answer in release.answers))
    return {
        "format_version": max(FORMATS),
        "dataset": release.dataset,
        "source": release.source,
        "version": release.version,
        "plan": release.plan,
        "fingerprint": release.fingerprint,
        "reservation": release.reservation,
        "domain": release.domain.as_json(),
        "grids": {name: grid.tolist() for name, grid in release.grids.items()},
        "target": release.target,
        "focus": list(release.focus),
        "mechanisms": mechanisms,
        "answers": [
            {**answer.described(), "mechanism": mechanisms.index(answer.mechanism)} for answer in release.answers
        ],
        "files": {name: sha256_file(staged / name) for name in _NEWEST.files},
    }
