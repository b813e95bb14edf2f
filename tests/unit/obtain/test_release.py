"""The public-zone side: what is refused before anything is opened, what is reused, what is reported."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kit.people import COLUMNS, make_contract
from kit.project import Project, make_project

from synth_assets.errors import (
    BudgetRefused,
    Fault,
    IntegrityError,
    LedgerBusy,
    LedgerUnavailable,
    MeasurementFailed,
    UsageError,
)
from synth_assets.ledger import State, open_ledger
from synth_assets.ledger.keys import create_key
from synth_assets.obtain import obtain_release, start
from synth_assets.obtain import release as obtaining
from synth_assets.obtain.job import Status
from synth_assets.workspace import Workspace


def with_contract(project: Project, **changes: Any) -> Project:
    return Project(root=project.root, contract=make_contract(**changes))


def reservations(project: Project) -> list[State]:
    return [reservation.state for reservation in project.ledger.reservations("town")]


def test_a_release_is_paid_once_and_found_again(project: Project) -> None:
    first, second = project.obtain(), project.obtain()
    assert not first.reused
    assert second.reused
    assert first.release.digest == second.release.digest
    assert project.charges == 1
    assert "cost rho" in first.describe()
    assert "cost nothing" in second.describe()


def test_the_ledger_of_the_workspace_pays_and_the_purpose_is_the_reason_when_no_other_is_given(
    project: Project,
) -> None:
    obtained = obtain_release(project.contract, workspace=project.workspace, by="engineer")
    assert obtained.reservation.request.reason == project.contract.purpose
    assert project.charges == 1


def test_a_workspace_without_a_ledger_is_not_given_one(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="there is no ledger in"):
        obtain_release(make_contract(), workspace=workspace, by="engineer")
    assert list(workspace.root.iterdir()) == []


@pytest.mark.slow
def test_one_release_is_enough_for_ever_unless_the_contract_says_otherwise(project: Project) -> None:
    first = project.obtain()
    project.ledger.set_version("census", "2026-12", by="custodian")
    again = project.obtain()
    assert again.release.digest == first.release.digest
    assert again.of_another_version
    for words in ("2026-11", "2026-12", "`refresh: {release: new_version}`", "cost nothing", "again"):
        assert words in again.describe()
    fresh = with_contract(project, refresh={"release": "new_version"})
    renewed = fresh.obtain()
    assert renewed.release.version == "2026-12"
    assert not renewed.reused
    assert fresh.obtain().reused
    assert not project.obtain().of_another_version  # of two releases, the one of the source's label
    assert project.charges == 2
    project.ledger.set_version("census", "2026-11", by="custodian")
    for asked in (project, fresh):
        assert asked.obtain().release.digest == first.release.digest
    assert project.charges == 2


def test_what_is_paid_already_is_not_refused_for_what_is_registered_now(project: Project) -> None:
    first = project.obtain()
    columns = json.dumps([[name, "date32[day]"] for name, _ in project.ledger.source("census").columns])
    with open_ledger(project.workspace.ledger_url).engine.begin() as connection:  # as an older version registered it
        connection.exec_driver_sql("UPDATE sources SET columns = ?", (columns,))
    assert project.obtain().release.digest == first.release.digest
    with pytest.raises(UsageError, match="date32"):
        with_contract(project, epsilon=1.0).obtain()
    assert project.charges == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"source": "nowhere"}, "no source 'nowhere'"),
        ({"columns": {**COLUMNS, "wage": COLUMNS["age"]}}, r"columns\.wage"),
        ({"unit": {"column": "person", "max_rows": 2}}, r"privacy\.unit"),
    ],
    ids=["source", "column", "unit"],
)
def test_a_contract_that_does_not_fit_reserves_nothing(project: Project, changes: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        with_contract(project, **changes).obtain()
    assert reservations(project) == []


def test_a_cap_that_is_too_small_opens_nothing(project: Project) -> None:
    with pytest.raises(BudgetRefused):
        with_contract(project, epsilon=50.0).obtain()
    assert reservations(project) == []


def test_a_source_that_is_gone_gives_the_budget_back(project: Project) -> None:
    shutil.rmtree(project.workspace.root / "source")
    with pytest.raises(Fault, match="cannot be reached; this run read nothing"):
        project.obtain()
    assert reservations(project) == [State.CANCELLED]
    assert project.charges == 0


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (Status.LEDGER_BUSY, LedgerBusy),
        (Status.LEDGER_UNAVAILABLE, Fault),
        (Status.REFUSED, BudgetRefused),
        (1, Fault),
        (-9, Fault),
    ],
)
def test_what_happened_before_opening_is_shown_by_its_status(
    project: Project, status: int, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "measure_apart", lambda *_: status)
    monkeypatch.setattr(obtaining, "PATIENCE_SECONDS", 0.0)
    with pytest.raises(error) as raised:
        project.obtain()
    assert not isinstance(raised.value, MeasurementFailed)


@pytest.mark.parametrize("opened", [False, True])
def test_a_ledger_that_was_altered_is_reported_before_any_row_was_read(
    project: Project, monkeypatch: pytest.MonkeyPatch, *, opened: bool
) -> None:
    def altered(job: Any, _: Path) -> int:
        if opened:
            project.ledger.begin(job.reservation)
        return Status.ALTERED

    monkeypatch.setattr(start, "measure_apart", altered)
    with pytest.raises(IntegrityError, match="no row of source 'census' was read") as caught:
        project.obtain()
    assert ("its charge stays" in caught.value.message) == opened
    assert reservations(project) == [State.OPENED if opened else State.CANCELLED]


@pytest.mark.parametrize("settled", [False, True])
def test_what_was_measured_and_not_settled_well_is_not_called_failed(
    project: Project, monkeypatch: pytest.MonkeyPatch, *, settled: bool
) -> None:
    measure_apart = start.measure_apart

    def unsettled(job: Any, scratch: Path) -> int:
        if settled:
            assert measure_apart(job, scratch) == Status.DONE
        else:
            project.ledger.begin(job.reservation)
        return Status.UNSETTLED

    monkeypatch.setattr(start, "measure_apart", unsettled)
    messages: list[str] = []
    if settled:
        assert not project.obtain(progress=messages.append).reused
        assert "promotion waits" in messages[0]
    else:
        with pytest.raises(LedgerUnavailable, match="is measured and paid for"):
            project.obtain()
    assert project.charges == 1


def test_keys_and_anchors_that_are_named_by_relative_paths_are_found_by_the_measuring_process(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.workspace.root)
    create_key(Path("signing.key"))
    monkeypatch.setenv("SYNTH_ASSETS_LEDGER_KEY", "signing.key")
    monkeypatch.setenv("SYNTH_ASSETS_ANCHOR", "file:heads.jsonl")
    open_ledger(project.workspace.ledger_url).init_anchor()
    project.obtain()
    entries = list(project.ledger.entries())
    assert all(entry.signature for entry in entries if entry.kind not in ("ACCOUNT_OPENED", "SOURCE_ADDED"))
    assert f'"seq":{entries[-1].seq},' in Path("heads.jsonl").read_text()


def test_who_meets_another_that_measures_the_same_gets_its_release_for_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure_apart = start.measure_apart

    def another_was_first(job: Any, scratch: Path) -> int:
        assert measure_apart(job, scratch) == Status.DONE
        return Status.LEDGER_BUSY

    monkeypatch.setattr(start, "measure_apart", another_was_first)
    messages: list[str] = []
    release = project.obtain(progress=messages.append)
    assert release.reused
    assert project.charges == 1
    assert messages == ["another process measures the same; waiting for its release"]


@pytest.mark.parametrize("status", [Status.FAILED, Status.LEDGER_UNAVAILABLE, 1, -9, -11])
def test_after_opening_there_is_one_message_whatever_the_status(
    project: Project, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(job: Any, _: Path) -> int:
        project.ledger.begin(job.reservation)
        return status

    monkeypatch.setattr(start, "measure_apart", opened)
    with pytest.raises(MeasurementFailed):
        project.obtain()


def test_the_child_gets_a_job_without_derived_columns_or_place(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs: list[Any] = []
    monkeypatch.setattr(start, "measure_apart", lambda job, _: jobs.append(job) or 1)
    with pytest.raises(Fault):
        with_contract(project, derived={"old": "age > 10"}).obtain()
    text = jobs[0].to_line().decode()
    assert "age > 10" not in text
    assert "source/" not in text


READY = """
import pandas as pd
def rows(): return pd.DataFrame({'age': [1], 'city': ['north'], 'member': [1]})
"""
WAIT = """
import signal
def rows():
    stream = open(FIFO, 'w')
    print('reading', file=stream, flush=True)
    signal.pause()
