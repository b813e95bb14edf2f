"""A project whose contract has gates: people are held out, a candidate is drawn, and nobody was asked about it yet."""

import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from asked_exactly import gated_contract, people_codes
from kit.people import CITIES, HEADER
from kit.project import Project, furnish, make_project
from kit.stores import stores_in

from synth_assets.audit.evidence import Evidence
from synth_assets.candidate import Candidate, load_candidate
from synth_assets.checks import decide, judge_again, recompute_checks, required_checks
from synth_assets.contract import DatasetContract
from synth_assets.generator import find_generator
from synth_assets.integrations.versions import measure_candidate
from synth_assets.promotion import Promotion, context_of
from synth_assets.release import load_release

__all__ = ["GATES", "candidate_of", "drawn_once", "evidence_of", "measured_once", "promotion_of"]

GATES = {
    "tstr_accuracy": {"min": 0.55},
    "wasserstein.age": {"max": 0.4},
    "attribute_inference.city": {"max": 0.5},
}


def gates_contract(**changes: Any) -> DatasetContract:
    """Return a contract that leaves rho for one candidate."""
    return gated_contract(**{"gates": GATES, "rows": 1000, **changes})


def drawn_project(root: Path, **changes: Any) -> Project:
    """Measure 2000 people, fit, and draw the candidate of seed 0."""
    lines = [
        f"{index},{'' if age == 20 else age},{CITIES[city]},{str(bool(member)).lower()}\n"
        for index, (age, city, member) in enumerate(people_codes(2000, seed=1).tolist())
    ]
    contract = gates_contract(**changes)
    files = {"people.csv": (HEADER + "".join(lines)).encode()}
    project = make_project(root, contract=contract, files=files, cap=20.0)
    furnish(project)
    project.obtain()
    project.fit()
    project.candidate(0)
    return project


@cache
def drawn_once(folder: Path) -> Project:
    """Make the project that tests copy."""
    return drawn_project(folder / "drawn")


@cache
def measured_once(folder: Path) -> Project:
    """Make a copy of it whose candidate was measured."""
    drawn = drawn_once(folder)
    project = replace(drawn, root=folder / "measured")
    shutil.copytree(drawn.root, project.root, symlinks=True)
    measure_candidate(
        project.contract, candidate_of(project), workspace=project.workspace, ledger=project.ledger, by="engineer"
    )
    return project


def candidate_of(project: Project) -> Candidate:
    """Return the one candidate of a project."""
    (folder,) = project.workspace.candidates("people").iterdir()
    return load_candidate(folder)


def evidence_of(project: Project) -> Evidence:
    """Return what a promotion of a measured candidate rests on."""
    contract, candidate = project.contract, candidate_of(project)
    release = load_release(project.workspace.releases / candidate.release)
    context = context_of(contract, candidate, workspace=project.workspace)
    results, _ = recompute_checks(contract, candidate, release, suite=project.suite, context=context)
    judged = judge_again(contract, candidate, release, suite=project.suite, recorded=results, context=context)
    return Evidence(
        contract=contract,
        release=release,
        release_folder=project.workspace.releases / release.digest,
        generator=find_generator(project.workspace.generators("people") / candidate.generator),
        candidate=candidate,
        results=tuple(judged.results),
        counts=judged.counts,
        decision=decide(judged.results, required=required_checks(contract, project.suite), candidate=candidate.digest),
        ledger_lines=tuple(project.ledger.export_entries("town")),
        suite=project.suite,
        context=context,
    )


def promotion_of(project: Project, folder: Path) -> Promotion:
    """Promote a measured candidate, with stores that keep plain files."""
    return project.promote(evidence_of(project), **stores_in(folder))
