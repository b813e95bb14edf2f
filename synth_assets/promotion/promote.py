"""Promote a candidate: all of it or none, with one rename in the middle.

====  =======================================  ==================================
step  what happens                             killed right after it
====  =======================================  ==================================
1     shards and bundle staged, then renamed   previous version; folder is found again
      to ``versions/<digest>``                 or swept
2     registry: run and model version          previous version; both are found again
3     version store: content committed         previous version; `repair` takes it back
4     ``current.json`` replaced: **the commit point**
5     registry: alias moved                    new version; next run or `repair` moves it
6     older versions swept                     new version; next run sweeps
====  =======================================  ==================================

Where machines share a storage, the version is copied there before step 4 and the commit point is an entry of its log of
promotions (``shared``); ``current.json`` of this machine follows it.

The same candidate on the same evidence is promoted once: a second call repairs
what is behind and changes nothing else.
"""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from synth_assets.audit.assurance import LEAK_TEST, MECHANISMS, Record, records_of
from synth_assets.audit.bundle import write_bundle
from synth_assets.audit.evidence import Evidence, ScenarioEvidence
from synth_assets.audit.metrics import metrics_of
from synth_assets.candidate import Candidate, Shard
from synth_assets.checks import CheckResult, Decision, Judged
from synth_assets.contract import DatasetContract
from synth_assets.errors import CheckRefused, IntegrityError, UsageError
from synth_assets.files import publish_folder, staging_folder
from synth_assets.generator import FittedGenerator
from synth_assets.promotion.current import (
    READ_ONLY,
    Promotion,
    fetch_version,
    newest_pointer,
    project_path,
    read_pointer,
    version_is_whole,
    write_pointer,
)
from synth_assets.promotion.day import day_of
from synth_assets.promotion.protocols import ModelRegistry, VersionFacts, VersionStore
from synth_assets.promotion.shared import commit, promotions_so_far
from synth_assets.release import Release
from synth_assets.workspace import BUNDLE, DATA, LOCK, SCENARIOS, VERSIONS, Workspace

__all__ = ["align", "one_at_a_time", "promote", "refuse_unfit", "refuse_unrelated", "stage", "sweep"]

_PIECE = 1 << 20


def promote(  # noqa: PLR0913 - a promotion rests on all of these
    contract: DatasetContract,
    *,
    candidate: Candidate,
    release: Release,
    generator: FittedGenerator,
    judged: Judged,
    workspace: Workspace,
    ledger_lines: Iterable[Mapping[str, Any]],
    versions: VersionStore,
    registry: ModelRegistry,
    anchored: bool = False,
    scenarios: Sequence[tuple[Candidate, Judged]] = (),
) -> Promotion:
    """Make ``candidate`` the promoted version of its dataset.

    Args:
        contract: the whole contract the candidate was made for.
        candidate: what to promote.
        release: what it descends from, read from the workspace.
        generator: the model that sampled it.
        judged: what the gate made of it: one result per check, all of exactly this candidate, and a yes.
        workspace: the project's folders.
        ledger_lines: ``Ledger.export_entries`` of the account that paid.
        anchored: ``Ledger.anchored``.
        scenarios: the table of each scenario of the contract, in its order, with what the gate made of it.
        versions: keeps the content of versions.
        registry: keeps runs and models.

    Raises:
        CheckRefused: the decision is no, or a result is of another candidate.
        UsageError: the parts do not belong together.
        IntegrityError: a shard is not what the candidate's manifest says.
    """
    evidence = Evidence(
        contract=contract,
        release=release,
        release_folder=workspace.releases / release.digest,
        generator=generator,
        candidate=candidate,
        results=judged.results,
        decision=judged.decision,
        counts=judged.counts,
        ledger_lines=tuple(ledger_lines),
        suite=workspace.root / contract.suite_path,
        anchored=anchored,
        context=judged.context,
        assurance=records_of(workspace, dataset=contract.name),
        scenarios=tuple(
            ScenarioEvidence(table=table, results=of_it.results, decision=of_it.decision) for table, of_it in scenarios
        ),
    )
    refuse_unrelated(evidence)
    refuse_unfit(evidence)
    root = workspace.promoted(contract.name)
    with one_at_a_time(root):
        so_far = promotions_so_far(workspace, contract.name)
        before = _pointer_or_none(partial(newest_pointer, workspace, contract.name))
        if before is not None and _says_the_same(before, evidence, workspace=workspace):
            now = replace(commit(before, after=so_far, workspace=workspace), reused=True)
        else:
            evidence = replace(evidence, decided=day_of(evidence.identity(), versions=root / VERSIONS))
            folder = stage(root, evidence)
            now = _record(folder, evidence, before=before, versions=versions, registry=registry)
            now = commit(now, after=so_far, workspace=workspace)
        if _pointer_or_none(partial(read_pointer, root)) != replace(now, reused=False):
            write_pointer(now, root=root)
        align(now, versions=versions, registry=registry)
        if versions.inputs_changed(contract.name):  # a comment, say: the same version follows from today's files too
            versions.commit(contract.name, now.folder)
        sweep(root, keep={now.version, now.previous})
    return now


