"""A small made-up project: ledger, release with real noise, generator, candidate, all in a folder.

Tests of promotion, audit and integrations start from a copy of it. The table
that is measured is made up here; the noise, the ledger and the files are real.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from synth_assets.audit.evidence import Evidence
from synth_assets.candidate import Candidate, load_candidate, write_candidate
from synth_assets.checks import CheckResult, Decision, decide, required_checks, run_checks, write_suite
from synth_assets.contract import DatasetContract
from synth_assets.generator import FittedGenerator, find_generator, fit_generator
from synth_assets.integrations.dvc import write_dvc_yaml
from synth_assets.ledger import Account, Ledger, ReservationRequest, Source, open_ledger
from synth_assets.measurement.noise import draw_counts, make_noise
from synth_assets.privacy import Cap
from synth_assets.release import NoisyMarginal, Release, load_release, write_release
from synth_assets.workspace import Workspace

CONTRACT: dict[str, Any] = {
    "name": "visits",
    "purpose": "Tests of this package.",
    "prohibited_uses": ["anything else"],
    "owners": ["team:tests"],
    "source": "clinic",
    "privacy": {"unit": "rows", "spend": {"epsilon": 2.0, "delta": 1e-7}},
    "columns": {
        "region": {"type": "categorical", "categories": ["north", "south", "west"], "domain_source": "law"},
        "age": {"type": "integer", "min": 0, "max": 9, "nullable": True, "domain_source": "definition"},
        "smokes": {"type": "boolean", "domain_source": "definition"},
    },
    "derived": {"old": "age >= 7"},
    "rules": {"known_region": "region IN ('north', 'south', 'west')"},
    "rows": 2000,
}
_PAIRS = [("region", "age"), ("region", "smokes"), ("age", "smokes")]
_DEFS = "dagster_project/defs/visits/defs.yaml"


@dataclass(frozen=True, kw_only=True)
class Project:
    """Everything a promotion starts from."""

    workspace: Workspace
    contract: DatasetContract
    release: Release
    generator: FittedGenerator

    @property
    def root(self) -> Path:
        return self.workspace.root

    @property
    def ledger(self) -> Ledger:
        return open_ledger(root=self.root)

    @property
    def lines(self) -> tuple[dict[str, Any], ...]:
        return tuple(self.ledger.export_entries("clinic"))

    def candidate(self, seed: int = 0) -> Candidate:
        folder = self.workspace.candidates("visits")
        return write_candidate(self.contract, self.generator, self.release, seed=seed, candidates=folder)

    def results(self, candidate: Candidate) -> list[CheckResult]:
        return run_checks(self.contract, candidate, self.release, suite=self.suite)

    @property
    def suite(self) -> Path:
        return self.root / self.contract.suite_path

    def decision(self, results: list[CheckResult], candidate: Candidate) -> Decision:
        required = required_checks(self.contract, self.suite)
        blocking = [name for name, severity in required.items() if severity == "critical"]
        return decide(results, required=blocking, candidate=candidate.digest)

    def evidence(self, seed: int = 0) -> Evidence:
        candidate = self.candidate(seed)
        results = self.results(candidate)
        return Evidence(
            contract=self.contract,
            release=self.workspace.releases / self.release.digest,
            generator=self.generator,
            candidate=candidate,
            results=tuple(results),
            decision=self.decision(results, candidate),
            ledger_lines=self.lines,
            suite=self.suite,
        )


def make_project(root: Path) -> Project:
    """Measure, fit, sample seeds 0 and 1 and check nothing yet."""
    contract = DatasetContract.model_validate(CONTRACT)
    workspace = Workspace(root=root)
    release = write_release(_measure(contract, _pay(contract, root)), workspace.releases)
    _settle(root, release)
    generator = fit_generator(
        release, kind=contract.generator.kind, seed=0, generators=workspace.generators(contract.name)
    )
    project = Project(workspace=workspace, contract=contract, release=release, generator=generator)
    defs = root / _DEFS
    defs.parent.mkdir(parents=True)
    defs.write_text(yaml.safe_dump({"type": "synth_assets.SyntheticDataset", "attributes": CONTRACT}, sort_keys=False))
    write_suite(contract, project.suite)
    write_dvc_yaml(root, [(defs, contract)])
    for seed in (0, 1):
        project.candidate(seed)
    return project


def copy_project(project: Project, root: Path) -> Project:
    """Copy a project to another folder and open it there."""
    shutil.copytree(project.root, root, dirs_exist_ok=True)
    workspace = Workspace(root=root)
    return Project(
        workspace=workspace,
        contract=project.contract,
        release=load_release(workspace.releases / project.release.digest),
        generator=find_generator(workspace.generators("visits") / project.generator.digest),
    )


def open_project(root: Path) -> Project:
    """Open a project that :func:`make_project` made, as another process would."""
    workspace = Workspace(root=root)
    (release,) = workspace.releases.iterdir()
    (generator,) = workspace.generators("visits").iterdir()
    return Project(
        workspace=workspace,
        contract=DatasetContract.model_validate(CONTRACT),
        release=load_release(release),
        generator=find_generator(generator),
    )


def candidates_of(project: Project) -> list[Candidate]:
    """Return the candidates that are there, by seed."""
    found = [load_candidate(folder) for folder in project.workspace.candidates("visits").iterdir()]
    return sorted(found, key=lambda item: item.seed)


def _pay(contract: DatasetContract, root: Path) -> str:
    ledger, unit = open_ledger(root=root), contract.unit()
    account = Account(name="clinic", source="clinic", population="made-up patients", unit=unit)
    ledger.open_account(account, Cap(epsilon=4.0, delta=1e-6), by="officer")
    ledger.open_account(
        Account(name="other", source="other", population="others", unit=unit),
        Cap(epsilon=1.0, delta=1e-6),
        by="officer",
    )
    columns = (("region", "text"), ("age", "integer"), ("smokes", "boolean"))
    source = Source(
        name="clinic",
        kind="csv",
        location="/nowhere.csv",
        columns=columns,
        unit=unit,
        account="clinic",
        version="2026-11",
    )
    ledger.add_source(source, by="officer")
    request = ReservationRequest(
        source="clinic",
        version="2026-11",
        fingerprint=contract.fingerprint(),
        refresh="once",
        dataset=contract.name,
        contract_digest=contract.digest(),
        unit=unit,
        loss=contract.cap().loss(),
        reason=contract.purpose,
        by="engineer",
    )
    reservation = ledger.reserve(request)
    permit = ledger.begin(reservation.id)
    ledger.redeem(permit)
    for number in (1, 2):
        ledger.record_intent(permit, number, f"{number}" * 64)
        ledger.record_answer(permit, number, f"{number}" * 64)
    return reservation.id


def _settle(root: Path, release: Release) -> None:
    open_ledger(root=root).settle(release.reservation, release_digest=release.digest)


def _measure(contract: DatasetContract, reservation: str) -> Release:
    domain, draws = contract.domain(), np.random.default_rng(7)
    rows = 5000
    region = draws.choice(3, rows, p=[0.5, 0.3, 0.2])
    age = np.minimum(draws.poisson(3 + 2 * region), 10)
    codes = {"region": region, "age": age, "smokes": (draws.random(rows) < 0.1 + 0.05 * age).astype(np.int64)}
    noise = make_noise(max_rows=1, rho=contract.cap().loss().rho / 6.5)

    def measured(names: tuple[str, ...], draw: int) -> NoisyMarginal:
        shape = domain.shape(names)
        counts = np.bincount(np.ravel_multi_index([codes[n] for n in names], shape), minlength=int(np.prod(shape)))
        noisy = draw_counts(counts.reshape(shape), noise)
        return NoisyMarginal(
            attributes=names,
            level="fine" if len(names) == 1 else "coarse",
            counts=noisy,
            scale=noise.scale,
            rho=noise.rho,
            draw=draw,
            mechanism=noise.mechanism,
        )

    marginals = (*(measured((name,), 1) for name in domain.names), *(measured(pair, 2) for pair in _PAIRS))
    return Release(
        dataset=contract.name,
        source="clinic",
        version="2026-11",
        fingerprint=contract.fingerprint(),
        reservation=reservation,
        domain=domain,
        grids={column.name: np.arange(column.size) for column in domain.columns},
        marginals=marginals,
        privacy={},
    )
