"""A project in a folder: the made-up table registered, its account and ledger, and what is made of it, all for real.

What a function here makes, another process can open again: ``Project(root=root, contract=contract)``.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kit.people import DEFINITION, HEADER, MANY_ROWS, ROWS, discovering_contract, make_contract
from synth_assets.audit.evidence import Evidence
from synth_assets.candidate import Candidate, load_candidate, write_candidate, write_scenario
from synth_assets.checks import CheckResult, Judged, decide, judge_again, required_checks, run_checks, write_suite
from synth_assets.checks.context import Context
from synth_assets.checks.counts import count_candidate
from synth_assets.cli.main import cli
from synth_assets.contract import DatasetContract
from synth_assets.files import write_json
from synth_assets.generator import FittedGenerator, find_generator, fit_generator
from synth_assets.integrations.dvc_stages import write_dvc_yaml
from synth_assets.ledger import Account, Ledger, Reservation, open_ledger
from synth_assets.obtain.release import ObtainedRelease, obtain_release, request_for
from synth_assets.privacy import Cap
from synth_assets.promotion import ModelRegistry, Promotion, VersionStore
from synth_assets.promotion.promote import promote
from synth_assets.release import Release, load_release
from synth_assets.source.register import make_source
from synth_assets.strategy.plan import Plan
from synth_assets.strategy.release_plan import ReleasePlan
from synth_assets.workspace import Workspace

DISCOVERING = discovering_contract(unit={"column": "person", "max_rows": 2})
"""The contract of :func:`make_discovering_project`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A folder, and the contract of the one dataset in it."""

    root: Path
    contract: DatasetContract

    @property
    def workspace(self) -> Workspace:
        return Workspace(root=self.root)

    @property
    def ledger(self) -> Ledger:
        return open_ledger(self.workspace.ledger_url)

    @property
    def definition(self) -> Path:
        """The file that declares the dataset."""
        return self.root / "defs" / self.contract.name / "defs.yaml"

    @property
    def suite(self) -> Path:
        return self.root / self.contract.suite_path

    @property
    def promoted(self) -> Path:
        return self.workspace.promoted(self.contract.name)

    @property
    def release(self) -> Release:
        """The only release here."""
        (folder,) = self.workspace.releases.iterdir()
        return load_release(folder)

    @property
    def generator(self) -> FittedGenerator:
        """The only generator here."""
        (folder,) = self.workspace.generators(self.contract.name).iterdir()
        return find_generator(folder)

    @property
    def charges(self) -> float:
        """How many releases of this contract's size were paid for."""
        return self.ledger.balance("town").spent.nano_rho / self.contract.release_loss().nano_rho

    def obtain(self, *, progress: Callable[[str], None] = lambda _: None) -> ObtainedRelease:
        return obtain_release(
            self.contract,
            workspace=self.workspace,
            ledger=self.ledger,
            by="engineer",
            reason="test",
            run_id=None,
            progress=progress,
        )

    def reserve(self, plan: Plan | None = None) -> Reservation:
        """Reserve a plan, by default the one behind this contract's release."""
        plan = plan or ReleasePlan(contract=self.contract)
        source = self.ledger.source("census")
        split = self.ledger.split(source.account)
        request = request_for(plan, source, by="engineer", reason="test", run_id=None, split=split)
        return self.ledger.reserve(request)

    def fit(self) -> FittedGenerator:
        """Fit the contract's generator to the release."""
        kind, folder = self.contract.generator, self.workspace.generators(self.contract.name)
        return fit_generator(self.release, kind=kind.kind, options=kind.options, seed=0, generators=folder)

    def candidate(self, seed: int) -> Candidate:
        folder = self.workspace.candidates(self.contract.name)
        return write_candidate(self.contract, self.generator, self.release, seed=seed, candidates=folder)

    def judged_scenarios(self, candidate: Candidate) -> list[tuple[Candidate, Judged]]:
        """Draw the contract's scenarios from the candidate's generator, check them, and let the gate judge."""
        judged = []
        for name in self.contract.scenarios:
            folder = self.workspace.scenarios(self.contract.name)
            table = write_scenario(self.contract, name, self.generator, self.release, scenarios=folder)
            context = Context(scenario=name, table=candidate)
            results = run_checks(self.contract, table, self.release, context=context)
            given: Any = {"suite": self.suite, "recorded": results, "context": context}
            judged.append((table, judge_again(self.contract, table, self.release, **given)))
        return judged

    def check(self, seed: int) -> None:
        """Draw a candidate and note the results of its checks, for :meth:`evidence`."""
        candidate = self.candidate(seed)
        results = run_checks(self.contract, candidate, self.release, suite=self.suite)
        checked = {"candidate": candidate.digest, "results": [result.as_json() for result in results]}
        write_json(self.root / f"checked-{seed}.json", checked)

    def evidence(self, seed: int = 0) -> Evidence:
        """Return what a promotion of a checked candidate rests on."""
        checked = json.loads((self.root / f"checked-{seed}.json").read_text())
        results = tuple(CheckResult.from_json(result) for result in checked["results"])
        candidate = load_candidate(self.workspace.candidates(self.contract.name) / checked["candidate"])
        release = self.release
        return Evidence(
            contract=self.contract,
            release=release,
            release_folder=self.workspace.releases / release.digest,
            generator=self.generator,
            candidate=candidate,
            results=results,
            counts=count_candidate(self.contract, candidate, release),
            decision=decide(
                results, required=required_checks(self.contract, self.suite), candidate=checked["candidate"]
            ),
            ledger_lines=tuple(self.ledger.export_entries("town")),
            suite=self.suite,
        )

    def promote(
        self,
        evidence: Evidence,
        *,
        versions: VersionStore,
        registry: ModelRegistry,
        scenarios: list[tuple[Candidate, Judged]] | None = None,
    ) -> Promotion:
        """Promote a candidate with its scenarios, which are drawn unless others are given."""
        return promote(
            evidence.contract,
            candidate=evidence.candidate,
            release=evidence.release,
            generator=evidence.generator,
            judged=Judged(
                results=evidence.results,
                decision=evidence.decision,
                counts=evidence.counts,
                context=evidence.context,
            ),
            workspace=self.workspace,
            ledger_lines=evidence.ledger_lines,
            versions=versions,
            registry=registry,
            anchored=evidence.anchored,
            scenarios=self.judged_scenarios(evidence.candidate) if scenarios is None else scenarios,
        )

    def public_files(self) -> list[Path]:
        """Return every file outside the private zone and the source itself."""
        private = (self.workspace.private, self.workspace.curator, self.root / "source")
        files = (path for path in self.root.rglob("*") if path.is_file())
        return sorted(path for path in files if not any(path.is_relative_to(folder) for folder in private))

    def public_names(self) -> list[str]:
        """Return the names of all files outside the private zone, digests replaced by one word."""
        names = (str(path.relative_to(self.root)) for path in self.public_files())
        return sorted(re.sub(r"[0-9a-f]{64}", "DIGEST", name) for name in names)