"""
RUN = """
import signal
import sys
from pathlib import Path
signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a suite in the background may ignore it, and hand that on
from kit.people import make_contract
from kit.project import Project
Project(root=Path(sys.argv[1]), contract=make_contract()).obtain()
"""


def test_a_parent_that_is_ended_ends_its_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child reports that it reads, the parent gets SIGTERM, and the lock on the scratch becomes free."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "waiting_source.py").write_text(READY)
    monkeypatch.syspath_prepend(str(tmp_path / "source"))
    os.mkfifo(tmp_path / "fifo")
    project = make_project(tmp_path, kind="python", location="waiting_source:rows", files={"none": b""})
    waiting = WAIT.replace("FIFO", repr(str(tmp_path / "fifo")))
    (tmp_path / "source" / "waiting_source.py").write_text(waiting)
    path = {**os.environ, "PYTHONPATH": os.pathsep.join(str(Path(entry or ".").absolute()) for entry in sys.path)}
    parent = subprocess.Popen([sys.executable, "-c", RUN, tmp_path], env=path)
    with (tmp_path / "fifo").open() as stream:
        assert stream.readline() == "reading\n"
        parent.send_signal(signal.SIGTERM)
        parent.wait()
        assert stream.read() == ""  # the child has ended: its end of the pipe is closed
    assert reservations(project) == [State.OPENED]


def test_a_loss_without_room_for_a_threshold_reserves_nothing(tmp_path: Path) -> None:
    unit = {"column": "person", "max_rows": 1000}
    spend = {"epsilon": 1e-6, "delta": 1e-6, "threshold_delta": 1e-9}
    column = {"type": "categorical", "categories": "discover", "other": "o", "domain_source": "discovered"}
    contract = make_contract(privacy={"unit": unit, "spend": spend}, columns={"city": column})
    project = make_project(tmp_path, contract=contract)
    with pytest.raises(UsageError, match=r"threshold|nothing is left"):
        project.obtain()
    assert reservations(project) == []
