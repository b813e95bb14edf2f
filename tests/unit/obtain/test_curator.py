"""What comes back of exact figures is where they are, or one of a few errors."""

from pathlib import Path

import pytest
from kit.project import Project

from synth_assets.errors import Fault, IntegrityError, LedgerBusy, LedgerUnavailable, Refused, UsageError
from synth_assets.ledger import CuratorRequest
from synth_assets.obtain import start
from synth_assets.obtain.curator import obtain_for_curator
from synth_assets.obtain.job import CuratorJob, Status
from synth_assets.obtain.scratch import open_output


def job_for(project: Project) -> CuratorJob:
    facts = {"dataset": "people", "contract_digest": "c", "candidate": "d", "by": "curator", "reason": "a complaint"}
    request = CuratorRequest(id="0123", source="census", version="2026-11", part=None, **facts)
    return CuratorJob(root=project.root, requests=(request,), questions=({},), facts={})


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (Status.LEDGER_UNAVAILABLE, LedgerUnavailable),
        (Status.LEDGER_BUSY, LedgerBusy),
        (Status.SOURCE_UNREACHABLE, Fault),
        (Status.REFUSED, Refused),
        (Status.ALTERED, IntegrityError),
        (Status.FAILED, Fault),
        (-9, Fault),
    ],
)
def test_each_status_is_one_error(
    project: Project, monkeypatch: pytest.MonkeyPatch, status: int, error: type[Exception]
) -> None:
    monkeypatch.setattr(start, "measure_apart", lambda *_: status)
    with pytest.raises(error):
        obtain_for_curator(job_for(project), workspace=project.workspace)


def test_done_is_a_path_in_the_curators_store_that_nobody_opens_here(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "measure_apart", lambda *_: Status.DONE)
    path = obtain_for_curator(job_for(project), workspace=project.workspace)
    assert path == project.workspace.curator / "figures" / "people" / "0123.json"
    assert not path.exists()


def test_what_a_failed_process_printed_stays_in_the_curators_store(
    project: Project, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(_: object, scratch: Path) -> int:
        with open_output(scratch) as output:
            output.write(b"a private row")
        return Status.FAILED

    monkeypatch.setattr(start, "measure_apart", fails)
    with pytest.raises(Fault) as caught:
        obtain_for_curator(job_for(project), workspace=project.workspace)
    (file,) = (project.workspace.curator / "figures" / "people" / "0123").iterdir()
    assert file.read_bytes() == b"a private row"
    assert file.stat().st_mode & 0o077 == 0
    assert "private row" not in str(caught.value) + "".join(capfd.readouterr())


def test_nothing_is_started_while_git_would_add_the_private_zone(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tracked(_: object) -> None:
        raise UsageError("git tracks it")

    monkeypatch.setattr("synth_assets.obtain.curator.refuse_tracked", tracked)
    monkeypatch.setattr(start, "measure_apart", lambda *_: pytest.fail("started"))
    with pytest.raises(UsageError):
        obtain_for_curator(job_for(project), workspace=project.workspace)
