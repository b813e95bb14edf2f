"""The bundle: everything an auditor needs about one version, in one folder.

::

    manifest.json            digests of every file and of the data
    contract.json            the whole contract
    privacy.json             the privacy statement: release, composition, account
    release/<digest>/        the noisy marginals as they were published, byte for byte
    candidate.json           the candidate's manifest: shards, seed, parents
    generator.json           what the model is: release, seed, libraries, digests of its files
    generator/               its files: the weights, so that rows can be sampled again
    ledger.jsonl             the account's entries; others sealed to their digests
    expectations.json        the suite that was run
    checks/<name>.json       one result each
    context.json             what checks compared with besides, if a contract asks for such checks
    evaluation.json          what was measured on real people, if a contract has gates; its answers are releases
    scenarios/<name>/        candidate.json and checks/<name>.json of each scenario, if a contract has scenarios
    decision.json            what the policy made of them
    report.html              the same for people
    prov.json                who was made from what
    assurance/<kind>.json    what tests of the software on made-up rows found, where there were such

All of it is a function of the release, the contract and the ledger's public
entries, and of the day on which it was decided. It never names its own DVC or MLflow id.
"""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from synth_assets.artefact import altered_files
from synth_assets.audit.assurance import FOLDER as ASSURANCE
from synth_assets.audit.decision import DECISION, stated_decision
from synth_assets.audit.evidence import Evidence
from synth_assets.audit.lineage import provenance
from synth_assets.audit.manifest import CONTEXT, EVALUATION, REPORT, contents_digest, describe_files, write_manifest
from synth_assets.audit.privacy_statement import privacy_statement
from synth_assets.audit.report import ReportFacts, ScenarioFacts, report_page
from synth_assets.candidate import Candidate
from synth_assets.checks import CheckResult
from synth_assets.checks.context import NOTHING
from synth_assets.errors import IntegrityError
from synth_assets.files import canonical_json, write_bytes, write_json
from synth_assets.generator import generator_files, load_generator
from synth_assets.generator.abilities import calibration_of
from synth_assets.reading import read_json
from synth_assets.release.store import names_of_release
from synth_assets.workspace import SCENARIOS

__all__ = ["write_bundle"]


def write_bundle(
    folder: Path,
    evidence: Evidence,
    *,
    data: Mapping[str, Mapping[str, Any]],
    scenarios: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
) -> str:
    """Write the bundle into an empty folder and return the SHA-256 of its manifest: the version's digest.

    Args:
        folder: where to; exists and is empty.
        evidence: what the promotion rests on.
        data: digest and size of each data file, by its name in the version's folder.
        scenarios: the same of each scenario's files, by the scenario's name.

    Raises:
        IntegrityError: a file of the release was altered since it was read.
    """
    assert evidence.counts is not None  # noqa: S101 - a candidate that was not counted is refused before
    # not sorted: the order of the columns is part of a contract
    write_bytes(folder / "contract.json", f"{evidence.contract.model_dump_json(indent=1)}\n".encode())
    _copy_release(evidence.release_folder, folder / "release" / evidence.release.digest)
    write_bytes(folder / "generator.json", (evidence.generator.folder / "generator.json").read_bytes())
    _copy(evidence.generator.folder, folder / "generator", generator_files(evidence.generator))
    write_bytes(folder / "ledger.jsonl", b"".join(canonical_json(line) + b"\n" for line in evidence.ledger_lines))
    statement = privacy_statement(
        evidence.release, contract=evidence.contract, book=evidence.book, anchored=evidence.anchored
    )
    write_json(folder / "privacy.json", statement)
    if evidence.suite is not None and evidence.suite.is_file():
        write_bytes(folder / "expectations.json", evidence.suite.read_bytes())
    _write_checked(folder, evidence.candidate, evidence.results)
    for scenario in evidence.scenarios:
        _write_checked(folder / SCENARIOS / scenario.table.scenario, scenario.table, scenario.results)
    if evidence.context != NOTHING:
        write_json(folder / CONTEXT, evidence.context.as_json())
    if evidence.context.evaluation is not None:
        write_json(folder / EVALUATION, evidence.context.evaluation.as_json())
        for answers in evidence.context.evaluation.answers.values():
            _copy_release(evidence.release_folder.parent / answers.digest, folder / "release" / answers.digest)
    write_json(folder / DECISION, stated_decision(evidence.decision, day=evidence.decided))
    write_json(
        folder / "prov.json",
        provenance(evidence.identity(), release=evidence.release, data=data, owners=evidence.contract.owners),
    )
    for kind, record in evidence.assurance.items():
        write_json(folder / ASSURANCE / f"{kind}.json", record.as_json())
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    contents = contents_digest(
        identity=evidence.identity(), files=describe_files(folder, names), data=data, scenarios=scenarios or {}
    )
    facts = ReportFacts(
        contract=evidence.contract,
        identity=evidence.identity(),
        candidate=evidence.candidate,
        results=evidence.results,
        suite=folder / "expectations.json",
        release=evidence.release,
        statement=statement,
        tables=evidence.counts.tables,
        assurance=evidence.assurance,
        evaluation=evidence.context.evaluation,
        scenarios=tuple(ScenarioFacts(table=one.table, results=one.results) for one in evidence.scenarios),
        calibration=calibration_of(evidence.generator.kind, lambda: load_generator(evidence.generator.folder)),
        lines=evidence.ledger_lines,
        decided=evidence.decided,
        contents=contents,
    )
    write_bytes(folder / REPORT, report_page(facts).encode())
    return write_manifest(folder, identity=evidence.identity(), data=data, scenarios=scenarios)


def _write_checked(folder: Path, table: Candidate, results: Iterable[CheckResult]) -> None:
    """Write what a table is, and one file per result."""
    write_bytes(folder / "candidate.json", (table.folder / "manifest.json").read_bytes())
    for result in results:
        write_json(folder / "checks" / f"{result.name}.json", result.as_json())


def _copy_release(source: Path, target: Path) -> None:
    """Copy a release's files, which must still be those that it was read from."""
    _copy(source, target, names_of_release(source))
    altered = [*altered_files(target, {"release.json": target.name})]
    altered = altered or [*altered_files(target, read_json(target / "release.json")["files"])]
    if altered:
        raise IntegrityError(
            f"{altered[0]} of release {target.name[:12]} was altered since it was read",
            hint="restore the folder from a copy, then promote again",
        )


def _copy(source: Path, target: Path, names: Iterable[str]) -> None:
    target.mkdir(parents=True)
    for name in names:
        shutil.copyfile(source / name, target / name)
