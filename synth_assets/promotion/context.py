"""Gather what checks compare a candidate with: the version and the release before, and other datasets' columns.

Nothing is read that the contract's checks do not ask for. The version before is the
promoted one, or the one before that if the promoted one has this candidate's rows.
The release before is the one behind that version, or behind a version before it, as
its bundle says. All of it was published, so nothing is spent.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from synth_assets.audit.manifest import CONTEXT, MANIFEST
from synth_assets.candidate import Candidate
from synth_assets.candidate.model import BATCH_ROWS
from synth_assets.checks.context import NOTHING, Context, Earlier, OtherColumn, release_before, version_before
from synth_assets.contract import DatasetContract
from synth_assets.errors import IntegrityError, SynthAssetsError, UsageError
from synth_assets.evaluation.evaluate import evaluation_of
from synth_assets.promotion.current import Promotion, fetch_version, read_current
from synth_assets.reading import read_json
from synth_assets.release import load_release
from synth_assets.workspace import BUNDLE, DATA, Workspace

__all__ = ["MOST_VALUES", "context_of", "context_of_scenario", "unrelated"]

MOST_VALUES = 100_000
"""Distinct values that a column of another dataset may have for values to be looked up in it."""


def context_of(contract: DatasetContract, candidate: Candidate, *, workspace: Workspace) -> Context:
    """Return what the checks of a contract compare a candidate with, besides its release.

    Raises:
        IntegrityError: a promoted version is missing or altered.
        UsageError: another dataset's version lacks a column, or it has too many values.
    """
    version, release = _before(candidate, workspace) if contract.checks.drift is not None else (None, None)
    others = _others(contract, workspace)
    evaluation = evaluation_of(contract, candidate, workspace=workspace) if contract.gates else None
    return Context(version=version, release=release, others=others, evaluation=evaluation)


def context_of_scenario(
    contract: DatasetContract, table: Candidate, *, candidate: Candidate, workspace: Workspace
) -> Context:
    """Return what the checks of a scenario's table compare it with, besides what the contract says of it.

    Args:
        contract: the dataset.
        table: the scenario's, which names it.
        candidate: the whole table that the scenario's figures stand beside.
        workspace: the project's folders.

    Raises:
        IntegrityError, UsageError: as :func:`context_of`.
    """
    return Context(others=_others(contract, workspace), scenario=table.scenario, table=candidate)


def _others(contract: DatasetContract, workspace: Workspace) -> dict[str, OtherColumn]:
    return {
        target: other
        for target in contract.checks.relationships.values()
        if (other := _other_column(target, workspace)) is not None
    }


def unrelated(contract: DatasetContract, workspace: Workspace) -> Iterator[str]:
    """Say of each relationship why no candidate could keep it, whatever its rows; only schemas are read."""
    for name, target in contract.checks.relationships.items():
        try:
            if _promoted(target, workspace) is None:
                yield f"column {name!r} refers to {target}, and nothing of that dataset was promoted"
        except SynthAssetsError as error:
            yield f"column {name!r} refers to {target}: {error.message}"


def _before(candidate: Candidate, workspace: Workspace) -> tuple[Earlier | None, Earlier | None]:
    """Return the version before and the release before; ``None`` where there is none."""
    current = read_current(workspace, candidate.dataset)
    bundles = [] if current is None else [current.bundle, *_older(current, workspace)]
    for bundle in bundles:
        named = read_json(bundle / MANIFEST)
        if named["candidate"] != candidate.digest:
            release = load_release(bundle / "release" / named["release"])
            shards = [bundle.parent / DATA / name for name in sorted(named["data"])]
            rows = _batches(shards, release.domain.names)
            version = version_before(bundle.parent.name, release.domain, rows)
            if release.digest != candidate.release:
                return version, release_before(release)
            kept = Context.from_json(read_json(bundle / CONTEXT)) if (bundle / CONTEXT).is_file() else NOTHING
            return version, kept.release
    return None, None


def _older(current: Promotion, workspace: Workspace) -> list[Path]:
    if current.previous is None:
        return []
    folder = current.folder.with_name(current.previous)
    with suppress(IntegrityError):  # it may have been promoted before machines shared a storage
        fetch_version(folder, workspace=workspace)
    return [folder / BUNDLE] if (folder / BUNDLE / MANIFEST).is_file() else []


def _other_column(target: str, workspace: Workspace) -> OtherColumn | None:
    """Return the distinct values of ``dataset.column``; ``None`` if nothing of that dataset was promoted."""
    promotion, column = _promoted(target, workspace), target.split(".", 1)[1]
    if promotion is None:
        return None
    values: set[str] = set()
    for batch in _batches(promotion.data, [column]):
        values |= set(batch[column].unique().drop_null().cast(pa.string()).to_pylist())
        if len(values) > MOST_VALUES:
            raise UsageError(
                f"{target} has more than {MOST_VALUES:,} values", hint="look values up in a column with fewer"
            )
    return OtherColumn(version=promotion.version, values=tuple(sorted(values)))


def _promoted(target: str, workspace: Workspace) -> Promotion | None:
    """Return the promoted version that has ``dataset.column``; ``None`` if nothing of that dataset was promoted."""
    dataset, column = target.split(".", 1)
    promotion = read_current(workspace, dataset)
    if promotion is not None and column not in pq.read_schema(promotion.data[0]).names:
        raise UsageError(f"{dataset!r} has no column {column!r}", hint="correct checks.relationships")
    return promotion


def _batches(paths: Sequence[Path], columns: Sequence[str]) -> Iterator[pa.Table]:
    for path in paths:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=list(columns)):
                yield pa.Table.from_batches([batch])
