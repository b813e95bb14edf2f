"""A new kind of answers and a new plan each need one file and one line: they are paid, stored, stated and audited."""

import dataclasses
import json
import sys
from pathlib import Path
from threading import Lock

import numpy as np
import pytest
import toy_query
from kit.people import ROWS, make_contract
from kit.project import Project, make_project
from measuring_here import measuring_here
from toy_answer import Parity, ParityQuery
from toy_plan import ParityPlan

from synth_assets.audit.verify.answers import verifiers
from synth_assets.ledger import State
from synth_assets.measurement.process import run_job
from synth_assets.obtain.job import Job, Status
from synth_assets.obtain.paid import paid_before
from synth_assets.privacy import PrivacyLoss
from synth_assets.release import Release, load_release
from synth_assets.release.answers import Audited, loss_of
from synth_assets.release.kinds import KINDS
from synth_assets.release.noted import answer_digest
from synth_assets.source import kinds as source_kinds
from synth_assets.strategy.plan import Plan
from synth_assets.strategy.plans import PLANS
from synth_assets.strategy.release_plan import ReleasePlan

__all__ = ["measuring_here"]
pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("measuring_here")]


@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the toy kind on both sides of the wall, and the toy plan, with one line each."""
    monkeypatch.setitem(KINDS, "parities", Parity)
    monkeypatch.setitem(sys.modules, "synth_assets.source.queries.parities", toy_query)
    monkeypatch.setitem(PLANS, "parity", ParityPlan.from_arguments)


def measured(project: Project, plan: Plan, scratch: Path) -> Release:
    """Reserve a plan and run its job, in this process, as the measuring process would."""
    reservation = project.reserve(plan)
    job = Job(root=project.workspace.root, reservation=reservation.id, plan=plan.name, arguments=plan.arguments())
    assert run_job(Job.from_line(job.to_line()), scratch=scratch, undisturbed=Lock()) is Status.DONE
    settled = project.ledger.reservation(reservation.id)
    assert settled.state is State.SETTLED
    return load_release(project.workspace.releases / str(settled.release_digest))


@pytest.mark.usefixtures("doors")
def test_a_toy_plan_with_a_toy_answer_is_paid_once_noted_stored_and_read_back(project: Project, tmp_path: Path) -> None:
    """False failure: below 1e-9, the noise on a count of 300 has a scale below 4."""
    plan = ParityPlan(contract=project.contract, column="age")
    release = measured(project, plan, tmp_path / "source")
    (parity,) = release.of_kind(Parity)
    assert parity.descriptor == {"column": "age"}
    ages = [line.split(",")[1] for line in ROWS.splitlines()]
    exact = np.bincount([int(age or 20) % 2 for age in ages])  # the code of null is 20
    assert np.abs(parity.values - exact).max() < 6.5 * parity.scale + 1
    spent = project.ledger.balance("town").spent
    assert loss_of(release.answers).fits(spent)
    assert spent == plan.loss() != project.contract.cap().loss()
    noted = {draw.number: draw.answer_digest for draw in project.ledger.draws(release.reservation)}
    assert noted == {draw: answer_digest(release.answers, draw) for draw in (1, 2)}
    paid = paid_before(project.ledger, project.ledger.source("census"), plan)
    assert paid is not None
    assert paid.id == release.reservation


@pytest.mark.usefixtures("doors")
def test_the_statement_contains_it_and_the_audit_recomputes_it(project: Project, tmp_path: Path) -> None:
    release = measured(project, ParityPlan(contract=project.contract, column="age"), tmp_path / "source")
    (parity,) = release.of_kind(Parity)
    (stated,) = [line for line in release.privacy["mechanisms"] if "parities" in line]
    assert (stated["d_in"], stated["d_out"], stated["parities"]) == (1, parity.rho, {"column": "age"})
    assert [line["draw"] for line in release.privacy["spent_on"] if "parities" in line] == [2]
    assert "parity maps" in dict(verifiers())
    audited = Audited(contract=project.contract, domain=release.domain, charged=PrivacyLoss(nano_rho=10**9))
    assert parity.faults(audited) == []
    cheaper = dataclasses.replace(parity, rho=parity.rho / 2)
    assert "cost" in cheaper.faults(audited)[0]


def test_its_exact_values_are_the_sum_of_what_each_unit_adds() -> None:
    from counted_rows import CountedRows

    domain = make_contract().domain()
    rows = np.array([[1, 0, 0], [2, 1, 1], [4, 2, 0]])
    query = ParityQuery(column="age", domain=domain)
    (values,) = toy_query.exact([query], CountedRows([list(rows.T)]))
    assert values.tolist() == sum(toy_query.unit_vector(query, rows[[row]]) for row in range(3)).tolist()


@pytest.mark.usefixtures("doors")
def test_an_interrupted_toy_measurement_is_replayed_from_its_journal(project: Project, tmp_path: Path) -> None:
    plan = ParityPlan(contract=project.contract, column="age")
    release = measured(project, plan, tmp_path / "source")
    journal = project.workspace.private / "journal" / release.reservation
    stored = json.loads((journal / "2.answer.json").read_text())
    (parity,) = release.of_kind(Parity)
    assert stored == [parity.values.tolist()]


def test_a_toy_kind_of_source_is_registered_and_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """False failure: below 1e-9, the noise on a count of 60 has a scale below 4."""
    monkeypatch.setitem(source_kinds.KINDS, "jsonl", "toy_source:JsonLines")
    lines = [json.dumps({"age": row % 20, "city": "north", "member": row % 2 == 0}) for row in range(120)]
    content = "\n".join([*lines, "[1]", "not JSON"]).encode()
    location = str(tmp_path / "source" / "*.jsonl")
    project = make_project(tmp_path, kind="jsonl", location=location, files={"rows.jsonl": content})
    assert [name for name, _ in project.ledger.source("census").columns] == ["age", "city", "member"]
    plan = ReleasePlan(contract=project.contract)
    release = measured(project, plan, tmp_path / "source")
    members = release.one_way("member").counts
    assert np.abs(members - np.array([62, 60])).max() < 6.5 * release.one_way("member").scale + 1
    assert "jsonl" not in str(release.privacy)
