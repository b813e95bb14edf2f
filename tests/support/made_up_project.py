"""A small made-up project: ledger, release with real noise, generator, candidate, all in a folder.

Tests of promotion, audit and integrations start from a copy of it. The table
that is measured is made up here; the noise, the ledger and the files are real.
"""

import json
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from asked import a_request, a_source
from numpy.typing import NDArray

from synth_assets.audit.evidence import Evidence
from synth_assets.candidate import Candidate, load_candidate, write_candidate
from synth_assets.checks import CheckResult, Judged, decide, required_checks, run_checks, write_suite
from synth_assets.checks.counts import count_candidate
from synth_assets.contract import DatasetContract
from synth_assets.errors import IntegrityError
from synth_assets.files import canonical_json, sha256_bytes, sha256_file, write_bytes, write_json
from synth_assets.generator import FittedGenerator, find_generator, fit_generator
from synth_assets.integrations.dvc import write_dvc_yaml
from synth_assets.ledger import Account, DataPermit, Ledger, ReservationRequest, open_ledger
from synth_assets.ledger.sql import SqlLedger
from synth_assets.measurement.noise import draw_counts, draw_histogram
from synth_assets.privacy import Cap
from synth_assets.privacy.noise import least_gaussian
from synth_assets.promotion import ModelRegistry, ModelVersion, Promotion, VersionFacts, VersionStore, promote
from synth_assets.release import Answer, Discovery, NoisyMarginal, Release, categories_of, load_release, write_release
from synth_assets.release.description import describe_measurement
from synth_assets.release.noted import answer_digest
from synth_assets.strategy.categories import left_for_tables, noise_of_discovery
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
DISCOVERING: dict[str, Any] = {
    **CONTRACT,
    "privacy": {"unit": "rows", "spend": {"epsilon": 2.0, "delta": 1e-7, "threshold_delta": 1e-9}},
    "columns": {
        **CONTRACT["columns"],
        "region": {"type": "categorical", "categories": "discover", "other": "other", "domain_source": "discovered"},
    },
    "rules": {"known_region": "region IS NOT NULL"},
}
"""The same contract with the regions left open."""
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
    def suite(self) -> Path:
        return self.root / self.contract.suite_path

    @property
    def promoted(self) -> Path:
        return self.workspace.promoted(self.contract.name)

    def candidate(self, seed: int) -> Candidate:
        folder = self.workspace.candidates("visits")
        return write_candidate(self.contract, self.generator, self.release, seed=seed, candidates=folder)

    def evidence(self, seed: int = 0) -> Evidence:
        """Return what a promotion of the candidate of a seed rests on; its checks were run when it was made."""
        told = json.loads((self.root / f"checked-{seed}.json").read_text())
        results = tuple(CheckResult.from_json(item) for item in told["results"])
        required = required_checks(self.contract, self.suite)
        candidate = load_candidate(self.workspace.candidates("visits") / told["candidate"])
        return Evidence(
            contract=self.contract,
            release=self.release,
            release_folder=self.workspace.releases / self.release.digest,
            generator=self.generator,
            candidate=candidate,
            results=results,
            counts=count_candidate(self.contract, candidate, self.release),
            decision=decide(results, required=required, candidate=told["candidate"]),
            ledger_lines=tuple(self.ledger.export_entries("clinic")),
            suite=self.suite,
        )

    def promote(self, evidence: Evidence, *, versions: VersionStore, registry: ModelRegistry) -> Promotion:
        return promote(
            evidence.contract,
            candidate=evidence.candidate,
            release=self.release,
            generator=evidence.generator,
            judged=Judged(results=evidence.results, decision=evidence.decision, counts=evidence.counts),
            workspace=self.workspace,
            ledger_lines=evidence.ledger_lines,
            versions=versions,
            registry=registry,
            anchored=evidence.anchored,
        )


