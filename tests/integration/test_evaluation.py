"""An evaluation is paid once, measured in a process of its own, replayed after an interruption, stored and audited."""

import dataclasses
import json
from pathlib import Path
from threading import Lock

import numpy as np
import pytest
from asked_of_people import evaluation_of
from kit.people import ROWS
from kit.project import Project
from measuring_here import measuring_here

from synth_assets.ledger import State, reservations
from synth_assets.ledger.owner import current_owner
from synth_assets.measurement.process import run_job
from synth_assets.obtain.job import Job, Status
from synth_assets.obtain.release import ObtainedRelease, obtain
from synth_assets.privacy import PrivacyLoss
from synth_assets.release import Answer, Release, load_release
from synth_assets.release.answers import Audited, loss_of
from synth_assets.release.kinds.tallies import NoisyTally
from synth_assets.release.kinds.workloads import NoisyWorkload
from synth_assets.release.noted import answer_digest, request_digest
from synth_assets.source.kernel import LocalKernel
from synth_assets.source.queries import workloads
from synth_assets.strategy.evaluation_plan import EvaluationPlan

__all__ = ["measuring_here"]
pytestmark = pytest.mark.integration


def obtained(project: Project, plan: EvaluationPlan) -> ObtainedRelease:
    return obtain(plan, workspace=project.workspace, ledger=project.ledger, by="engineer", reason="test")


def exact_values() -> dict[str, np.ndarray]:
    """Count the questions of ``questions_of`` by hand."""
    rows = [line.split(",") for line in ROWS.splitlines()]
    ages = np.array([int(row[1]) // 10 if row[1] else 2 for row in rows])
    sevens = np.array([int(row[1] or 20) // 7 for row in rows])
    cities = np.array([("north", "south", "east").index(row[2]) for row in rows])
    members = np.array([row[3] == "true" for row in rows], dtype=int)
    counts, by_city, by_member = np.zeros((3, 3), int), np.zeros((3, 3), int), np.zeros((3, 2), int)
    np.add.at(counts, (ages, cities), 1)
    np.add.at(by_city, (sevens, cities), 1)
    np.add.at(by_member, (sevens, members), 1)
    distances = [np.abs(by_city - 60).sum(), np.abs(by_member - 100).sum()]
    sign = np.array([1, -1, 0])[ages]
    return {
        "ages by city": counts,
        "gap": np.array([sign[members == 0].sum(), 3 * sign[members == 1].sum()]),
        "pairs": np.array([sum(distances), *distances]),
    }


def is_near(answer: Answer) -> bool:
    exact = exact_values()[answer.descriptor["name"]]
    return exact.shape == answer.values.shape and bool((np.abs(answer.values - exact) < 6.5 * answer.scale + 1).all())


def test_an_evaluation_is_measured_and_paid_once(project: Project) -> None:
    """False failure: below 1e-8, for 14 numbers beyond 6.5 scales."""
    plan = evaluation_of(project.contract)
    first = obtained(project, plan)
    release = first.release
    assert (release.plan, release.fingerprint) == ("evaluation", plan.fingerprint())
    assert [answer.descriptor["name"] for answer in release.answers] == ["ages by city", "pairs", "gap"]
    assert [answer.descriptor for answer in release.answers] == [query.descriptor() for query, _ in plan.questions]
    assert all(map(is_near, release.answers))
    assert project.ledger.balance("town").spent == plan.charge
    assert loss_of(release.answers).fits(plan.charge)
    draws, answers = project.ledger.draws(release.reservation), release.answers
    assert [draw.number for draw in draws] == [1, 2]
    assert [draw.answer_digest for draw in draws] == [answer_digest(answers, number) for number in (1, 2)]
    assert [draw.intent_digest for draw in draws] == [request_digest(answers, n, max_rows=1) for n in (1, 2)]
    again = obtained(project, evaluation_of(project.contract))
    assert again.reused
    assert again.release.digest == release.digest
    assert project.ledger.balance("town").spent == plan.charge


def test_another_candidate_is_paid_again(project: Project, measuring_here: None, tmp_path: Path) -> None:
    plan = evaluation_of(project.contract)
    for candidate in (plan, dataclasses.replace(plan, candidate="3" * 64)):
        measured(project, candidate, tmp_path / "scratch")
    assert project.ledger.balance("town").spent == plan.charge + plan.charge


def started(project: Project, plan: EvaluationPlan, scratch: Path) -> tuple[Status, str]:
    """Run the job of a plan in this process; return its status and the reservation."""
    reservation = project.reserve(plan)
    job = Job(root=project.workspace.root, reservation=reservation.id, plan=plan.name, arguments=plan.arguments())
    scratch.mkdir(exist_ok=True)
    return run_job(Job.from_line(job.to_line()), scratch=scratch, undisturbed=Lock()), reservation.id


def measured(project: Project, plan: EvaluationPlan, scratch: Path) -> Release:
    status, reservation = started(project, plan, scratch)
    assert status is Status.DONE
    return load_release(project.workspace.releases / str(project.ledger.reservation(reservation).release_digest))


def test_an_evaluation_that_was_interrupted_goes_on_where_it_was(
    project: Project, measuring_here: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first process ends before its second draw; the second replays the first draw without counting for it."""
    plan = evaluation_of(project.contract)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(workloads, "exact", interrupted)
        ended = dataclasses.replace(current_owner(), started="before this process")
        patch.setattr(reservations, "current_owner", lambda: ended)
        status, reservation = started(project, plan, tmp_path / "first")
    assert status is Status.FAILED
    assert project.ledger.reservation(reservation).state is State.OPENED
    journal = project.workspace.private / "journal" / reservation
    drawn = json.loads((journal / "1.answer.json").read_text())
    monkeypatch.setattr(LocalKernel, "tallies", interrupted)
    release = measured(project, plan, tmp_path / "second")
    assert [tally.values.tolist() for tally in release.of_kind(NoisyTally)] == drawn
    assert len(release.of_kind(NoisyWorkload)) == 1
    assert project.ledger.balance("town").spent == plan.charge


def test_the_statement_contains_it_and_the_audit_recomputes_it(
    project: Project, measuring_here: None, tmp_path: Path
) -> None:
    release = measured(project, evaluation_of(project.contract), tmp_path / "scratch")
    stated = release.privacy["mechanisms"]
    assert [line["d_in"] for line in stated] == [1, 3, 3]  # a count; a gap of weights up to 3; groups of 2, 1 and 1
    assert [list(line)[-1] for line in stated] == ["tallies", "tallies", "workloads"]
    assert [line["draw"] for line in release.privacy["spent_on"]] == [1, 2]
    audited = Audited(contract=project.contract, domain=release.domain, charged=PrivacyLoss(nano_rho=10**9))
    assert [answer.faults(audited) for answer in release.answers] == [[], [], []]
