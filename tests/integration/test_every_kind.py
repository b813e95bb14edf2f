"""Every kind of generator from one paid release to a promoted, audited version, by both doors; the source is gone.

A kind of this package is tested here without another line, if :data:`~kit.fast_kinds.FAST` has options that make it
fast enough.
"""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import dagster as dg
import pytest
import yaml
from kit.fast_kinds import FAST
from kit.fixtures import make_databases, stand_in
from kit.people import make_contract
from kit.project import Project, command, furnish, make_project
from toy_generator import on_path, toy_package
from toy_simulator import simulators

from synth_assets.checks.collapse import generations
from synth_assets.contract.generator import GENERATORS
from synth_assets.generator import load_generator
from synth_assets.integrations.dagster.component import SyntheticDataset
from synth_assets.integrations.dagster.keys import asset_key
from synth_assets.promotion import Promotion, read_current

__all__ = ["simulators", "toy_package"]

pytestmark = [pytest.mark.integration, pytest.mark.slow]

KINDS = tuple(GENERATORS.built_in)
OPTIONS = FAST | {"simulator": {"simulator": "people", "hybrid": True}}
FURTHEST = 0.1
"""Largest sure distance of the second generation of a kind that was trained for a few steps."""
_opened: list[Path] | None = None


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _opened is not None and isinstance(arguments[0], str):
        _opened.append(Path(arguments[0]).absolute())


sys.addaudithook(_note)


@contextmanager
def _opening() -> Iterator[list[Path]]:
    """Collect the files that this process opens."""
    global _opened  # noqa: PLW0603 - a hook cannot be taken away, so it looks here
    _opened = []
    try:
        yield _opened
    finally:
        _opened = None


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose release is paid; its source is deleted."""
    databases = make_databases(tmp_path_factory.getbasetemp())
    root = Path(shutil.copytree(databases, tmp_path_factory.mktemp("paid") / "project"))
    project = make_project(root)
    project.obtain()
    shutil.rmtree(root / "source")
    return project


@dataclass(frozen=True, kw_only=True)
class Chain:
    """A project of one kind in which the chain has run from the paid release to a promoted version."""

    kind: str
    project: Project
    version: Promotion
    opened: frozenset[Path]
    """Files that this process opened meanwhile."""


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest, toy_package: Path, simulators: Path) -> Iterator[str]:
    """One kind after the other; the toy can be a member of an ensemble."""
    with on_path(toy_package), on_path(simulators):
        yield request.param


@pytest.fixture(scope="module")
def from_the_command_line(kind: str, paid: Project, tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """``synth-assets run`` of a contract that names the kind."""
    return _run(kind, paid, tmp_path_factory, lambda: command("run", "defs/people"))


@pytest.fixture(scope="module")
def from_dagster(kind: str, paid: Project, tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """The same assets materialized in Dagster, as the component makes them of the contract's file."""
    return _run(kind, paid, tmp_path_factory, _materialize)


def _run(kind: str, paid: Project, folders: pytest.TempPathFactory, door: Callable[[], object]) -> Chain:
    contract = make_contract(generator={"kind": kind, **OPTIONS.get(kind, {})})
    project = replace(paid, root=folders.mktemp(kind) / "project", contract=contract)
    shutil.copytree(paid.root, project.root)
    furnish(project)
    with pytest.MonkeyPatch.context() as patch, _opening() as opened:
        stand_in(project, patch)
        door()
        version = read_current(project.workspace, contract.name)
        assert version is not None
        return Chain(kind=kind, project=project, version=version, opened=frozenset(opened))


def _materialize() -> None:
    attributes = yaml.safe_load(Path("defs/people/defs.yaml").read_text())["attributes"]
    component = SyntheticDataset.from_attributes_dict(attributes=attributes)
    definitions = component.build_defs(dg.ComponentTree.for_test().load_context)
    keys = [asset_key("people", step) for step in ("source", "release", "generator", "candidate", "promoted")]
    job = definitions.resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.get() as instance:
        assert job.execute_in_process(instance=instance, asset_selection=keys).success


def test_an_audit_fits_and_samples_what_was_promoted_again_and_opens_nothing_else(
    from_the_command_line: Chain, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, project = from_the_command_line.version.folder, from_the_command_line.project
    assert json.loads((folder / "bundle" / "generator.json").read_text())["kind"] == from_the_command_line.kind
    with _opening() as opened:
        assert command("audit", "verify", str(folder), "--reproduce", "--refit", "--json") == 0
    of_the_project = [path for path in opened if path.is_relative_to(project.root)]
    assert of_the_project
    assert all(path.is_relative_to(folder) for path in of_the_project)
    claims = {claim["name"]: claim["status"] for claim in json.loads(capsys.readouterr().out)}
    assert claims["sampled rows"] == claims["fitted weights"] == "VERIFIED"


def test_dagster_and_the_command_line_promote_the_same_bytes(from_the_command_line: Chain, from_dagster: Chain) -> None:
    first, second = from_the_command_line, from_dagster
    assert first.version.generator == second.version.generator
    assert first.version.candidate == second.version.candidate
    rows = [
        [(path.name, path.read_bytes()) for path in sorted((chain.version.folder / "data").iterdir())]
        for chain in (first, second)
    ]
    assert rows[0]
    assert rows[0] == rows[1]


def test_nothing_was_paid_and_nothing_private_was_opened_for_it(from_the_command_line: Chain) -> None:
    chain = from_the_command_line
    assert chain.project.charges == 1
    assert chain.opened
    private = (chain.project.root / "source", chain.project.workspace.private)
    assert [path for path in chain.opened if any(path.is_relative_to(folder) for folder in private)] == []


def test_its_second_generation_is_near_the_first(from_dagster: Chain) -> None:
    project = from_dagster.project
    begun = load_generator(project.generator.folder)
    listed = list(generations(project.contract, project.release, begun, count=2))
    assert [generation.number for generation in listed] == [1, 2]
    assert listed[-1].sure_excess < FURTHEST, listed
