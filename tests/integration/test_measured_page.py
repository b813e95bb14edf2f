"""A version that real people were asked about: its page, its metrics, and an audit that renders the page again."""

import json
from pathlib import Path

import numpy as np
import pytest
from kit.people import HEADER, make_contract
from kit.project import Project, furnish, make_project
from kit.stores import stores_in

from synth_assets.audit.evidence import Evidence
from synth_assets.audit.metrics import metrics_of
from synth_assets.audit.verify import verify_bundle
from synth_assets.audit.verify.claims import Claim, Status
from synth_assets.candidate import load_candidate
from synth_assets.checks import decide, recompute_checks, required_checks
from synth_assets.contract import DatasetContract
from synth_assets.integrations.versions import measure_candidate
from synth_assets.promotion import Promotion, context_of
from synth_assets.release import load_release

pytestmark = [pytest.mark.integration, pytest.mark.slow]

PEOPLE = 12_000
PRIVACY = {
    "unit": {"column": "person", "max_rows": 1},
    "spend": {"epsilon": 2.0, "delta": 1e-6},
    "holdout": 0.3,
    "evaluation_share": 0.2,
}
GATES = {
    "tstr_accuracy": {"min": 0.3},
    "tstr_calibration": {"max": 0.9},
    "fairness.city.demographic_parity": {"max": 0.95},
    "jensen_shannon.city": {"max": 0.3},
    "membership": {"max": 0.5},
}


def people() -> bytes:
    random = np.random.default_rng(3)
    ages, cities = random.integers(0, 20, PEOPLE), random.choice(["north", "south", "east"], PEOPLE)
    members = ages + random.normal(0, 4, PEOPLE) > 10
    rows = zip(range(PEOPLE), ages, cities, members, strict=True)
    return (
        HEADER + "".join(f"{n},{age},{city},{str(bool(member)).lower()}\n" for n, age, city, member in rows)
    ).encode()


def gated() -> DatasetContract:
    model = {"model": "logistic_regression"}
    return make_contract(privacy=PRIVACY, target="member", gates=GATES, evaluation=model, rows=2000)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose candidate of seed 0 was measured; nothing is promoted."""
    asked = make_project(tmp_path_factory.mktemp("asked"), contract=gated(), files={"people.csv": people()})
    furnish(asked)
    asked.obtain()
    asked.fit()
    places = {"workspace": asked.workspace, "ledger": asked.ledger}
    results = measure_candidate(asked.contract, asked.candidate(0), **places, by="engineer")
    assert [result.description for result in results if not result.passed] == []
    return asked


@pytest.fixture(scope="module")
def evidence(project: Project) -> Evidence:
    (folder,) = project.workspace.candidates("people").iterdir()
    contract, candidate = project.contract, load_candidate(folder)
    release = load_release(project.workspace.releases / candidate.release)
    context = context_of(contract, candidate, workspace=project.workspace)
    results, basis = recompute_checks(contract, candidate, release, suite=project.suite, context=context)
    required = required_checks(contract, project.suite)
    return Evidence(
        contract=contract,
        release=release,
        release_folder=project.workspace.releases / release.digest,
        generator=project.generator,
        candidate=candidate,
        results=tuple(results),
        decision=decide(results, required=required, candidate=candidate.digest),
        counts=basis.counts,
        ledger_lines=tuple(project.ledger.export_entries("town")),
        suite=project.suite,
        context=context,
    )


@pytest.fixture(scope="module")
def version(project: Project, evidence: Evidence, tmp_path_factory: pytest.TempPathFactory) -> Promotion:
    return project.promote(evidence, **stores_in(tmp_path_factory.mktemp("stores")))


def claim(bundle: Path, name: str) -> Claim:
    return next(claim for claim in verify_bundle(bundle) if claim.name == name)


def test_the_page_shows_what_people_said_and_an_audit_renders_it_again(version: Promotion) -> None:
    page = version.report.read_text()
    assert "What real people say" in page
    assert all(name in page for name in GATES)
    assert claim(version.bundle, "report").status is Status.VERIFIED


def test_an_altered_figure_on_the_page_is_noticed(version: Promotion) -> None:
    page = version.report.read_text()
    value = json.loads((version.bundle / "checks" / "gate_tstr_accuracy.json").read_text())["observed"]["value"]
    written = f"{round(value, 4):g}"
    assert written in page
    before = version.report.read_bytes()
    try:
        version.report.write_text(page.replace(written, "0.9999"))
        assert claim(version.bundle, "report").status is Status.FAILED
    finally:
        version.report.write_bytes(before)


def test_figures_with_their_bounds_are_metrics(evidence: Evidence) -> None:
    metrics = metrics_of(evidence)
    for gate in ("gate_tstr_accuracy", "gate_fairness_city_demographic_parity", "gate_membership"):
        bounds = [metrics[f"checks.{gate}.{key}"] for key in ("low", "value", "high")]
        assert bounds == sorted(bounds)
    assert metrics["checks.gate_tstr_accuracy.limit"] == 0.3
    assert metrics["privacy.asked.measured_rho"] == evidence.contract.evaluation_loss("measured").rho
    assert metrics["privacy.asked.held_out_rho"] == evidence.contract.evaluation_loss("held_out").rho
