"""People whom gates can tell something of: 20,000, one row each, half of them held out; and candidates that are bad.

Each bad candidate is bad in one way, so that one gate has to refuse it. It is written by the writer of all candidates;
what "was copied" are rows of people whom the release measured, which a test knows and nobody else does.
"""

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from kit.fixtures import make_databases, stand_in
from kit.people import CITIES, COLUMNS, make_contract
from kit.project import Project, furnish, make_project
from kit.releases import decoded
from numpy.typing import NDArray

from synth_assets.candidate import Candidate, Order, draw_candidate
from synth_assets.checks import CheckResult
from synth_assets.contract import DatasetContract
from synth_assets.domain import Domain
from synth_assets.evaluation.encode import encode_candidate
from synth_assets.integrations.dagster.launch import run_chain
from synth_assets.integrations.versions import measure_candidate
from synth_assets.ledger.types import SplitKey
from synth_assets.source.identity import unit_ids
from synth_assets.source.parts import held_out
from synth_assets.workspace import Workspace

Codes = NDArray[np.int64]
PEOPLE = 20_000
HOLDOUT = 0.5
_AGE, _CITY, _MEMBER = range(3)
_WIDE: dict[str, Any] = {"type": "integer", "min": 0, "max": 99, "domain_source": "made up"}
_PRIVACY: dict[str, Any] = {
    "unit": {"column": "person", "max_rows": 1},
    "spend": {"epsilon": 2.0, "delta": 1e-6},
    "holdout": HOLDOUT,
    "evaluation_share": 0.3,
    "evaluation_attempts": 2,
}
FAIR = "fairness.city.equal_opportunity"
GATES: dict[str, Any] = {"tstr_auc": {"min": 0.8}, FAIR: {"max": 0.25}, "workload_error": {"max": 0.03}}
LEAKAGE: dict[str, Any] = {"nearest": {"max": 0.07}}
FEW_GATES: dict[str, Any] = {
    "tstr_auc": {"min": 0.6},
    "tstr_calibration": {"max": 0.5},
    "wasserstein.age": {"max": 0.4},
    "workload_error": {"max": 0.4},
}
"""One of each way in which a figure is made of answers and facts."""


def people() -> Codes:
    """Return a row per person as codes: membership depends on age and city, two wide columns on nothing."""
    random = np.random.default_rng(3)
    age, city = random.integers(0, 20, PEOPLE), random.integers(0, 3, PEOPLE)
    member = age + 3 * city + random.normal(0, 4, PEOPLE) > 13
    return np.stack([age, city, member, *random.integers(0, 100, (2, PEOPLE))], axis=1).astype(np.int64)


def gated_contract(gates: Mapping[str, Any] = FEW_GATES, *, rows: int = 4000, **changes: Any) -> DatasetContract:
    """Return a contract over these people with gates; every one of the same privacy has the same release.

    The public check of pairs is as loose as it can be, because it would refuse most bad candidates for nothing.
    """
    privacy = _PRIVACY | changes.pop("privacy", {})
    described = {
        "privacy": privacy,
        "columns": {**COLUMNS, "height": _WIDE, "weight": _WIDE},
        "target": "member",
        "evaluation": {"model": "logistic_regression"},
        "checks": {"max_excess_distance": 0.9},
        "gates": gates,
        "rows": rows,
    }
    return make_contract(**{**described, **changes})


def make_people(root: Path, contract: DatasetContract, *, cap: float = 6.0) -> Project:
    """Register these people below a folder, measure them, and fit the generator."""
    lines = [
        f"{person},{age},{CITIES[city]},{('false', 'true')[member]},{height},{weight}\n"
        for person, (age, city, member, height, weight) in enumerate(people().tolist())
    ]
    content = "".join(["person,age,city,member,height,weight\n", *lines]).encode()
    project = make_project(root, contract=contract, files={"people.csv": content}, cap=cap)
    furnish(project)
    project.obtain()
    project.fit()
    return project


@cache
def measured_people(folder: Path) -> Project:
    """Return these people measured and the generator fitted, made once below a folder; nobody may change it."""
    root = folder / "gated"
    shutil.copytree(make_databases(folder), root)
    return make_people(root, gated_contract())


@cache
def attempted_people(folder: Path) -> Project:
    """Run the chain twice: two candidates were measured and promoted, which are all that the contract allows."""
    project = copy_of(measured_people(folder), folder / "attempted")
    with pytest.MonkeyPatch.context() as patch:
        stand_in(project, patch)
        for seed in (0, 1):
            run_chain(project.contract, workspace=Workspace.current(), seed=seed)
    return project


