"""The bundle: everything an auditor needs about one version, in one folder.

::

    manifest.json            digests of every file and of the data
    contract.json            the whole contract
    privacy.json             the privacy statement: release, composition, account
    release/<digest>/        the noisy marginals as they were published, byte for byte
    candidate.json           the candidate's manifest: shards, seed, parents
    generator.json           what the model is, without its weights
    ledger.jsonl             the account's entries; others sealed to their digests
    expectations.json        the suite that was run
    checks/<name>.json       one result each
    decision.json            what the policy made of them
    prov.json                who was made from what

All of it is a function of the release, the contract and the ledger's public
entries. It holds no clock of its own and never names its own DVC or MLflow id.
"""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synth_assets.audit.lineage import provenance
from synth_assets.audit.manifest import write_manifest
from synth_assets.audit.statement import privacy_statement
from synth_assets.candidate import Candidate
from synth_assets.checks import CheckResult, Decision
from synth_assets.contract import DatasetContract
from synth_assets.files import canonical_json, sha256_bytes, write_bytes, write_json
from synth_assets.generator import FittedGenerator
from synth_assets.release import load_release

__all__ = ["RELEASE_FILES", "Evidence", "evidence_digest", "write_bundle"]

RELEASE_FILES = ("marginals.parquet", "privacy.json", "release.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a promotion rests on.

    Attributes:
        contract: the whole contract.
        release: folder of the release.
        generator: the fitted generator.
        candidate: the candidate that is promoted.
        results: one result per check, in any order.
        decision: what the policy made of them.
        ledger_lines: ``Ledger.export_entries`` of the account that paid.
        suite: the expectations that were run, when they are a file.
    """

    contract: DatasetContract
    release: Path
    generator: FittedGenerator
    candidate: Candidate
    results: tuple[CheckResult, ...]
    decision: Decision
    ledger_lines: tuple[Mapping[str, Any], ...]
    suite: Path | None = None

    def digest(self) -> str:
        """Return a digest of the check results, whatever their order."""
        return evidence_digest(self.results)

    def identity(self) -> dict[str, str]:
        """Return the names and digests of what the version is made from."""
        return {
            "dataset": self.contract.name,
            "contract": self.contract.digest(),
            "release": self.release.name,
            "generator": self.generator.digest,
            "candidate": self.candidate.digest,
            "evidence": self.digest(),
        }


def write_bundle(folder: Path, evidence: Evidence, *, data: Mapping[str, Mapping[str, Any]]) -> str:
    """Write the bundle into an empty folder and return the SHA-256 of its manifest: the version's digest.

    Args:
        folder: where to; exists and is empty.
        evidence: what the promotion rests on.
        data: digest and size of each data file, by its name in the version's folder.
    """
    release = load_release(evidence.release)
    # not sorted: the order of the columns is part of a contract
    write_bytes(folder / "contract.json", f"{evidence.contract.model_dump_json(indent=1)}\n".encode())
    _copy(evidence.release, folder / "release" / evidence.release.name, RELEASE_FILES)
    write_bytes(folder / "candidate.json", (evidence.candidate.folder / "manifest.json").read_bytes())
    write_bytes(folder / "generator.json", (evidence.generator.folder / "generator.json").read_bytes())
    write_bytes(folder / "ledger.jsonl", b"".join(canonical_json(line) + b"\n" for line in evidence.ledger_lines))
    statement = privacy_statement(release, contract=evidence.contract, ledger_lines=evidence.ledger_lines)
    write_json(folder / "privacy.json", statement)
    if evidence.suite is not None and evidence.suite.is_file():
        write_bytes(folder / "expectations.json", evidence.suite.read_bytes())
    for result in evidence.results:
        write_json(folder / "checks" / f"{result.name}.json", result.as_json())
    decision = {"promote": evidence.decision.promote, "reasons": list(evidence.decision.reasons)}
    write_json(folder / "decision.json", decision)
    write_json(
        folder / "prov.json",
        provenance(evidence.identity(), release=release, data=data, owners=evidence.contract.owners),
    )
    return write_manifest(folder, identity=evidence.identity(), data=data)


def evidence_digest(results: Iterable[CheckResult]) -> str:
    """Return a digest of check results, whatever their order."""
    listed = sorted((item.as_json() for item in results), key=lambda item: str(item["name"]))
    return sha256_bytes(canonical_json(listed))


def _copy(source: Path, target: Path, names: Iterable[str]) -> None:
    target.mkdir(parents=True)
    for name in names:
        shutil.copyfile(source / name, target / name)