class FolderStore:
    """A version store that keeps copies in a folder: what promotion itself needs, without DVC."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def address(self, folder: Path) -> str:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        listed = [(path.relative_to(folder).as_posix(), sha256_file(path)) for path in files]
        return sha256_bytes(canonical_json(listed))

    def commit(self, dataset: str, folder: Path) -> str:
        address = self.address(folder)
        if not (self.root / address).exists():
            shutil.copytree(folder, self.root / address)
        write_bytes(self.root / f"{dataset}.newest", address.encode())
        return address

    def committed(self, dataset: str) -> str | None:
        path = self.root / f"{dataset}.newest"
        return path.read_text() if path.exists() else None

    def inputs_changed(self, dataset: str) -> bool:
        del dataset  # it notes no inputs
        return False

    def restore(self, address: str, folder: Path) -> None:
        if not (self.root / address).exists():
            raise IntegrityError("not kept", hint="promote again")
        shutil.copytree(self.root / address, folder)


class FileRegistry:
    """A model registry in one JSON file, so that it outlives a killed process."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def record(self, facts: VersionFacts) -> ModelVersion:
        told = self._told()
        if facts.version not in told["versions"]:
            told["versions"].append(facts.version)
            write_json(self.path, told)
        number = str(told["versions"].index(facts.version) + 1)
        return ModelVersion(run=f"run-{number}", model=facts.contract.name, number=number)

    def promoted(self, dataset: str) -> str | None:
        found: str | None = self._told()["aliases"].get(dataset)
        return found

    def point(self, dataset: str, number: str) -> None:
        told = self._told()
        write_json(self.path, {**told, "aliases": {**told["aliases"], dataset: number}})

    def _told(self) -> dict[str, Any]:
        if not self.path.exists():
            return {"versions": [], "aliases": {}}
        found: dict[str, Any] = json.loads(self.path.read_text())
        return found


def make_project(root: Path, told: dict[str, Any] = CONTRACT) -> Project:
    """Measure, fit, sample and check seeds 0 and 1; promote nothing yet."""
    contract = DatasetContract.model_validate(told)
    workspace = Workspace(root=root)
    permit = _pay(contract, root)
    release = write_release(_measure(contract, root, permit.reservation_id), workspace.releases)
    _settle(root, permit, release)
    generator = fit_generator(
        release,
        kind=contract.generator.kind,
        options=contract.generator.options,
        seed=0,
        generators=workspace.generators(contract.name),
    )
    project = Project(workspace=workspace, contract=contract, release=release, generator=generator)
    defs = root / _DEFS
    defs.parent.mkdir(parents=True)
    defs.write_text(yaml.safe_dump({"type": "synth_assets.SyntheticDataset", "attributes": told}, sort_keys=False))
    write_suite(contract, project.suite)
    write_dvc_yaml(root, [(defs, contract)])
    (root / ".dvc").mkdir()
    (root / ".dvc" / "config").write_text("[core]\n    analytics = false\n")
    for seed in (0, 1):
        candidate = project.candidate(seed)
        results = run_checks(contract, candidate, release, suite=project.suite)
        checked = {"candidate": candidate.digest, "results": [item.as_json() for item in results]}
        write_json(root / f"checked-{seed}.json", checked)
    return project


