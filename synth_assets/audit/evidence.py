"""What a promotion rests on, in one frozen record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synth_assets.candidate import Candidate
from synth_assets.checks import CheckResult, Decision
from synth_assets.contract import DatasetContract
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.generator import FittedGenerator

__all__ = ["Evidence", "evidence_digest"]


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
        anchored: whether heads of the ledger are kept elsewhere, so that an old copy put back is noticed.
    """

    contract: DatasetContract
    release: Path
    generator: FittedGenerator
    candidate: Candidate
    results: tuple[CheckResult, ...]
    decision: Decision
    ledger_lines: tuple[Mapping[str, Any], ...]
    suite: Path | None = None
    anchored: bool = False

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


def evidence_digest(results: Iterable[CheckResult]) -> str:
    """Return a digest of check results, whatever their order."""
    listed = sorted((item.as_json() for item in results), key=lambda item: str(item["name"]))
    return sha256_bytes(canonical_json(listed))
