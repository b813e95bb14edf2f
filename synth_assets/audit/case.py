"""What a verification has before it: the bundle's files, read once, and the data beside them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from synth_assets.audit.manifest import MANIFEST, read_manifest
from synth_assets.audit.statement import reservation_of
from synth_assets.candidate import Candidate
from synth_assets.candidate.model import described
from synth_assets.checks import CheckResult
from synth_assets.checks.counts import CandidateCounts, count_candidate
from synth_assets.checks.gate import judge_generated
from synth_assets.checks.suite import SuiteEntry, effective_suite
from synth_assets.contract import DatasetContract
from synth_assets.files import sha256_file
from synth_assets.generator import Generator
from synth_assets.generator.foreign import read_foreign
from synth_assets.ledger.replay import Replay, ReservationState
from synth_assets.ledger.verify import Verdict, verify_lines
from synth_assets.release import NoisyMarginal, Release, load_release

__all__ = ["Case"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A bundle under verification. Every property is read from files and from nothing else.

    Attributes:
        bundle: the folder of the evidence.
        data: the folder of the Parquet files; ``None`` when it is not at hand.
        key: file of the public key that signed the ledger.
        anchor: where heads of the ledger were kept, as ``file:...`` or a path.
        reproduce: whether to sample the rows again.
        refit: whether to fit the generator again.
    """

    bundle: Path
    data: Path | None
    key: Path | None = None
    anchor: str | None = None
    reproduce: bool = False
    refit: bool = False

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest, after its own digest was checked."""
        return read_manifest(self.bundle)

    @cached_property
    def contract(self) -> DatasetContract:
        """The whole contract."""
        return DatasetContract.model_validate_json((self.bundle / "contract.json").read_bytes())

    @cached_property
    def release(self) -> Release:
        """The release, read under the digest that the manifest gives it."""
        return load_release(self.bundle / "release" / str(self.manifest["release"]))

    @cached_property
    def candidate(self) -> Candidate:
        """The candidate as its manifest describes it, with its files where the data is."""
        path = self.bundle / "candidate.json"
        return described(self.read(path.name), folder=self.data or self.bundle, digest=sha256_file(path))

    @cached_property
    def results(self) -> list[CheckResult]:
        """The results of all checks, by name."""
        paths = sorted((self.bundle / "checks").glob("*.json"))
        return [CheckResult.from_json(json.loads(path.read_text())) for path in paths]

    @cached_property
    def counts(self) -> CandidateCounts:
        """What one pass over the Parquet files counts."""
        return count_candidate(self.contract, self.candidate, self.release)

    @cached_property
    def recomputed(self) -> list[CheckResult]:
        """What the gate makes of those counts: a result for each check that follows from the contract."""
        return judge_generated(self.contract, self.counts, self.release, candidate=self.candidate.digest)

    @cached_property
    def suite(self) -> list[SuiteEntry]:
        """The suite that was in force: what follows from the contract, and what people wrote by hand."""
        return effective_suite(self.contract, self.bundle / "expectations.json")

    @cached_property
    def generator(self) -> Generator:
        """The fitted generator that the bundle carries, checked to be one of the release."""
        return read_foreign(self.bundle / "generator", self.read("generator.json"), release=self.release)

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """The ledger's entries."""
        return [json.loads(line) for line in (self.bundle / "ledger.jsonl").read_text().splitlines()]

    @cached_property
    def _followed(self) -> tuple[Verdict, Replay]:
        from synth_assets.ledger.anchor import open_anchor
        from synth_assets.ledger.keys import load_public_key

        anchor = self.anchor if self.anchor is None or ":" in self.anchor else f"file:{self.anchor}"
        return verify_lines(
            self.lines,
            ledger_id=str(self.lines[0]["previous"]),
            anchor=open_anchor(anchor) if anchor else None,
            keys=[load_public_key(self.key)] if self.key else (),
        )

    @property
    def verdict(self) -> Verdict:
        """What following the ledger's chain found."""
        return self._followed[0]

    @property
    def book(self) -> Replay:
        """The ledger's accounts and reservations, as the entries tell them."""
        return self._followed[1]

    @cached_property
    def paid(self) -> ReservationState:
        """The reservation that paid for the release."""
        return reservation_of(self.release, self.book)

    @property
    def marginals(self) -> Sequence[NoisyMarginal]:
        """The released tables."""
        return self.release.marginals

    def read(self, name: str) -> dict[str, Any]:
        """Return a JSON file of the bundle."""
        found: dict[str, Any] = json.loads((self.bundle / name).read_text())
        return found

    def listed(self) -> Mapping[str, Mapping[str, Any]]:
        """Return digest and size of each file that the manifest lists, by its name in the bundle."""
        found: Mapping[str, Mapping[str, Any]] = self.manifest["files"]
        return found

    def present(self) -> set[str]:
        """Return the names of the files that are in the bundle, without the manifest."""
        names = {path.relative_to(self.bundle).as_posix() for path in self.bundle.rglob("*") if not path.is_dir()}
        return names - {MANIFEST}
