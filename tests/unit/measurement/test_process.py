"""The measuring process in this process: what it returns, and that it opens nothing too early."""

import shutil
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from kit.people import make_contract
from kit.project import Project

from synth_assets.errors import LedgerUnavailable
from synth_assets.ledger import State, open_ledger, reservations
from synth_assets.ledger.anchor import FileAnchor
from synth_assets.ledger.sql import SqlLedger
from synth_assets.measurement import process
from synth_assets.measurement.journal import DeadReservation
from synth_assets.measurement.permit import PermitHolder
from synth_assets.measurement.process import run_job
from synth_assets.obtain.job import Job, Status
from synth_assets.obtain.release import request_for
from synth_assets.release import load_release
from synth_assets.strategy.release_plan import ReleasePlan

pytestmark = pytest.mark.usefixtures("measuring_here")


@pytest.fixture
def job(project: Project) -> Job:
    source = project.ledger.source("census")
    plan = ReleasePlan(contract=project.contract)
    reservation = project.ledger.reserve(request_for(plan, source, by="e", reason="r", run_id=None))
    return Job(root=project.workspace.root, reservation=reservation.id, plan=plan.name, arguments=plan.arguments())


def state_of(project: Project, job: Job) -> State:
    return project.ledger.reservation(job.reservation).state


def run(job: Job, scratch: Path) -> Status:
    return run_job(job, scratch=scratch, undisturbed=Lock())


def test_a_measurement_is_settled_with_its_release(project: Project, job: Job, tmp_path: Path) -> None:
    assert run(job, tmp_path) is Status.DONE
    digest = project.ledger.reservation(job.reservation).release_digest
    release = load_release(project.workspace.releases / str(digest))
    pairs = {("age", "city"), ("age", "member"), ("city", "member")}
    assert pairs <= {marginal.attributes for marginal in release.marginals}
    assert abs(release.total() - 600) < 6 * release.total_standard_error() + 1
    mode = (project.workspace.releases / str(digest) / "release.json").stat().st_mode
    assert mode & 0o044 == 0o044


def test_a_source_that_cannot_be_reached_opens_nothing(project: Project, job: Job, tmp_path: Path) -> None:
    shutil.rmtree(project.workspace.root / "source")
    assert run(job, tmp_path) is Status.SOURCE_UNREACHABLE
    assert state_of(project, job) is State.RESERVED


def test_another_contract_than_the_reserved_one_opens_nothing(project: Project, job: Job, tmp_path: Path) -> None:
    arguments = ReleasePlan(contract=make_contract(epsilon=3.0)).arguments()
    other = Job(root=job.root, reservation=job.reservation, plan="release", arguments=arguments)
    assert run(other, tmp_path) is Status.REFUSED
    assert state_of(project, job) is State.RESERVED


