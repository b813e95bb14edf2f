"""The project at each stage of its life.

A stage that takes seconds is made once in a session; a test works on a copy of its own.
``project``: registered and furnished, nothing is spent. ``checked``: measured and fitted, the candidates of seeds 0
and 1 are checked. ``varied``: the same with scenarios.
``promoted``: that of seed 0 is promoted, with stores that keep plain files. ``discovering`` and
``promoted_discovery``: the same with cities that nobody declared. ``finished``: the whole chain has run in Dagster,
with DVC and MLflow. A test stands in the folder of its project.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import dagster as dg
import pytest

from kit.people import MANY_ROWS, discovering_contract, make_contract, varied_contract
from kit.project import Project, furnish, make_checked_project, make_project
from kit.stores import stores_in
from synth_assets.contract import DatasetContract
from synth_assets.integrations.dagster.launch import dagster_home, run_chain
from synth_assets.promotion import Promotion
from synth_assets.workspace import Workspace

Copy = Callable[[Project], Project]


@cache
def make_databases(folder: Path) -> Path:
    """Make the empty databases of Dagster and MLflow in a folder: that takes seconds, copying them does not."""
    empty = Project(root=folder / "databases", contract=make_contract())
    empty.root.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        stand_in(empty, patch)
        with dg.DagsterInstance.get() as opened:
            opened.get_runs(limit=1)
        from synth_assets.integrations.mlflow import MlflowRegistry

        MlflowRegistry(empty.workspace.mlflow_url, root=empty.root).promoted("people")
    return empty.root


def _ready(root: Path, *, databases: Path) -> Project:
    """Make a project that is ready to run; nothing is spent."""
    shutil.copytree(databases, root)
    project = make_project(root)
    furnish(project)
    return project


@cache
def _checked(folder: Path) -> Project:
    return make_checked_project(folder / "checked")


@cache
def _discovering(folder: Path) -> Project:
    return make_checked_project(folder / "discovering", contract=discovering_contract(), rows=MANY_ROWS)


@cache
def _varied(folder: Path) -> Project:
    return make_checked_project(folder / "varied", contract=varied_contract())


@cache
def _finished(folder: Path) -> Project:
    project = _ready(folder / "finished" / "project", databases=make_databases(folder))
    with pytest.MonkeyPatch.context() as patch:
        stand_in(project, patch)
        run_chain(project.contract, workspace=Workspace.current())
    return project


def stand_in(project: Project, patch: pytest.MonkeyPatch) -> None:
    """Make a project the current one."""
    patch.chdir(project.root)
    for name in ("SYNTH_ASSETS_LEDGER", "MLFLOW_TRACKING_URI", "DVC_STAGE"):
        patch.delenv(name, raising=False)
    patch.setenv("SYNTH_ASSETS_ROOT", str(project.root))
    patch.setenv("DAGSTER_HOME", str(project.root / ".synth-assets" / "dagster"))
    dagster_home(Workspace.current())


@pytest.fixture
def own_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    """Copy a template into a folder of this test's own and stand in it."""

    def copy(template: Project) -> Project:
        project = replace(template, root=tmp_path / "project")
        shutil.copytree(template.root, project.root, symlinks=True)
        stand_in(project, monkeypatch)
        return project

    return copy


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Nothing is spent."""
    fresh = _ready(tmp_path / "project", databases=make_databases(tmp_path_factory.getbasetemp()))
    stand_in(fresh, monkeypatch)
    return fresh


@pytest.fixture
def checked(tmp_path_factory: pytest.TempPathFactory, own_copy: Copy) -> Project:
    """A release, a generator, and two candidates with their checks."""
    return own_copy(_checked(tmp_path_factory.getbasetemp()))


@pytest.fixture
def discovering(tmp_path_factory: pytest.TempPathFactory, own_copy: Copy) -> Project:
    """The same with cities that were discovered."""
    return own_copy(_discovering(tmp_path_factory.getbasetemp()))


@pytest.fixture
def varied(tmp_path_factory: pytest.TempPathFactory, own_copy: Copy) -> Project:
    """The same with two scenarios in the contract, which are drawn when they are promoted."""
    return own_copy(_varied(tmp_path_factory.getbasetemp()))


@pytest.fixture
def promoted_scenarios(varied: Project, tmp_path: Path) -> Promotion:
    """The candidate of seed 0 of ``varied`` and its scenarios, promoted."""
    return varied.promote(varied.evidence(0), **stores_in(tmp_path))


@pytest.fixture
def finished(tmp_path_factory: pytest.TempPathFactory, own_copy: Copy) -> Project:
    """The chain has run."""
    return own_copy(_finished(tmp_path_factory.getbasetemp()))


@pytest.fixture
def promoted(checked: Project, tmp_path: Path) -> Promotion:
    """The candidate of seed 0 of ``checked``, promoted."""
    return checked.promote(checked.evidence(0), **stores_in(tmp_path))


@pytest.fixture
def promoted_discovery(discovering: Project, tmp_path: Path) -> Promotion:
    """The candidate of seed 0 of ``discovering``, promoted."""
    return discovering.promote(discovering.evidence(0), **stores_in(tmp_path))


@pytest.fixture
def contract(project: Project) -> DatasetContract:
    """The project's contract."""
    return project.contract


@pytest.fixture
def instance(project: Project) -> Iterator[dg.DagsterInstance]:
    """Open the project's Dagster instance."""
    del project  # stood in
    with dg.DagsterInstance.get() as opened:
        yield opened
