"""Exact figures are asked for marked accounts alone, with the questions of an evaluation."""

import sys
from pathlib import Path
from typing import Any, cast

import pytest
from kit.people import make_contract
from kit.project import Project

from synth_assets.contract import DatasetContract
from synth_assets.errors import UsageError
from synth_assets.evaluation import curate as curating
from synth_assets.evaluation.curate import curate, curate_with_tool
from synth_assets.evaluation.tools.registry import TOOLS, Tool
from synth_assets.obtain.job import CuratorJob, ToolJob

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


def ask(project: Project, contract: DatasetContract = GATED, *, reason: str = "a complaint") -> Path:
    return curate(
        contract,
        project.candidate(0),
        project.release,
        workspace=project.workspace,
        ledger=project.ledger,
        by="Ada",
        reason=reason,
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
    assert jobs[1].path != job.path


@pytest.mark.parametrize("reason", ["", "two\nlines"])
def test_a_reason_that_the_ledger_would_refuse_is_named_before_anything_starts(
    checked: Project, jobs: list[CuratorJob], reason: str
) -> None:
    checked.ledger.mark_curated("town", by="officer", reason="a complaint")
    with pytest.raises(UsageError, match=r"reason=.* must be one line"):
        ask(checked, reason=reason)
    assert jobs == []


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


def run(project: Project, tool: Tool, contract: DatasetContract | None = None) -> Path:
    return curate_with_tool(
        contract or project.contract,
        project.candidate(0),
        project.release,
        tool=tool,
        python=Path(sys.executable),
        rows=50,
        minutes=3,
        workspace=project.workspace,
        ledger=project.ledger,
        by="Ada",
        reason="a complaint",
    )


def test_a_tools_job_names_its_script_and_its_rows(checked: Project, jobs: list[CuratorJob], tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("print()")
    checked.ledger.mark_curated("town", by="officer", reason="a complaint")
    run(checked, Tool(name="mine.py", script=tmp_path / "mine.py"))
    job = cast("ToolJob", jobs[0])
    (request,) = job.requests
    assert (request.tool, request.rows, request.part) == (f"mine.py@{job.digest[:12]}", 50, None)
    assert (job.task["reading"], job.task["tool"], job.task["label"]) == (request.id, request.tool, None)
    assert job.domain == job.task["columns"] == checked.release.domain.as_json()
    assert str(tmp_path) not in str(job.task)


def test_what_a_tool_lacks_is_refused_and_starts_nothing(checked: Project, jobs: list[CuratorJob]) -> None:
    with pytest.raises(UsageError, match="not open to curators"):
        run(checked, TOOLS["hybrid"])
    checked.ledger.mark_curated("town", by="officer", reason="a complaint")
    with pytest.raises(UsageError, match="compares with held-out people"):
        run(checked, TOOLS["anonymeter"])
    with pytest.raises(UsageError, match="`target` to predict"):
        run(checked, TOOLS["hybrid"])
    with pytest.raises(UsageError, match="cannot import sdmetrics"):
        run(checked, TOOLS["sdmetrics"])
    checked.ledger.set_version("census", "2026-12", by="officer")
    with pytest.raises(UsageError, match="is at 2026-12"):
        run(checked, TOOLS["hybrid"])
    assert jobs == []
