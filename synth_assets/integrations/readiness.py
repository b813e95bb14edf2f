"""What later steps will need, looked at before a release is paid for.

A charge for a release is permanent. If the run then fails on something that could
have been known (no DVC repository, an MLflow that does not answer, a full disk,
a folder that somebody else owns, a suite that no check can be made of, a private
zone that git tracks), the charge stays. So all of it is looked at first, and everything that is missing is
said at once, each with what to do.

Where nothing is to be paid nothing is looked at: each step says by itself what
it lacks, and a run that is free may be tried again.
"""

import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from synth_assets.checks import suite_drift, unusable_checks
from synth_assets.contract import DatasetContract
from synth_assets.contract.generator import GENERATORS
from synth_assets.contract.options import generator_faults
from synth_assets.domain import Column
from synth_assets.errors import NotReady, UsageError, about
from synth_assets.evaluation.asked import gate_faults
from synth_assets.evaluation.optimistic import vague_gates
from synth_assets.generator.kinds import refuse_domain
from synth_assets.integrations.dvc_readiness import cache_folder, dvc_findings
from synth_assets.integrations.folders import lacking_space, owned_by_another, unopenable, unwritable
from synth_assets.integrations.mlflow_readiness import mlflow_findings
from synth_assets.integrations.source_readiness import source_findings
from synth_assets.ledger import Ledger, Source
from synth_assets.ledger.doctor import Finding
from synth_assets.obtain.paid import paid_before, release_plan
from synth_assets.obtain.tracked import refuse_tracked
from synth_assets.promotion.context import unrelated
from synth_assets.storage import storage_finding
from synth_assets.workers import opener
from synth_assets.workspace import LOCK, STATE, VERSIONS, Workspace

__all__ = [
    "chain_findings",
    "must_pay",
    "refuse_unready",
    "sampling_findings",
    "storage_findings",
    "suite_findings",
    "warn_of_odd",
]

ASSUMED_ROWS = 1_000_000
"""Rows of a table whose contract does not say how many: nobody knows before the release."""
_FULL_BITS = 64.0
_DERIVED_BITS = {"bool": 1.0, "string": 8.0}
_BESIDE_ROWS = 200 * 10**6
_SHARED = (
    "give this user the right to write there; people who share a project's folder need a common group, "
    "or a checkout each with one ledger (SYNTH_ASSETS_LEDGER)"
)


def must_pay(contract: DatasetContract, ledger: Ledger) -> bool:
    """Tell whether asking for the release of a contract would charge its account.

    Raises:
        UsageError: the source is not registered.
    """
    with about("source"):
        source = ledger.source(contract.source)
    return paid_before(ledger, source, release_plan(ledger, source, contract)) is None


def chain_findings(
    contract: DatasetContract, workspace: Workspace, *, pays: bool = True, source: Source | None = None
) -> tuple[Finding, ...]:
    """Look at all that a release, its candidate, its checks and its promotion will need; nothing is spent.

    Args:
        contract: what is asked for.
        workspace: where it will be written.
        pays: whether a release is to be measured; git and the source are looked at only then, as the measurement does.
        source: as it is registered; looked at if it is given.
    """
    promoted, cache = workspace.promoted(contract.name), cache_folder(workspace.root)
    folders = [
        workspace.root,
        *_sampling_folders(contract, workspace),
        workspace.dagster_home,
        promoted / VERSIONS,
        workspace.mlflow_artifacts,
        *([cache] if cache else []),
    ]
    locks = [promoted / LOCK, workspace.mlflow_lock]
    table = _table_bytes(contract, contract.rows)
    copies = [workspace.candidates(contract.name), promoted, cache or workspace.root]
    return (
        *dvc_findings(contract, workspace.root),
        *mlflow_findings(contract.name, url=workspace.mlflow_url, root=workspace.root),
        *suite_findings(contract, workspace),
        *_on_relationships(contract, workspace),
        *_on_generator(contract),
        *_on_gates(contract),
        *_on_scenarios(contract),
        *(_on_measurement(workspace, source) if pays else ()),
        *_on_folders(folders, locks, root=workspace.root),
        *_on_shared_runs(workspace),
        _on_space([(folder, table) for folder in copies], workspace.root, rows=contract.rows),
    )