def refuse_unrelated(evidence: Evidence) -> None:
    """Refuse parts that do not belong together.

    Raises:
        UsageError: names the part and what it belongs to.
    """
    named = [scenario.table.scenario for scenario in evidence.scenarios]
    if named != list(evidence.contract.scenarios):
        raise UsageError(
            f"the contract has scenarios {', '.join(evidence.contract.scenarios) or 'none'}, "
            f"and tables were given of {', '.join(named) or 'none'}",
            hint="materialize the scenarios again, then their checks",
        )
    _refuse_other_parents("the candidate", evidence.candidate, evidence)
    for scenario in evidence.scenarios:
        _refuse_other_parents(f"scenario {scenario.table.scenario!r}", scenario.table, evidence)


def _refuse_other_parents(called: str, table: Candidate, evidence: Evidence) -> None:
    wanted = {
        "dataset": (table.dataset, evidence.contract.name),
        "contract": (table.contract, evidence.contract.digest()),
        "release": (table.release, evidence.release.digest),
        "generator": (table.generator, evidence.generator.digest),
    }
    for part, (own, given) in wanted.items():
        if own != given:
            raise UsageError(
                f"{called} was made from {part} {own[:12]!r}, not {given[:12]!r}",
                hint="materialize it again, then its checks",
            )


def refuse_unfit(evidence: Evidence) -> None:
    """Refuse a candidate that the policy or any blocking check is against, whatever the caller decided.

    Raises:
        CheckRefused: with the reasons.
    """
    decision = evidence.decision
    reasons = _reasons(evidence.candidate, evidence.results, decision)
    if decision.promote and evidence.counts is None:
        reasons.append("its rows were not counted")
    for scenario in evidence.scenarios:
        against = _reasons(scenario.table, scenario.results, scenario.decision)
        reasons += [f"scenario {scenario.table.scenario!r}: {reason}" for reason in against]
    refuse_failed_tests(evidence.assurance, contract=evidence.contract)
    if reasons:
        raise CheckRefused(
            f"candidate {evidence.candidate.digest[:12]} of {evidence.contract.name!r} is not promoted: "
            + "; ".join(reasons),
            hint="the version promoted before stays; repair what the checks found, then materialize again",
        )


def refuse_failed_tests(records: Mapping[str, Record], *, contract: DatasetContract) -> None:
    """Refuse to go on with software whose own tests failed here, by their last records.

    Raises:
        CheckRefused: with the command that makes the record anew.
    """
    commands = {LEAK_TEST: "synth-assets leak-test CONTRACT", MECHANISMS: "synth-assets audit mechanisms"}
    failed = [kind for kind, record in records.items() if not record.passed]
    if failed:
        again = " and ".join(commands[kind] for kind in failed)
        raise CheckRefused(
            f"{contract.name!r} is not promoted: the last record of the software's own tests, {' and '.join(failed)}, "
            "says that they failed",
            hint=f"the version promoted before stays; `{again}` shows what failed, and replaces the record",
        )


def _reasons(table: Candidate, results: Sequence[CheckResult], decision: Decision) -> list[str]:
    """Return what speaks against one table; a decision that is no has a reason."""
    reasons = [] if decision.promote else [*(decision.reasons or ["the decision is no"])]
    for result in results:
        if result.candidate != table.digest:
            reasons.append(f"check {result.name!r} looked at another candidate, {result.candidate[:12]}")
        elif decision.promote and result.severity == "critical" and not result.passed:
            reasons.append(f"blocking check {result.name!r} failed")
    return reasons if results else [*reasons, "no check was run"]


