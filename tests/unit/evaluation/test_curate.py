"""Exact figures are asked for marked accounts alone, with the questions of an evaluation."""

from pathlib import Path
from typing import Any

import pytest
from kit.people import make_contract
from kit.project import Project

from synth_assets.contract import DatasetContract
from synth_assets.errors import UsageError
from synth_assets.evaluation import curate as curating
from synth_assets.evaluation.curate import curate
from synth_assets.obtain.job import CuratorJob

PRIVACY = {"unit": "rows", "spend": {"epsilon": 2.0, "delta": 1e-6}, "evaluation_share": 0.2}
GATED = make_contract(privacy=PRIVACY, gates={"jensen_shannon.city": {"max": 0.5}})


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[CuratorJob]:
    """The jobs that would be started."""
    started: list[CuratorJob] = []

    def start(job: CuratorJob, **_: Any) -> Path:
        started.append(job)
        return Path("/curators/file.json")

    monkeypatch.setattr(curating, "obtain_for_curator", start)
    return started


def ask(project: Project, contract: DatasetContract = GATED) -> Path:
    return curate(
        contract,
        project.candidate(0),
        project.release,
        workspace=project.workspace,
        ledger=project.ledger,
        by="Ada",
        reason="a complaint",
    )


def test_the_job_says_who_asks_what_and_why(checked: Project, jobs: list[CuratorJob]) -> None:
    checked.ledger.mark_curated("town", by="officer", reason="a complaint")
    assert ask(checked) == Path("/curators/file.json")
    (job,) = jobs
    (request,) = job.requests
    assert (request.by, request.reason, request.part) == ("Ada", "a complaint", None)
    assert request.candidate == checked.candidate(0).digest
    assert list(job.facts) == ["jensen_shannon.city"]
    assert job.questions[0]["candidate"] == request.candidate
    ask(checked)
    assert jobs[1].file != job.file


def test_what_is_refused_starts_nothing(checked: Project, jobs: list[CuratorJob]) -> None:
    with pytest.raises(UsageError, match="not open to curators"):
        ask(checked)
    checked.ledger.mark_curated("town", by="officer", reason="a complaint")
    with pytest.raises(UsageError, match="has no gates"):
        ask(checked, make_contract(privacy=PRIVACY))
    with pytest.raises(UsageError, match="luck"):
        ask(checked, make_contract(privacy=PRIVACY, gates={"luck": {"max": 0.5}}))
    other = {**PRIVACY, "unit": {"column": "person", "max_rows": 2}}
    with pytest.raises(UsageError, match="unit"):
        ask(checked, make_contract(privacy=other, gates={"jensen_shannon.city": {"max": 0.5}}))
    checked.ledger.set_version("census", "2026-12", by="officer")
    with pytest.raises(UsageError, match="is at 2026-12"):
        ask(checked)
    assert jobs == []