def copy_of(project: Project, root: Path) -> Project:
    """Copy a project; its source stays where it is."""
    shutil.copytree(project.root, root, symlinks=True)
    return replace(project, root=root)


@pytest.fixture
def gated(tmp_path_factory: pytest.TempPathFactory, own_copy: Callable[[Project], Project]) -> Project:
    """These people, measured; nobody was asked about a candidate yet."""
    return own_copy(measured_people(tmp_path_factory.getbasetemp()))


@pytest.fixture
def attempted(tmp_path_factory: pytest.TempPathFactory, own_copy: Callable[[Project], Project]) -> Project:
    """Both attempts are made: the candidates of seeds 0 and 1 were promoted, that of seed 1 is the newest."""
    return own_copy(attempted_people(tmp_path_factory.getbasetemp()))


def with_contract(project: Project, contract: DatasetContract) -> Project:
    """Return the project under another contract of the same release."""
    project.definition.unlink()
    shutil.rmtree(project.root / ".dvc")
    shutil.rmtree(project.definition.parent)
    project = replace(project, contract=contract)
    furnish(project)
    return project


def ask(project: Project, candidate: Candidate) -> list[CheckResult]:
    """Ask the contract's gates about a candidate."""
    return measure_candidate(
        project.contract, candidate, workspace=project.workspace, ledger=project.ledger, by="engineer"
    )


def charged(project: Project) -> dict[str, int]:
    """Return what each part of the account has spent, in nano-rho, and all of it under ``all``."""
    balance = project.ledger.balance("town")
    parts = {part: charges.spent.nano_rho for part, charges in balance.parts.items()}
    return {**parts, "all": balance.spent.nano_rho}


@dataclass(frozen=True, kw_only=True)
class _TheseRows:
    """Implements ``Sampler``: the rows that somebody wants a candidate to have."""

    codes: Codes
    domain: Domain

    def sample(self, rows: int, *, seed: int, shard: int, attempt: int = 0) -> pa.RecordBatch:
        """See ``Sampler``."""
        del shard, attempt
        return decoded(self.domain, self.codes[:rows], np.random.default_rng(seed))


def write(project: Project, codes: Codes) -> Candidate:
    """Write rows of codes as a candidate of the project's generator."""
    sampler = partial(_TheseRows, codes=codes, domain=project.release.domain)
    order = Order(contract=project.contract, open_sampler=sampler, seed=7, rows=len(codes))
    folder = project.workspace.candidates(project.contract.name)
    return draw_candidate(order, release=project.release, generator=project.generator.digest, candidates=folder)


def good_codes(project: Project) -> Codes:
    """Return the codes of the candidate of seed 0, shape (rows, columns)."""
    return np.stack(encode_candidate(project.candidate(0), domain=project.release.domain), axis=1).astype(np.int64)


def copied(project: Project, *, share: float = 0.05) -> Candidate:
    """Write a candidate in which a share of the rows are people whom the release measured."""
    codes, random = good_codes(project), np.random.default_rng(1)
    positions = random.choice(len(codes), int(share * len(codes)), replace=False)
    codes[positions] = people()[random.choice(_positions_of_measured(project), positions.size, replace=False)]
    return write(project, codes)


def shuffled(project: Project) -> Candidate:
    """Write a candidate whose columns are right, each by itself."""
    random = np.random.default_rng(1)
    return write(project, np.stack([random.permutation(column) for column in good_codes(project).T], axis=1))


def flipped(project: Project) -> Candidate:
    """Write a candidate in which membership is the wrong way round in one city."""
    codes = good_codes(project)
    wrong = codes[:, _CITY] == CITIES.index("east")
    codes[wrong, _MEMBER] = 1 - codes[wrong, _MEMBER]
    return write(project, codes)


def _positions_of_measured(project: Project) -> NDArray[np.intp]:
    """Return the positions of the people whom the release measured, by the account's key."""
    database = Path(project.workspace.ledger_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(database)) as connection:
        (key,) = connection.execute("SELECT key FROM split_keys").fetchone()
    ids, places = unit_ids(pa.array(range(PEOPLE)))
    split_key = SplitKey(key=bytes.fromhex(key), share_ppm=round(HOLDOUT * 1_000_000))
    return np.flatnonzero(~held_out(ids, split_key)[places])