def stage(root: Path, evidence: Evidence) -> Path:
    """Copy the shards, write the bundle and publish both as one immutable folder, named by its manifest.

    Raises:
        IntegrityError: a shard is not what the candidate's manifest says.
    """
    with staging_folder(root / VERSIONS / "version") as staged:
        (staged / BUNDLE).mkdir()
        data = _copy_shards(evidence.candidate, staged / DATA)
        scenarios = {
            name: _copy_shards(scenario.table, staged / SCENARIOS / name)
            for scenario in evidence.scenarios
            for name in [scenario.table.scenario]
        }
        digest = write_bundle(staged / BUNDLE, evidence, data=data, scenarios=scenarios)
        for path in staged.rglob("*"):
            if path.is_file():
                path.chmod(READ_ONLY)
        target = root / VERSIONS / digest
        if not version_is_whole(target):
            shutil.rmtree(target, ignore_errors=True)
        publish_folder(staged, target)
    return target


def align(promotion: Promotion, *, versions: VersionStore, registry: ModelRegistry) -> None:
    """Bring both followers in line with what is promoted; does nothing where they are."""
    if versions.committed(promotion.dataset) != promotion.address:
        versions.commit(promotion.dataset, promotion.folder)
    if registry.promoted(promotion.dataset) != promotion.model_version:
        registry.point(promotion.dataset, promotion.model_version)


def sweep(root: Path, *, keep: Collection[str | None]) -> None:
    """Remove versions that are neither current nor the one before, and what a killed attempt left."""
    for folder in (root / VERSIONS).iterdir():
        if folder.name not in keep:
            shutil.rmtree(folder)


@contextmanager
def one_at_a_time(root: Path) -> Iterator[None]:
    """Hold the dataset's lock; a killed holder loses it with its process."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _record(
    folder: Path, evidence: Evidence, *, before: Promotion | None, versions: VersionStore, registry: ModelRegistry
) -> Promotion:
    """Tell registry and version store of the new version; neither shows it to anybody yet."""
    candidate = evidence.candidate
    facts = VersionFacts(
        version=folder.name,
        contract=evidence.contract,
        fingerprint=candidate.fingerprint,
        candidate=candidate.digest,
        release=evidence.release.digest,
        source=project_path(folder),
        rows=candidate.rows,
        metrics=metrics_of(evidence),
        generator=evidence.generator.folder,
        bundle=folder / BUNDLE,
    )
    model = registry.record(facts)
    return Promotion(
        dataset=evidence.contract.name,
        version=folder.name,
        previous=_previous(before, folder),
        candidate=candidate.digest,
        evidence=evidence.digest(),
        release=evidence.release.digest,
        generator=evidence.generator.digest,
        contract=evidence.contract.digest(),
        rows=candidate.rows,
        shards=tuple(shard.name for shard in candidate.shards),
        address=versions.commit(evidence.contract.name, folder),
        run=model.run,
        model=model.model,
        model_version=model.number,
        folder=folder,
    )


def _previous(before: Promotion | None, folder: Path) -> str | None:
    if before is None:
        return None
    return before.previous if before.version == folder.name else before.version


def _says_the_same(promotion: Promotion, evidence: Evidence, *, workspace: Workspace) -> bool:
    if (promotion.candidate, promotion.evidence) != (evidence.candidate.digest, evidence.digest()):
        return False
    with suppress(IntegrityError):  # what nobody has any more is staged again
        fetch_version(promotion.folder, workspace=workspace)
    return version_is_whole(promotion.folder)


def _pointer_or_none(read: Callable[[], Promotion | None]) -> Promotion | None:
    try:
        return read()
    except IntegrityError:
        return None  # an unreadable pointer is replaced, as its message says


def _copy_shards(table: Candidate, folder: Path) -> dict[str, dict[str, Any]]:
    folder.mkdir(parents=True)
    return {shard.name: _copy_shard(table, shard, folder) for shard in table.shards}


def _copy_shard(candidate: Candidate, shard: Shard, folder: Path) -> dict[str, Any]:
    """Copy one shard and hash it on the way, so that what is promoted is what was checked."""
    digest, size = hashlib.sha256(), 0
    with (candidate.folder / shard.name).open("rb") as source, (folder / shard.name).open("wb") as target:
        while piece := source.read(_PIECE):
            digest.update(piece)
            size += target.write(piece)
    if digest.hexdigest() != shard.digest:
        raise IntegrityError(
            f"shard {shard.name} was altered after it was checked", hint="materialize the candidate again"
        )
    return {"sha256": shard.digest, "size": size}