@cache
def template(folder: Path, *, discovering: bool = False) -> Path:
    """Make the project once in a test session."""
    root = folder / ("discovering_project" if discovering else "made_up_project")
    make_project(root, DISCOVERING if discovering else CONTRACT)
    return root


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project of this test's own."""
    for name in ("SYNTH_ASSETS_LEDGER", "MLFLOW_TRACKING_URI", "DVC_STAGE"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "project"
    shutil.copytree(template(tmp_path_factory.getbasetemp()), root)
    return open_project(root)


@pytest.fixture
def discovering(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project of this test's own whose regions were discovered."""
    for name in ("SYNTH_ASSETS_LEDGER", "MLFLOW_TRACKING_URI", "DVC_STAGE"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "discovering"
    shutil.copytree(template(tmp_path_factory.getbasetemp(), discovering=True), root)
    return open_project(root, DISCOVERING)


@pytest.fixture
def promoted_discovery(discovering: Project, tmp_path: Path) -> Promotion:
    """That project's candidate of seed 0, promoted."""
    stores = {"versions": FolderStore(tmp_path / "store"), "registry": FileRegistry(tmp_path / "registry.json")}
    return discovering.promote(discovering.evidence(0), **stores)


@pytest.fixture
def promoted(project: Project, tmp_path: Path) -> Promotion:
    """The project's candidate of seed 0, promoted with stores that keep plain files."""
    stores = {"versions": FolderStore(tmp_path / "store"), "registry": FileRegistry(tmp_path / "registry.json")}
    return project.promote(project.evidence(0), **stores)


def open_project(root: Path, told: dict[str, Any] = CONTRACT) -> Project:
    """Open a project that :func:`make_project` made, as another process would."""
    workspace = Workspace(root=root)
    (release,) = workspace.releases.iterdir()
    (generator,) = workspace.generators("visits").iterdir()
    return Project(
        workspace=workspace,
        contract=DatasetContract.model_validate(told),
        release=load_release(release),
        generator=find_generator(generator),
    )


def register_clinic(ledger: SqlLedger, contract: DatasetContract) -> None:
    """Open the account of the made-up patients, and register their table."""
    unit = contract.unit()
    account = Account(name="clinic", source="clinic", population="made-up patients", unit=unit)
    ledger.open_account(account, Cap(epsilon=4.0, delta=1e-6, threshold_delta=1e-8), by="officer")
    columns = (("region", "text"), ("age", "integer"), ("smokes", "boolean"))
    ledger.add_source(a_source("clinic", kind="csv", location="/nowhere.csv", columns=columns, unit=unit), by="officer")


def request_of(contract: DatasetContract, **changes: Any) -> ReservationRequest:
    """Ask for the release of a contract."""
    facts: dict[str, Any] = {
        "fingerprint": contract.fingerprint(),
        "refresh": "once",
        "dataset": contract.name,
        "contract_digest": contract.digest(),
        "unit": contract.unit(),
        "loss": contract.cap().loss(),
        "reason": contract.purpose,
    }
    return a_request("clinic", **{**facts, **changes})


def _pay(contract: DatasetContract, root: Path) -> DataPermit:
    ledger = open_ledger(root=root)
    register_clinic(ledger, contract)
    ledger.open_account(
        Account(name="other", source="other", population="others", unit=contract.unit()),
        Cap(epsilon=1.0, delta=1e-6),
        by="officer",
    )
    reservation = ledger.reserve(request_of(contract))
    permit = ledger.begin(reservation.id)
    ledger.redeem(permit)
    return permit


def _settle(root: Path, permit: DataPermit, release: Release) -> None:
    """Note each draw with its answer, as a journal does, then the release."""
    ledger = open_ledger(root=root)
    for number in sorted({item.draw for item in release.answers}):
        ledger.record_intent(permit, number, f"{number}" * 64)
        ledger.record_answer(permit, number, answer_digest(release.answers, number))
    ledger.settle(release.reservation, release_digest=release.digest)


def _discover(contract: DatasetContract, regions: NDArray[np.int64]) -> tuple[Discovery, ...]:
    """Find the regions of rows by their real mechanism, if the contract leaves them open."""
    noise = noise_of_discovery(contract, contract.cap().loss())
    if noise is None:
        return ()
    names, counts = ("north", "south", "west"), np.bincount(regions).tolist()
    drawn = draw_histogram(dict(zip(names, counts, strict=True)), noise)
    return (
        Discovery.of(
            column="region",
            categories=tuple(text for text, _ in drawn),
            counts=tuple(count for _, count in drawn),
            left_out=0,
            scale=noise.scale,
            threshold=noise.threshold,
            rho=noise.rho,
            delta=noise.delta,
            draw=0,
            mechanism=noise.mechanism,
            rule="above",
        ),
    )


def _state(
    contract: DatasetContract,
    root: Path,
    reservation: str,
    answers: tuple[Answer, ...],
) -> dict[str, Any]:
    """Return the statement that a measurement writes."""
    ledger = open_ledger(root=root)
    paid = ledger.reservation(reservation)
    return describe_measurement(
        contract,
        source=ledger.source("clinic"),
        reservation=paid,
        attempts=[paid],
        answers=answers,
    )


def _measure(contract: DatasetContract, root: Path, reservation: str) -> Release:
    draws = np.random.default_rng(7)
    rows = 5000
    region = draws.choice(3, rows, p=[0.5, 0.3, 0.2])
    age = np.minimum(draws.poisson(3 + 2 * region), 10)
    codes = {"region": region, "age": age, "smokes": (draws.random(rows) < 0.1 + 0.05 * age).astype(np.int64)}
    discoveries = _discover(contract, region)
    domain = contract.domain(found=categories_of(discoveries))  # in the order of their shares, as the codes are
    noise = least_gaussian(d_in=1, rho=left_for_tables(contract, contract.cap().loss()).rho / 6.5)

    def measured(names: tuple[str, ...], draw: int) -> NoisyMarginal:
        shape = domain.shape(names)
        counts = np.bincount(np.ravel_multi_index([codes[n] for n in names], shape), minlength=int(np.prod(shape)))
        noisy = draw_counts(counts.reshape(shape), noise)
        return NoisyMarginal.of(
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
        answers=(*discoveries, *marginals),
        privacy=_state(contract, root, reservation, (*discoveries, *marginals)),
    )