def sampling_findings(
    contract: DatasetContract, workspace: Workspace, *, out: Path, rows: int | None, source: Source | None = None
) -> tuple[Finding, ...]:
    """Look at what a release and one table in ``out`` will need, without checks and promotion; nothing is spent."""
    folders = [*_sampling_folders(contract, workspace), out]
    table = _table_bytes(contract, rows or contract.rows)
    return (
        *_on_generator(contract),
        *_on_measurement(workspace, source),
        *_on_folders(folders, [], root=workspace.root),
        _on_space(
            [(workspace.candidates(contract.name), table), (out, table)], workspace.root, rows=rows or contract.rows
        ),
    )


def warn_of_odd(findings: Iterable[Finding], *, warn: Callable[[str], None]) -> None:
    """Say what is merely odd by ``warn``; what is missing is said by the step that lacks it."""
    for finding in findings:
        if finding.state == "warning":
            warn(f"{finding.what}: {finding.detail} ({finding.hint})")


def refuse_unready(findings: Sequence[Finding], *, warn: Callable[[str], None]) -> None:
    """Refuse if anything is missing, and say all of it; what is merely odd is said by ``warn``.

    Raises:
        NotReady: with every fault and what to do.
    """
    warn_of_odd(findings, warn=warn)
    faults = [finding for finding in findings if finding.state == "fault"]
    if not faults:
        return
    lines = [f"  {fault.what}: {fault.detail}\n    hint: {fault.hint}" for fault in faults]
    many = "1 thing is" if len(faults) == 1 else f"{len(faults)} things are"
    raise NotReady(
        f"nothing was spent: {many} missing that a later step needs\n" + "\n".join(lines),
        hint="then run again; `synth-assets run CONTRACT --dry-run` looks at it without spending",
    )


def _sampling_folders(contract: DatasetContract, workspace: Workspace) -> list[Path]:
    return [
        workspace.state / "private" / "scratch",
        workspace.releases,
        workspace.generators(contract.name),
        workspace.candidates(contract.name),
        *([workspace.scenarios(contract.name)] if contract.scenarios else []),
    ]


def _on_generator(contract: DatasetContract) -> Iterator[Finding]:
    """Say what is wrong with the generator's kind and options: it is fitted after the release is paid."""
    try:
        GENERATORS.names()
        faults = generator_faults(contract.generator)
        if not faults:
            refuse_domain(contract.generator, contract.known_domain())
    except UsageError as error:
        yield Finding(what="generator", state="fault", detail=error.message, hint=error.hint)
        return
    for where, message in faults:
        yield Finding(
            what=".".join(map(str, where)),
            state="fault",
            detail=message,
            hint="change it in the contract, or install the package that brings this kind",
        )


def _on_gates(contract: DatasetContract) -> Iterator[Finding]:
    """Say which gates ask for what cannot be measured or told: real people are asked after the release is paid."""
    for where, message, hint in (*gate_faults(contract), *vague_gates(contract)):
        yield Finding(what=".".join(where), state="fault", detail=message, hint=hint)


def _on_scenarios(contract: DatasetContract) -> Iterator[Finding]:
    """Say which scenarios no generator could make: they are drawn after the release is paid."""
    from synth_assets.candidate import scenario_faults

    for where, message, hint in scenario_faults(contract):
        yield Finding(what=".".join(where), state="fault", detail=message, hint=hint)


def _on_relationships(contract: DatasetContract, workspace: Workspace) -> Iterator[Finding]:
    """Say which relationships no candidate could keep, because the other dataset is not there."""
    for problem in unrelated(contract, workspace):
        hint = "promote that dataset first, or correct checks.relationships"
        yield Finding(what="checks.relationships", state="fault", detail=problem, hint=hint)


def _on_measurement(workspace: Workspace, source: Source | None) -> Iterator[Finding]:
    yield from _on_git(workspace)
    yield from _on_workers(workspace)
    if source is not None:
        yield from source_findings(source)


def _on_git(workspace: Workspace) -> Iterator[Finding]:
    """Say what the measurement would refuse of the private zone; where no folder can be made, others say so."""
    try:
        with suppress(OSError):
            refuse_tracked(workspace)
    except UsageError as error:
        yield Finding(what="git", state="fault", detail=error.message, hint=error.hint)


def _on_workers(workspace: Workspace) -> Iterator[Finding]:
    """Say what is wrong with the address of workers that count; whether they answer is tried when they are opened."""
    try:
        opener(workspace.counted_by)
    except UsageError as error:
        yield Finding(what="workers", state="fault", detail=error.message, hint=error.hint)


