"""A small project that is ready to run: three columns, a CSV source, an account; copied for each test."""

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import dagster as dg
import numpy as np
import pytest

from synth_assets.cli.main import cli
from synth_assets.contract import DatasetContract
from synth_assets.contract.yaml_file import read_contract
from synth_assets.integrations.dagster.launch import dagster_home, run_chain
from synth_assets.workspace import Workspace

CONTRACT = """\
type: synth_assets.SyntheticDataset
attributes:
  name: people
  purpose: Tests on made-up rows.
  source: census
  privacy:
    unit: rows
    spend: {epsilon: 2.0, delta: 1.0e-6}
  columns:
    age: {type: integer, min: 0, max: 19, nullable: true, domain_source: made up}
    city: {type: categorical, categories: [north, south, east], domain_source: made up}
    member: {type: boolean, domain_source: made up}
  derived:
    adult: age >= 10
  rules:
    age_is_known_or_not: age IS NULL OR age >= 0
  rows: 400
  refresh: {release: once, candidate: "0 6 * * 1"}
"""


def made_up_rows(rows: int = 600) -> str:
    """Return rows of a made-up table as CSV text, the same every time."""
    random = np.random.default_rng(5)
    ages, cities = random.integers(0, 20, rows), random.integers(0, 3, rows)
    members = (ages + 5 * cities + random.integers(0, 10, rows)) > 15
    lines = [
        f"{age if place % 11 else ''},{('north', 'south', 'east')[city]},{str(bool(member)).lower()}"
        for place, (age, city, member) in enumerate(zip(ages, cities, members, strict=True))
    ]
    return "\n".join(["age,city,member", *lines]) + "\n"


@pytest.fixture(scope="session")
def ready_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the project that nothing was spent in."""
    return _ready(tmp_path_factory.getbasetemp())


@cache
def _ready(folder: Path) -> Path:
    """Make the project once, whoever asks: account, source, suite, dvc.yaml, migrated databases; nothing is spent."""
    root = folder / "ready"
    (root / "defs" / "people").mkdir(parents=True)
    (root / "defs" / "people" / "defs.yaml").write_text(CONTRACT)
    (root / "rows.csv").write_text(made_up_rows())
    with pytest.MonkeyPatch.context() as patch:
        _enter(root, patch)
        (root / ".dvc").mkdir()
        (root / ".dvc" / "config").write_text("[core]\n    analytics = false\n    no_scm = true\n")
        command("budget", "open", "town", "--epsilon", "6", "--delta", "1e-5", "--population", "nobody")
        arguments = ["--kind", "csv", "--location", str(root / "rows.csv"), "--account", "town", "--version", "2026-11"]
        command("source", "add", "census", *arguments)
        command("contract", "suite", "--write", "defs/people")
        command("contract", "dvc", "--write")
        with dg.DagsterInstance.get() as instance:
            instance.get_runs(limit=1)
        from synth_assets.integrations.mlflow import MlflowRegistry

        MlflowRegistry(Workspace.current().mlflow_url, root=root).promoted("people")
    return root


@pytest.fixture
def project(ready_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the ready project and stand in it."""
    root = tmp_path / "project"
    shutil.copytree(ready_project, root)
    _enter(root, monkeypatch)
    # The registered location is the copy's own file, so that a test may change rows without touching others.
    command("source", "set-location", "census", "--location", str(root / "rows.csv"), "--reason", "copied for a test")
    return root


@pytest.fixture(scope="session")
def promoted_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the project whose chain has run."""
    return _promoted(tmp_path_factory.getbasetemp())


@cache
def _promoted(folder: Path) -> Path:
    """Run the chain once, whoever asks, in a copy of the ready project."""
    root = folder / "promoted" / "project"
    shutil.copytree(_ready(folder), root)
    with pytest.MonkeyPatch.context() as patch:
        _enter(root, patch)
        run_chain(read_contract(root / "defs" / "people"), workspace=Workspace.current())
    return root


@pytest.fixture
def finished(promoted_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the project whose chain has run and stand in it."""
    root = tmp_path / "finished"
    shutil.copytree(promoted_project, root, symlinks=True)
    _enter(root, monkeypatch)
    return root


@pytest.fixture
def contract(project: Path) -> DatasetContract:
    """Return the project's contract."""
    return read_contract(project / "defs" / "people")


@pytest.fixture
def instance(project: Path) -> Iterator[dg.DagsterInstance]:
    """Open the project's Dagster instance."""
    with dg.DagsterInstance.get() as opened:
        yield opened


def command(*arguments: str) -> object:
    """Run a command in this process; errors are raised, not printed."""
    return cli.main(args=list(arguments), prog_name="synth-assets", standalone_mode=False)


def _enter(root: Path, patch: pytest.MonkeyPatch) -> None:
    patch.chdir(root)
    for name in ("SYNTH_ASSETS_LEDGER", "MLFLOW_TRACKING_URI", "DVC_STAGE"):
        patch.delenv(name, raising=False)
    patch.setenv("SYNTH_ASSETS_ROOT", str(root))
    patch.setenv("DAGSTER_HOME", str(root / ".synth-assets" / "dagster"))
    dagster_home(Workspace.current())


def impossible(contract: DatasetContract) -> DatasetContract:
    """Return the contract with a rule that no row can keep, its suite written."""
    from synth_assets.checks.suite import write_suite

    broken = contract.model_copy(update={"rules": {"impossible": "age < 0"}})
    write_suite(broken, Workspace.current().root / broken.suite_path)
    return broken
