"""A new kind of answers and a new plan need a file each and a line each: they are paid, stored, stated and audited."""

import dataclasses
import json
import sys
from pathlib import Path
from threading import Lock

import numpy as np
import pytest
import toy_query
from measuring_here import measuring_here
from private_table import PrivateTable, make_private_table
from toy_answer import Parity, ParityQuery
from toy_plan import ParityPlan

from synth_assets.audit.verify.answers import verifiers
from synth_assets.ledger import State
from synth_assets.measurement.process import run_job
from synth_assets.obtain.job import Job, Status
from synth_assets.obtain.preflight import paid_before
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
    """Register the toy kind on both sides of the wall, and the toy plan: a line each."""
    monkeypatch.setitem(KINDS, "parities", Parity)
    monkeypatch.setitem(sys.modules, "synth_assets.source.queries.parities", toy_query)
    monkeypatch.setitem(PLANS, "parity", ParityPlan.from_arguments)


@pytest.fixture
def table(tmp_path: Path, doors: None) -> PrivateTable:
    return make_private_table(tmp_path)


def measured(table: PrivateTable, plan: Plan, scratch: Path) -> Release:
    """Reserve a plan and run its job, in this process, as the measuring process would."""
    reservation = table.reserve(plan)
    job = Job(root=table.workspace.root, reservation=reservation.id, plan=plan.name, arguments=plan.arguments())
    assert run_job(Job.from_line(job.to_line()), scratch=scratch, undisturbed=Lock()) is Status.DONE
    settled = table.ledger.reservation(reservation.id)
    assert settled.state is State.SETTLED
    return load_release(table.workspace.releases / str(settled.release_digest))


def test_a_toy_plan_with_a_toy_answer_is_paid_once_noted_stored_and_read_back(
    table: PrivateTable, tmp_path: Path
) -> None:
    """False failure: below 1e-9, the noise on a count of 60 has a scale below 4."""
    plan = ParityPlan(contract=table.contract, column="age")
    release = measured(table, plan, tmp_path / "source")
    (parity,) = release.of_kind(Parity)
    assert parity.descriptor == {"column": "age"}
    assert np.abs(parity.values - 60).max() < 6.5 * parity.scale + 1
    spent = table.ledger.balance("town").spent
    assert loss_of(release.answers).fits(spent)
    assert spent == plan.loss() != table.contract.cap().loss()
    noted = {draw.number: draw.answer_digest for draw in table.ledger.draws(release.reservation)}
    assert noted == {draw: answer_digest(release.answers, draw) for draw in (1, 2)}
    paid = paid_before(table.ledger, table.ledger.source("census"), plan)
    assert paid is not None
    assert paid.id == release.reservation


def test_the_statement_says_it_and_the_audit_recomputes_it(table: PrivateTable, tmp_path: Path) -> None:
    release = measured(table, ParityPlan(contract=table.contract, column="age"), tmp_path / "source")
    (parity,) = release.of_kind(Parity)
    (stated,) = [each for each in release.privacy["mechanisms"] if "parities" in each]
    assert (stated["d_in"], stated["d_out"], stated["parities"]) == (1, parity.rho, {"column": "age"})
    assert [each["draw"] for each in release.privacy["spent_on"] if "parities" in each] == [2]
    assert "parity maps" in dict(verifiers())
    audited = Audited(contract=table.contract, domain=release.domain, charged=PrivacyLoss(nano_rho=10**9))
    assert parity.faults(audited) == []
    cheaper = dataclasses.replace(parity, rho=parity.rho / 2)
    assert "cost" in cheaper.faults(audited)[0]


def test_its_exact_values_are_the_sum_of_what_each_unit_adds() -> None:
    from counted_rows import CountedRows
    from private_table import make_contract

    domain = make_contract().domain()
    rows = np.array([[1, 0, 0], [2, 1, 1], [4, 2, 0]])
    query = ParityQuery(column="age", domain=domain)
    (values,) = toy_query.exact([query], CountedRows([list(rows.T)]))
    assert values.tolist() == sum(toy_query.unit_vector(query, rows[at : at + 1]) for at in range(3)).tolist()


def test_an_interrupted_toy_measurement_is_replayed_from_its_journal(table: PrivateTable, tmp_path: Path) -> None:
    plan = ParityPlan(contract=table.contract, column="age")
    release = measured(table, plan, tmp_path / "source")
    journal = table.workspace.private / "journal" / release.reservation
    kept = json.loads((journal / "2.answer.json").read_text())
    (parity,) = release.of_kind(Parity)
    assert kept == [parity.values.tolist()]


def test_a_toy_kind_of_source_is_registered_and_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """False failure: below 1e-9, the noise on a count of 60 has a scale below 4."""
    monkeypatch.setitem(source_kinds.KINDS, "jsonl", "toy_source:JsonLines")
    lines = [json.dumps({"age": at % 20, "city": "north", "member": at % 2 == 0}) for at in range(120)]
    content = "\n".join([*lines, "[1]", "not JSON"]).encode()
    location = str(tmp_path / "source" / "*.jsonl")
    table = make_private_table(tmp_path, kind="jsonl", location=location, files={"rows.jsonl": content})
    assert [name for name, _ in table.ledger.source("census").columns] == ["age", "city", "member"]
    plan = ReleasePlan(contract=table.contract)
    release = measured(table, plan, tmp_path / "source")
    members = release.one_way("member").counts
    assert np.abs(members - np.array([62, 60])).max() < 6.5 * release.one_way("member").scale + 1
    assert "jsonl" not in str(release.privacy)