def test_a_ledger_that_cannot_be_read_opens_nothing(
    project: Project, job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(_: str) -> Any:
        raise LedgerUnavailable("gone", hint="look")

    monkeypatch.setattr(process, "open_ledger", unavailable)
    assert run(job, tmp_path) is Status.LEDGER_UNAVAILABLE
    assert state_of(project, job) is State.RESERVED


def test_what_a_living_process_holds_is_busy(project: Project, job: Job, tmp_path: Path) -> None:
    project.ledger.redeem(project.ledger.begin(job.reservation))
    assert run(job, tmp_path) is Status.LEDGER_BUSY


@pytest.fixture
def anchored(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the heads of the table's ledger are kept from now on."""
    heads = project.workspace.root / "elsewhere" / "heads.jsonl"
    monkeypatch.setenv("SYNTH_ASSETS_ANCHOR", f"file:{heads}")
    open_ledger(project.workspace.ledger_url).init_anchor()
    return heads


@pytest.mark.parametrize("committed", [True, False])
def test_an_anchor_that_fails_at_the_settling_does_not_look_like_a_failed_measurement(
    project: Project, anchored: Path, job: Job, monkeypatch: pytest.MonkeyPatch, *, committed: bool
) -> None:
    owner, name = (reservations, "settle") if committed else (process, "write_release")
    original = getattr(owner, name)

    def then_the_anchor_is_gone(*args: Any, **kwargs: Any) -> Any:
        done = original(*args, **kwargs)
        anchored.unlink()
        return done

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, then_the_anchor_is_gone)
        assert run(job, project.workspace.root) is Status.UNSETTLED
    monkeypatch.delenv("SYNTH_ASSETS_ANCHOR")
    assert state_of(project, job) is (State.SETTLED if committed else State.OPENED)
    assert project.charges == 1


def test_a_lost_draw_whose_end_cannot_be_anchored_is_reported_by_the_ledger(
    project: Project, anchored: Path, job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: Any) -> Any:
        raise DeadReservation

    monkeypatch.setattr(PermitHolder, "make_release", lost)
    with monkeypatch.context() as patch:
        patch.setattr(FileAnchor, "write", full_after_the_opening(FileAnchor.write))
        assert run(job, tmp_path) is Status.UNSETTLED
    assert project.ledger.reservation(job.reservation).dead


def full_after_the_opening(write: Any) -> Any:
    """Be a disk that has room for one head, the one of the opening."""
    heads: list[Any] = []

    def refuse(anchor: FileAnchor, head: Any) -> None:
        heads.append(head)
        if len(heads) > 1:
            raise LedgerUnavailable("no room")
        write(anchor, head)

    return refuse


@pytest.mark.parametrize("opened", [False, True])
def test_a_ledger_that_was_altered_gives_no_place(
    project: Project, job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, opened: bool
) -> None:
    def alter() -> None:
        with project.ledger.engine.begin() as connection:  # type: ignore[attr-defined] # it is an SqlLedger
            connection.exec_driver_sql("UPDATE places SET location = '/etc/passwd'")

    if opened:
        begin = SqlLedger.begin

        def begin_and_alter(ledger: SqlLedger, reservation_id: str) -> Any:
            permit = begin(ledger, reservation_id)
            alter()
            return permit

        monkeypatch.setattr(SqlLedger, "begin", begin_and_alter)
    else:
        alter()
    monkeypatch.setattr("synth_assets.measurement.permit.open_source", None)
    assert run(job, tmp_path) is Status.ALTERED
    assert state_of(project, job) is (State.OPENED if opened else State.RESERVED)


@pytest.mark.parametrize("fault", [ValueError, MemoryError, KeyboardInterrupt, SystemExit])
def test_every_fault_after_opening_is_the_same(
    fault: type[BaseException], project: Project, job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise fault

    monkeypatch.setattr("synth_assets.source.kernel.load_rows", fail)
    assert run(job, tmp_path) is Status.FAILED
    assert state_of(project, job) is State.OPENED


def test_a_job_is_one_line_however_many_pieces_it_comes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = iter([b'{"plan": ', b'"p"}\n', b"never read"])
    monkeypatch.setattr(process.os, "read", lambda _descriptor, _most: next(pieces))
    assert process._read_line() == b'{"plan": "p"}\n'


def test_what_is_not_a_job_ends_the_program_before_it_can_delete_the_folder_it_runs_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(process, "enter_measuring_process", lambda: None)
    monkeypatch.setattr(process, "leave_no_memory", lambda: None)
    monkeypatch.setattr(process.os, "umask", lambda _: 0)
    monkeypatch.setattr(process, "_read_line", lambda: b"\n")
    monkeypatch.setattr(process, "Thread", lambda **_: pytest.fail("it started to wait for its end"))
    with pytest.raises(ValueError, match="Expecting value"):
        process.begin(Job.from_line)


def test_a_process_that_was_started_by_hand_leaves_its_folder_as_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def leave(_: int) -> None:
        raise SystemExit

    (tmp_path / "work").write_text("precious")
    monkeypatch.setattr(process.os, "read", lambda *_: b"")
    monkeypatch.setattr(process.os, "_exit", leave)
    with pytest.raises(SystemExit):
        process._end_with_parent(Lock(), lambda: None, tmp_path)
    assert (tmp_path / "work").exists()


def test_a_process_whose_parent_ended_ends_what_it_started_before_it_deletes_its_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    happened: list[str] = []
    monkeypatch.setattr(process.os, "read", lambda *_: b"")
    monkeypatch.setattr(process.os, "_exit", lambda _: happened.append("exit"))
    monkeypatch.setattr(process, "delete_scratch", lambda _: happened.append("delete"))
    process._end_with_parent(Lock(), lambda: happened.append("end the tool"), tmp_path)
    assert happened == ["end the tool", "delete", "exit"]