def make_project(  # noqa: PLR0913 - what an officer declares about a source
    root: Path,
    *,
    files: dict[str, bytes] | None = None,
    kind: str = "csv",
    location: str = "source/*.csv",
    options: dict[str, Any] | None = None,
    contract: DatasetContract | None = None,
    cap: float = 6.0,
) -> Project:
    """Write a source's files, register it and open its account; nothing is spent."""
    project = Project(root=root, contract=contract or make_contract())
    for name, content in (files or {"people.csv": (HEADER + ROWS).encode()}).items():
        path = root / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    unit, ledger = project.contract.unit(), project.ledger
    open_town(ledger, project.contract, cap=cap)
    source = make_source(
        "census",
        kind=kind,
        location=location if kind in ("python", "sql", "sql_rows") else str(root / location),
        account="town",
        version="2026-11",
        unit=unit,
        options=options,
        attested_by="officer",
    )
    ledger.add_source(source, by="officer")
    return project


def make_discovering_project(root: Path, *, more: bytes = b"") -> Project:
    """Register a table whose cities nobody declared: enough people in the north and in the south, and ``more`` rows."""
    return make_project(root, contract=DISCOVERING, files={"people.csv": (HEADER + MANY_ROWS).encode() + more})


def open_town(ledger: Ledger, contract: DatasetContract, *, cap: float = 6.0) -> None:
    """Open the account of the people whom a contract measures."""
    account = Account(name="town", source="census", population="nobody", unit=contract.unit())
    ledger.open_account(account, Cap(epsilon=cap, delta=1e-5, threshold_delta=1e-6), by="officer")
    if contract.privacy.holdout:
        ledger.split_account("town", share=contract.privacy.holdout, by="officer")


def furnish(project: Project) -> None:
    """Add what an engineer keeps in git: the definition, the suite and ``dvc.yaml``."""
    contract, file = project.contract, project.definition
    file.parent.mkdir(parents=True)
    attributes = contract.model_dump(mode="json", exclude_unset=True)
    document = {"type": "synth_assets.SyntheticDataset", "attributes": attributes}
    file.write_text(DEFINITION if contract == make_contract() else yaml.safe_dump(document, sort_keys=False))
    write_suite(contract, project.suite)
    write_dvc_yaml(project.root, [(file, contract)])
    (project.root / ".dvc").mkdir()
    (project.root / ".dvc" / "config").write_text("[core]\n    analytics = false\n")


def make_checked_project(root: Path, *, contract: DatasetContract | None = None, rows: str = ROWS) -> Project:
    """Measure, fit, and check the candidates of seeds 0 and 1; promote nothing yet."""
    project = make_project(root, contract=contract, files={"people.csv": (HEADER + rows).encode()})
    furnish(project)
    other_account = Account(name="other", source="other", population="others", unit=project.contract.unit())
    project.ledger.open_account(other_account, Cap(epsilon=1.0, delta=1e-6), by="officer")
    project.obtain()
    project.fit()
    for seed in (0, 1):
        project.check(seed)
    return project


def command(*arguments: str) -> object:
    """Run a command in this process; errors are raised, not printed."""
    return cli.main(args=list(arguments), prog_name="synth-assets", standalone_mode=False)


def impossible(contract: DatasetContract) -> DatasetContract:
    """Return the contract with a rule that no row makes true, its suite written.

    A rule that no row can keep would be refused, and rows are changed to keep one that a tenth of them keeps
    already: a part of a conjunction too. This one is unknown, which counts as kept, for very few rows.
    """
    broken = contract.model_copy(update={"rules": {"impossible": "NOT (age >= 0 OR member OR city <> 'east')"}})
    write_suite(broken, Workspace.current().root / broken.suite_path)
    return broken
