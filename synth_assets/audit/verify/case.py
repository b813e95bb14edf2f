"""What a verification has before it: the bundle's files, read once within limits, and the data beside them.

A bundle is hostile input. Its folder is listed before anything in it is opened, a file is
read only if it is a regular file of that listing, JSON and Parquet are checked
against limits before they are parsed, and nothing is deserialized, imported or
followed. Whatever is wrong raises, and becomes a FAILED claim.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from synth_assets.audit.assurance import FOLDER as ASSURANCE
from synth_assets.audit.assurance import LARGEST, RECORDS, Record, parse_record
from synth_assets.audit.decision import DECISION, read_decision
from synth_assets.audit.evidence import evidence_digest
from synth_assets.audit.folder import Folder, walk
from synth_assets.audit.manifest import CONTEXT, EVALUATION, MANIFEST, read_manifest
from synth_assets.audit.privacy_statement import FORMATS, ROLLBACK, privacy_statement, reservation_of
from synth_assets.candidate import Candidate, expected_rows
from synth_assets.candidate.model import described
from synth_assets.checks import CheckResult
from synth_assets.checks.context import NOTHING, Context
from synth_assets.checks.counts import CandidateCounts
from synth_assets.checks.entry import SuiteEntry
from synth_assets.checks.judgement import basis_of, judge_generated
from synth_assets.checks.kinds.kind import Basis
from synth_assets.checks.suite import effective_suite
from synth_assets.contract import DatasetContract
from synth_assets.domain import NEWEST_LAYOUT, Domain
from synth_assets.errors import IntegrityError
from synth_assets.evaluation.record import Evaluation
from synth_assets.generator import Generator
from synth_assets.generator.foreign import read_foreign
from synth_assets.ledger.follow import Verdict, verify_lines
from synth_assets.ledger.replay import Replay
from synth_assets.ledger.states import ReservationState
from synth_assets.parquet_limits import check_parquet
from synth_assets.privacy import PrivacyLoss
from synth_assets.reading import digest_file, parse_json, parse_lines, read_file
from synth_assets.release import Release, load_release
from synth_assets.release.answers import recomputed_loss
from synth_assets.release.store import release_files
from synth_assets.workspace import SCENARIOS

__all__ = ["Case"]

_MOST_ROWS_TIMES = 2
"""Rows of a candidate, to those that it should have: more are not counted, because a few bytes can say any number."""

_LARGEST_CONTRACT = 8 << 20
_LARGEST_LEDGER = 128 << 20
_LARGEST_REPORT = 64 << 20
_RESULT = re.compile(r"checks/[^/]+\.json")
_HINT = "the bundle was altered or is incomplete"


def _well_formed(result: CheckResult) -> bool:
    texts: list[Any] = [result.name, result.candidate, result.expectation, result.description]
    objects: list[Any] = [result.kwargs, result.observed]
    passed: Any = result.passed
    return (
        all(isinstance(text, str) for text in texts)
        and all(isinstance(value, dict) for value in objects)
        and isinstance(passed, bool)
        and result.severity in ("critical", "warning")
    )


@dataclass(frozen=True, kw_only=True)
class Case:
    """A bundle under verification. Every property is read from files and from nothing else.

    Attributes:
        bundle: the folder of the evidence.
        data: the folder of the Parquet files; ``None`` when it is not at hand.
        version: the folder that holds both, where it is known.
        key: file of the public key that signed the ledger.
        anchor: where heads of the ledger were kept, as ``file:...`` or a path.
        reproduce: whether to sample the rows again.
        refit: whether to fit the generator again.
        expected: the version's digest, or its first digits, as a person was told.
        scenario: the scenario that is under verification; empty for the whole table.
        whole: the case of the whole table, for a scenario's.
    """

    bundle: Path
    data: Path | None
    version: Path | None = None
    key: Path | None = None
    anchor: str | None = None
    reproduce: bool = False
    refit: bool = False
    expected: str | None = None
    scenario: str = ""
    whole: "Case | None" = None
    _scenarios: dict[str, "Case"] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of_scenario(self, name: str) -> "Case":
        """Return the case of one scenario of this bundle: what is read of it lies in a folder of its own."""
        if name not in self._scenarios:
            data = None if self.version is None else self.version / SCENARIOS / name
            self._scenarios[name] = replace(self, data=data, scenario=name, whole=self)
        return self._scenarios[name]

    @property
    def _prefix(self) -> str:
        return f"{SCENARIOS}/{self.scenario}/" if self.scenario else ""

    @cached_property
    def listing(self) -> Folder:
        """What the bundle's folder holds."""
        return walk(self.bundle)

    @cached_property
    def data_listing(self) -> Folder:
        """What the data's folder holds."""
        return Folder() if self.data is None else walk(self.data)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest, after its own digest was checked."""
        self.path(MANIFEST)
        return read_manifest(self.bundle)

    @cached_property
    def contract(self) -> DatasetContract:
        """The whole contract."""
        content = read_file(self.path("contract.json"), most=_LARGEST_CONTRACT)
        parse_json(content, name="contract.json")  # the limits of all JSON come before those of a contract
        contract = DatasetContract.model_validate_json(content)
        if any(lookup.unread for lookup in contract.lookups):  # no file but the bundle's own is ever read
            raise IntegrityError("contract.json names a table and does not hold it", hint=_HINT)
        return contract

    @cached_property
    def release(self) -> Release:
        """The release, read under the digest that the manifest gives it."""
        folder = f"release/{self.manifest['release']}"
        for name in self.release_names:
            self.path(f"{folder}/{name}")
        return load_release(self.bundle / folder)

    @cached_property
    def release_names(self) -> tuple[str, ...]:
        """The names of the release's files, by its format."""
        described = self.read(f"release/{self.manifest['release']}/release.json")
        return release_files(described.get("format_version"))

    @cached_property
    def candidate(self) -> Candidate:
        """The candidate as its manifest describes it, with its files where the data is."""
        name = f"{self._prefix}candidate.json"
        path = self.path(name)
        return described(self.read(name), folder=self.data or self.bundle, digest=digest_file(path))

    @cached_property
    def results(self) -> list[CheckResult]:
        """The results of all checks, by name."""
        own = (name for name in self.listing.files if name.startswith(self._prefix))
        names = sorted(name for name in own if _RESULT.fullmatch(name.removeprefix(self._prefix)))
        results = {name: CheckResult.from_json(self.read(name)) for name in names}
        for name, result in results.items():
            if name != f"{self._prefix}checks/{result.name}.json" or not _well_formed(result):
                raise IntegrityError(f"{name} is not the result of that check", hint=_HINT)
        return list(results.values())

    @cached_property
    def context(self) -> Context:
        """What the candidate was compared with besides its release; bundles without such checks have none.

        Raises:
            IntegrityError: the file is something else.
        """
        context = Context.from_json(self.read(CONTEXT)) if CONTEXT in self.listing.files else NOTHING
        whole = None if self.whole is None else self.whole.candidate
        return replace(context, evaluation=self.evaluation, scenario=self.scenario, table=whole)

    @cached_property
    def evaluation(self) -> Evaluation | None:
        """What was measured about the candidate; bundles of contracts without gates have nothing.

        Raises:
            IntegrityError: the file is something else, or an answer is missing or altered.
        """
        if EVALUATION not in self.listing.files:
            return None
        return Evaluation.from_json(self.read(EVALUATION), load=self._answers)

    def _answers(self, digest: str) -> Release:
        for name in release_files(self.read(f"release/{digest}/release.json").get("format_version")):
            self.path(f"release/{digest}/{name}")
        return load_release(self.bundle / "release" / digest)

    @property
    def declared_domain(self) -> Domain:
        """The contract's columns in the layout of the release, with the categories that it found."""
        layout = self.contract.layout_of(self.release.fingerprint) or NEWEST_LAYOUT
        return self.contract.domain(found=self.release.categories(), layout=layout)

    @cached_property
    def evidence(self) -> str:
        """The digest of all results, those of the scenarios in the manifest too."""
        scenarios = [self.of_scenario(name) for name in self.manifest.get(SCENARIOS, {})]
        return evidence_digest([result for case in (self, *scenarios) for result in case.results])

    @property
    def counts(self) -> CandidateCounts:
        """What one pass over the Parquet files counts; errors as of :attr:`basis`."""
        return self.basis.counts

    @cached_property
    def basis(self) -> Basis:
        """What the checks look at, counted in one pass over the Parquet files that were found to be within limits.

        Raises:
            IntegrityError: a file breaks a limit, or the release has other columns than the contract.
        """
        if self.release.domain != self.declared_domain:
            raise IntegrityError("the release's columns are not those of the contract", hint=_HINT)
        if self.whole is not None:
            _ = self.whole.basis  # a scenario's figures stand beside the whole table's, whose files are as hostile
        if self.candidate.rows > _MOST_ROWS_TIMES * self._wanted_rows:
            raise IntegrityError("the data has more rows than the contract or the release asks for", hint=_HINT)
        faults = [fault for fault in self.parquet_faults.values() if fault]
        missing = [shard.name for shard in self.candidate.shards if shard.name not in self.parquet_faults]
        if faults or missing:
            raise IntegrityError((faults or [f"{missing[0]} is missing"])[0], hint=_HINT)
        return basis_of(self.contract, self.candidate, self.release, context=self.context)

    @property
    def _wanted_rows(self) -> int:
        rows = self.contract.scenarios[self.scenario].rows if self.scenario else None
        return expected_rows(self.contract, self.release) if rows is None else rows

    @cached_property
    def recomputed(self) -> list[CheckResult]:
        """What the gate makes of those counts: a result for each check that follows from the contract."""
        return judge_generated(self.basis)

    @cached_property
    def decision(self) -> tuple[dict[str, Any], str]:
        """What was decided, and on which day, as whoever promoted says; bundles of older versions name no day."""
        return read_decision(self.read(DECISION))

    @cached_property
    def suite(self) -> list[SuiteEntry]:
        """The suite that was in force: what follows from the contract, and what people wrote by hand."""
        return effective_suite(self.contract, self.bundle / "expectations.json", scenario=self.scenario)

    @cached_property
    def generator(self) -> Generator:
        """The fitted generator that the bundle carries, checked to be one of the release."""
        if "generator" not in self.listing.folders:  # a link to a folder is not one
            raise IntegrityError("the bundle has no folder generator", hint=_HINT)
        return read_foreign(self.bundle / "generator", self.read("generator.json"), release=self.release)

    @cached_property
    def assurance(self) -> Mapping[str, Record]:
        """The records of tests of the software that the bundle holds, by kind."""
        names = {kind: f"{ASSURANCE}/{kind}.json" for kind in RECORDS}
        return {
            kind: parse_record(read_file(self.path(name), most=LARGEST), kind=kind)
            for kind, name in names.items()
            if name in self.listing.files
        }

    @cached_property
    def statement(self) -> dict[str, Any]:
        """What ``privacy.json`` must say, in the form that it has; only whether there was an anchor is taken from it.

        Raises:
            IntegrityError: it has a form that is not known here.
        """
        stated = self.read("privacy.json")
        if stated.get("format_version") not in FORMATS:
            raise IntegrityError("privacy.json has a format that is not known here", hint="update synth-assets")
        return privacy_statement(
            self.release,
            contract=self.contract,
            book=self.book,
            anchored=stated.get("rollback") == ROLLBACK[True],
            format_version=stated["format_version"],
        )

    @cached_property
    def parquet_faults(self) -> Mapping[str, str]:
        """What is wrong with each of the candidate's files that is there, before it is read; empty where nothing."""
        assert self.data is not None  # noqa: S101 - who asks has data
        faults: dict[str, str] = {}
        for shard in self.candidate.shards:
            if shard.name in self.data_listing.files:
                try:
                    check_parquet(self.data / shard.name, rows=shard.rows)
                    faults[shard.name] = ""
                except IntegrityError as error:
                    faults[shard.name] = f"{shard.name}: {error.message}"
        return faults

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """The ledger's entries."""
        content = read_file(self.path("ledger.jsonl"), most=_LARGEST_LEDGER)
        lines = parse_lines(content, name="ledger.jsonl")
        if not lines or not all(isinstance(line, dict) and line.get("sealed", True) is True for line in lines):
            raise IntegrityError("ledger.jsonl does not hold entries", hint=_HINT)
        return lines

    @cached_property
    def _followed(self) -> tuple[Verdict, Replay]:
        return self._follow()

    def _follow(self, **witnesses: Any) -> tuple[Verdict, Replay]:
        return verify_lines(self.lines, ledger_id=str(self.lines[0]["previous"]), **witnesses)

    @cached_property
    def signed(self) -> Verdict:
        """What following the chain with the given key found. Raises UsageError when it cannot be read."""
        from synth_assets.ledger.keys import load_public_key

        assert self.key is not None  # noqa: S101 - who asks has a key
        return self._follow(keys=[load_public_key(self.key)])[0]

    @cached_property
    def anchored(self) -> Verdict:
        """What following the chain with the given anchor found. Raises LedgerUnavailable when it is not there."""
        from synth_assets.ledger.anchor import open_anchor

        assert self.anchor is not None  # noqa: S101 - who asks has an anchor
        address = self.anchor if ":" in self.anchor else f"file:{self.anchor}"
        return self._follow(anchor=open_anchor(address))[0]

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

    @cached_property
    def recomputed_loss(self) -> PrivacyLoss:
        """What the released answers cost, each by its own mechanism, summed."""
        return recomputed_loss(self.release.answers, max_rows=self.contract.unit().max_rows)

    def path(self, name: str) -> Path:
        """Return where a file of the bundle is.

        Raises:
            IntegrityError: it is not there, or not a regular file inside the bundle.
        """
        if name not in self.listing.files:
            raise IntegrityError(f"{name} is missing or is not a regular file", hint=_HINT)
        return self.bundle / name

    def read(self, name: str) -> dict[str, Any]:
        """Return a JSON file of the bundle, which holds an object.

        Raises:
            IntegrityError: it is not there, breaks a limit, or holds something else.
        """
        content = parse_json(read_file(self.path(name)), name=name)
        if not isinstance(content, dict):
            raise IntegrityError(f"{name} is not an object", hint=_HINT)
        return content

    def page(self) -> bytes:
        """Return the bundle's report."""
        return read_file(self.path("report.html"), most=_LARGEST_REPORT)

    def listed(self) -> Mapping[str, Mapping[str, Any]]:
        """Return digest and size of each file that the manifest lists, by its name in the bundle."""
        files: Mapping[str, Mapping[str, Any]] = self.manifest["files"]
        return files
