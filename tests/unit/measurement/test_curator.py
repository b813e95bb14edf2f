"""Exact figures are recorded before a row is read, are exact, and are in one file of the curator's store."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asked_of_people import CITY
from kit.people import CITIES, ROWS, make_contract
from kit.project import Project, make_project
from measuring_here import measuring_here

from synth_assets.evaluation.estimate.closeness import jensen_shannon
from synth_assets.ledger import CuratorRequest
from synth_assets.measurement import curator
from synth_assets.measurement.curator import run_curator_job
from synth_assets.obtain.job import CuratorJob, Status
from synth_assets.privacy import PrivacyLoss
from synth_assets.release.kinds.tallies import TallyQuery
from synth_assets.source.parts import held_out
from synth_assets.strategy.evaluation_plan import EvaluationPlan

__all__ = ["measuring_here"]
pytestmark = pytest.mark.usefixtures("measuring_here")

GATE = "jensen_shannon.city"
SYNTHETIC = [100, 150, 150]
PRIVACY = {
    "unit": {"column": "person", "max_rows": 2},
    "spend": {"epsilon": 2.0, "delta": 1e-6},
    "holdout": 0.3,
    "evaluation_share": 0.2,
}
CONTRACT = make_contract(privacy=PRIVACY, gates={GATE: {"max": 0.5}})


@pytest.fixture
def people(tmp_path: Path) -> Project:
    project = make_project(tmp_path, contract=CONTRACT)
    project.ledger.mark_curated("town", by="officer", reason="a complaint")
    return project


def job_for(project: Project, *, name: str = "cities", **changes: Any) -> CuratorJob:
    query = TallyQuery(name="cities", axes=(CITY,), weights=None, domain=CONTRACT.domain())
    plan = EvaluationPlan(
        contract=CONTRACT,
        part="held_out",
        release="1" * 64,
        candidate="2" * 64,
        charge=PrivacyLoss(nano_rho=1),
        questions=((query, 1),),
    )
    facts = {"dataset": "people", "contract_digest": CONTRACT.digest(), "by": "curator", "reason": "a complaint"}
    request = CuratorRequest(
        **{"id": "0123", "source": "census", "version": "2026-11", "part": "held_out", "candidate": "2" * 64}
        | facts
        | changes
    )
    job = CuratorJob(
        root=project.root,
        requests=(request,),
        questions=(plan.arguments(),),
        facts={GATE: {"part": "held_out", "name": name, "synthetic": SYNTHETIC}},
    )
    return CuratorJob.from_line(job.to_line())


def reads(project: Project) -> int:
    return [entry.kind for entry in project.ledger.entries("town")].count("CURATOR_READ")


def figures(project: Project) -> Any:
    (file,) = project.workspace.curator.rglob("*.json")
    return json.loads(file.read_text())["figures"]


def test_a_figure_is_that_of_the_rows_of_its_part_without_noise(people: Project, tmp_path: Path) -> None:
    assert run_curator_job(job_for(people), scratch=tmp_path) is Status.DONE
    permit = people.ledger.open_to_curator(job_for(people).requests[0])
    assert permit.split_key is not None
    rows = [line.split(",") for line in ROWS.splitlines()]
    out = held_out([row[0].encode() for row in rows], permit.split_key)
    counts = np.bincount([CITIES.index(row[2]) for row, held in zip(rows, out, strict=True) if held], minlength=3)
    shares, synthetic = counts / counts.sum(), np.array(SYNTHETIC) / sum(SYNTHETIC)
    middle = (shares + synthetic) / 2
    exact = sum((half * np.log2(half / middle)).sum() / 2 for half in (shares, synthetic))
    assert figures(people)[GATE] == {"value": pytest.approx(exact, abs=1e-9), "min": None, "max": 0.5}
    noisy = jensen_shannon(counts + 1, SYNTHETIC, scale=1.0, beta=0.05).value
    assert abs(noisy - exact) > 1e-7  # so that one row more would be seen


def test_the_reading_is_recorded_before_the_source_is_opened(
    people: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def opened(_: object) -> None:
        seen.append(reads(people))
        raise RuntimeError("a private row")

    monkeypatch.setattr(curator, "open_for_curator", opened)
    assert run_curator_job(job_for(people), scratch=tmp_path) is Status.FAILED
    assert seen == [1]
    assert list(people.workspace.curator.rglob("*.json")) == []


def test_nothing_is_charged_and_no_release_comes_of_it(people: Project, tmp_path: Path) -> None:
    run_curator_job(job_for(people), scratch=tmp_path)
    assert people.ledger.balance("town").spent == PrivacyLoss(nano_rho=0)
    assert people.ledger.reservations() == ()
    assert not people.workspace.releases.exists()


def test_an_account_that_is_not_marked_is_refused_and_nothing_is_read(tmp_path: Path) -> None:
    project = make_project(tmp_path, contract=CONTRACT)
    assert run_curator_job(job_for(project), scratch=tmp_path) is Status.REFUSED
    assert reads(project) == 0


@pytest.mark.parametrize("change", [{"candidate": "3" * 64}, {"dataset": "others"}, {"part": "measured"}])
def test_questions_that_are_not_those_recorded_are_refused(
    people: Project, tmp_path: Path, change: dict[str, str]
) -> None:
    assert run_curator_job(job_for(people, **change), scratch=tmp_path) is Status.REFUSED
    assert reads(people) == 0


def test_a_figure_that_cannot_be_made_is_missing_in_the_file_and_does_not_show_in_the_status(
    people: Project, tmp_path: Path
) -> None:
    assert run_curator_job(job_for(people, name="not asked"), scratch=tmp_path) is Status.DONE
    assert figures(people)[GATE]["value"] is None


def test_a_source_that_is_gone_is_not_recorded(
    people: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curator, "is_reachable", lambda _: False)
    assert run_curator_job(job_for(people), scratch=tmp_path) is Status.SOURCE_UNREACHABLE
    assert reads(people) == 0


def test_a_job_is_one_line_and_comes_back_as_it_was(people: Project) -> None:
    job = job_for(people)
    assert job.to_line().count(b"\n") == 1
    assert dataclasses.asdict(CuratorJob.from_line(job.to_line())) == dataclasses.asdict(job)