def _on_folders(folders: Iterable[Path], locks: Iterable[Path], *, root: Path) -> Iterator[Finding]:
    problems = [(path, unwritable(path)) for path in folders] + [(path, unopenable(path)) for path in locks]
    faults = {problem: path for path, problem in reversed(problems) if problem is not None}
    for problem, path in faults.items():
        yield Finding(what="folder", state="fault", detail=f"{_shown(path, root)}: {problem}", hint=_SHARED)
    # Its rights are set again whenever it is used, which only its owner can.
    stranger = owned_by_another(root / STATE / "private") if os.geteuid() else None
    if stranger is not None and not faults:
        detail = f"the private zone belongs to {stranger}, and is one user's alone"
        yield Finding(
            what="folder", state="fault", detail=detail, hint=f"run as {stranger}, or in a checkout of your own"
        )
    if not faults and stranger is None:
        yield Finding(what="folders", state="good", detail="can be written")


def storage_findings(workspace: Workspace) -> Iterator[Finding]:
    """Say whether the storage that machines share can be used, by writing there.

    Only where nothing follows: whatever is paid for, ``obtain`` looks just before.
    """
    fault = storage_finding(workspace)
    if fault is not None:
        yield Finding(what="storage", state="fault", detail=fault.message, hint=fault.hint)
    elif workspace.storage_url:
        yield Finding(what="storage", state="good", detail="can be written, and lets one of two promotions win")


def _on_shared_runs(workspace: Workspace) -> Iterator[Finding]:
    """Say where versions are shared and their runs in MLflow are not."""
    if workspace.storage_url and workspace.mlflow_url.startswith(f"sqlite:///{workspace.state}"):
        detail = "MLflow's store is a file of this machine, and versions are shared with others"
        yield Finding(what="storage", state="warning", detail=detail, hint="set MLFLOW_TRACKING_URI to a server")


def suite_findings(contract: DatasetContract, workspace: Workspace) -> Iterator[Finding]:
    """Look at the suite's file: whether each check can run, and whether the generated ones are the contract's."""
    path = workspace.root / contract.suite_path
    write = "`synth-assets contract suite --write`"
    if not path.is_file():
        hint = f"{write} makes it from the contract; commit it"
        yield Finding(what="suite", state="fault", detail=f"{contract.suite_path} is missing", hint=hint)
        return
    try:
        unusable = unusable_checks(contract, path)
        drift = suite_drift(contract, path)
    except UsageError as error:
        yield Finding(what="suite", state="fault", detail=error.message.replace(str(path), path.name), hint=error.hint)
        return
    for problem in unusable:
        yield Finding(what="suite", state="fault", detail=problem, hint=f"correct that entry of {contract.suite_path}")
    if drift:
        detail = f"{contract.suite_path} is behind its contract: {drift[0]}"
        yield Finding(what="suite", state="warning", detail=detail, hint=write)
    if not unusable and not drift:
        yield Finding(what="suite", state="good", detail=f"{contract.suite_path} follows from the contract")


def _on_space(needed: Sequence[tuple[Path, int]], root: Path, *, rows: int | None) -> Finding:
    """Compare an estimate with the room there is; the estimate is said, so that a person can judge it."""
    beside = [(root, _BESIDE_ROWS)]
    copies, table = len(needed), needed[0][1]
    counted = f"{rows:,} rows" if rows else f"{ASSUMED_ROWS:,} rows (the contract does not say how many)"
    estimate = f"about {_shown_size(table)} for {counted}, in {copies} copies"
    short = lacking_space([*needed, *beside])
    if short is None:
        return Finding(what="disk", state="good", detail=f"has room for {estimate}")
    size, free = short
    return Finding(
        what="disk",
        state="fault",
        detail=f"the disk has {_shown_size(free)} free and {_shown_size(size)} are needed: {estimate}",
        hint="make room, or ask for fewer `rows` in the contract",
    )


def _table_bytes(contract: DatasetContract, rows: int | None) -> int:
    """Estimate a table on disk: Parquet packs codes, so a value takes about as many bits as tell its column's apart."""
    measured = sum(_bits(contract.open_column(name)) for name in contract.columns)
    schema = contract.table_schema()
    derived = sum(_DERIVED_BITS.get(str(schema.field(name).type), _FULL_BITS) for name in contract.derived)
    return math.ceil((rows or ASSUMED_ROWS) * (measured + derived) / 8)


def _bits(column: Column) -> float:
    if column.numeric and not column.kind_of.whole:
        return _FULL_BITS
    different = column.maximum - column.minimum + 1 if column.numeric and not column.values else column.size
    return max(1.0, math.log2(different))


def _shown_size(size: int) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 10**9 else f"{size / 1e6:,.0f} MB"


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) and path != root else path.name
