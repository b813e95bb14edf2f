"""A column with a long tail goes the whole way: segments are paid for, the tail is drawn by them, promoted, audited."""

from pathlib import Path

import numpy as np
import pytest
from kit.fixtures import stand_in
from kit.people import COLUMNS, make_contract
from kit.project import make_checked_project
from kit.stores import stores_in

from synth_assets.audit import Status, exit_code, verify_bundle
from synth_assets.release.kinds.tails import NoisyTails

pytestmark = pytest.mark.integration

AGE = {"type": "integer", "min": 0, "max": 199, "nullable": True, "domain_source": "made up"}
ROWS = "".join(f"p{number},{number % 40},north,true\n" for number in range(900))


@pytest.mark.slow
def test_a_tail_without_rows_is_measured_and_stays_nearly_empty_and_the_version_verifies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = make_contract(columns={**COLUMNS, "age": AGE})
    project = make_checked_project(tmp_path / "project", contract=contract, rows=ROWS)
    stand_in(project, monkeypatch)
    (asked,) = project.release.of_kind(NoisyTails)
    assert asked.column == "age"
    assert asked.cuts[-1] == 200
    ages = project.candidate(0).table()["age"].drop_null().to_numpy()
    assert (np.asarray(ages) > 100).mean() < 0.05
    promoted = project.promote(project.evidence(0), **stores_in(tmp_path))
    claims = verify_bundle(promoted.bundle, refit=True, reproduce=True)
    assert exit_code(claims) == 0, [str(claim) for claim in claims if claim.status is Status.FAILED]
    (claim,) = (claim for claim in claims if claim.name == "tail maps")
    assert claim.status is Status.VERIFIED
    assert "tables of tails" in claim.detail
    report = (promoted.bundle / "report.html").read_text("utf-8")
    assert "of long tails" in " ".join(report.split())
