"""What a promotion rests on, in one frozen record: each part is read or computed once, and handed on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from synth_assets.audit.assurance import Record
from synth_assets.audit.privacy_statement import read_book
from synth_assets.candidate import Candidate
from synth_assets.checks import CheckResult, Decision
from synth_assets.checks.context import NOTHING, Context
from synth_assets.checks.counts import CandidateCounts
from synth_assets.contract import DatasetContract
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.generator import FittedGenerator
from synth_assets.ledger.replay import Replay
from synth_assets.release import Release

__all__ = ["Evidence", "ScenarioEvidence", "evidence_digest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioEvidence:
    """What the promotion of one scenario's table rests on, beside what it shares with the whole table.

    Attributes:
        table: the rows, which name the scenario.
        results: one result per check of it.
        decision: what the policy made of them.
    """

    table: Candidate
    results: tuple[CheckResult, ...]
    decision: Decision


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a promotion rests on.

    Attributes:
        contract: the whole contract.
        release: the release, read.
        release_folder: where its files are.
        generator: the fitted generator.
        candidate: the candidate that is promoted.
        results: one result per check, in any order.
        decision: what the policy made of them.
        counts: what the results rest on, as it was counted in the candidate's rows; ``None`` only with a refusal.
        ledger_lines: ``Ledger.export_entries`` of the account that paid.
        suite: the expectations that were run, when they are a file.
        anchored: whether heads of the ledger are kept elsewhere, so that an old copy put back is noticed.
        context: what checks compared with besides the release.
        assurance: records of tests of the software on made-up rows, by kind; those that were made.
        scenarios: the same of each scenario of the contract, in its order.
        decided: the day of the decision, in UTC; empty if nobody says it.
    """

    contract: DatasetContract
    release: Release
    release_folder: Path
    generator: FittedGenerator
    candidate: Candidate
    results: tuple[CheckResult, ...]
    decision: Decision
    counts: CandidateCounts | None
    ledger_lines: tuple[Mapping[str, Any], ...]
    suite: Path | None = None
    anchored: bool = False
    context: Context = NOTHING
    assurance: Mapping[str, Record] = field(default_factory=dict)
    scenarios: tuple[ScenarioEvidence, ...] = ()
    decided: str = ""

    @cached_property
    def book(self) -> Replay:
        """What the ledger's entries say of accounts and reservations."""
        return read_book(self.ledger_lines)

    def digest(self) -> str:
        """Return a digest of the check results, those of scenarios too, whatever their order."""
        return evidence_digest([*self.results, *(result for one in self.scenarios for result in one.results)])

    def identity(self) -> dict[str, str]:
        """Return the names and digests of what the version is made from."""
        return {
            "dataset": self.contract.name,
            "contract": self.contract.digest(),
            "release": self.release.digest,
            "generator": self.generator.digest,
            "candidate": self.candidate.digest,
            "evidence": self.digest(),
        }


def evidence_digest(results: Iterable[CheckResult]) -> str:
    """Return a digest of check results, whatever their order."""
    listed = sorted(
        (result.as_json() for result in results), key=lambda result: (str(result["name"]), result["candidate"])
    )
    return sha256_bytes(canonical_json(listed))
