"""The measuring process in this process: what it returns, and that it opens nothing too early."""

import shutil
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from private_table import PrivateTable, make_contract

from synth_assets.errors import LedgerUnavailable
from synth_assets.ledger import State
from synth_assets.measurement import child
from synth_assets.measurement.child import run_job
from synth_assets.measurement.job import Job, Status
from synth_assets.measurement.obtain import _request, _without_place
from synth_assets.release import load_release

pytestmark = pytest.mark.usefixtures("measuring_here")


@pytest.fixture
def job(table: PrivateTable) -> Job:
    source = _without_place(table.ledger.source("census"))
    reservation = table.ledger.reserve(_request(table.contract, source, by="e", reason="r", run_id=None))
    return Job(root=table.workspace.root, reservation=reservation.id, contract=table.contract.model_dump_json())


def state_of(table: PrivateTable, job: Job) -> State:
    return table.ledger.reservation(job.reservation).state


def run(job: Job, scratch: Path) -> Status:
    return run_job(job, scratch=scratch, undisturbed=Lock())


def test_a_measurement_is_settled_with_its_release(table: PrivateTable, job: Job, tmp_path: Path) -> None:
    assert run(job, tmp_path) is Status.DONE
    digest = table.ledger.reservation(job.reservation).release_digest
    release = load_release(table.workspace.releases / str(digest))
    pairs = {("age", "city"), ("age", "member"), ("city", "member")}
    assert pairs <= {marginal.attributes for marginal in release.marginals}
    assert abs(release.total() - 120) < 6 * release.total_standard_error() + 1
    mode = (table.workspace.releases / str(digest) / "release.json").stat().st_mode
    assert mode & 0o044 == 0o044


def test_a_source_that_cannot_be_reached_opens_nothing(table: PrivateTable, job: Job, tmp_path: Path) -> None:
    shutil.rmtree(table.workspace.root / "source")
    assert run(job, tmp_path) is Status.SOURCE_UNREACHABLE
    assert state_of(table, job) is State.RESERVED


def test_another_contract_than_the_reserved_one_opens_nothing(table: PrivateTable, job: Job, tmp_path: Path) -> None:
    other = make_contract(epsilon=3.0).model_dump_json()
    assert run(Job(root=job.root, reservation=job.reservation, contract=other), tmp_path) is Status.REFUSED
    assert state_of(table, job) is State.RESERVED


def test_a_ledger_that_cannot_be_read_opens_nothing(
    table: PrivateTable, job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(_: str) -> Any:
        raise LedgerUnavailable("gone", hint="look")

    monkeypatch.setattr(child, "open_ledger", unavailable)
    assert run(job, tmp_path) is Status.LEDGER_UNAVAILABLE
    assert state_of(table, job) is State.RESERVED


def test_what_a_living_process_holds_is_busy(table: PrivateTable, job: Job, tmp_path: Path) -> None:
    table.ledger.redeem(table.ledger.begin(job.reservation))
    assert run(job, tmp_path) is Status.LEDGER_BUSY


@pytest.mark.parametrize("fault", [ValueError, MemoryError, KeyboardInterrupt, SystemExit])
def test_every_fault_after_opening_is_the_same(
    fault: type[BaseException], table: PrivateTable, job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise fault

    monkeypatch.setattr("synth_assets.measurement.measuring.load_rows", fail)
    assert run(job, tmp_path) is Status.FAILED
    assert state_of(table, job) is State.OPENED
