"""A column of numbers in bins goes the whole way: heaps are paid for, drawn by, promoted and audited."""

from pathlib import Path

import numpy as np
import pytest
from kit.fixtures import stand_in
from kit.people import COLUMNS, make_contract
from kit.project import make_checked_project
from kit.stores import stores_in

from synth_assets.audit import Status, exit_code, verify_bundle
from synth_assets.release.kinds.heaping import NoisyHeaping

pytestmark = pytest.mark.integration

AGE = {"type": "integer", "min": 0, "max": 19, "edges": [4, 8], "nullable": True, "domain_source": "made up"}
ROWS = "".join(f"p{number},{(5, 10, 15)[number % 3]},north,true\n" for number in range(900))


@pytest.mark.slow
def test_values_inside_bins_are_as_round_as_the_real_ones_and_the_version_verifies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = make_contract(columns={**COLUMNS, "age": AGE})
    project = make_checked_project(tmp_path / "project", contract=contract, rows=ROWS)
    stand_in(project, monkeypatch)
    asked = project.release.of_kind(NoisyHeaping)
    assert [answer.column for answer in asked if not answer.runs] == ["age"]
    ages = project.candidate(0).table()["age"].drop_null().to_numpy()
    assert np.isin(ages, (5, 10, 15)).mean() > 0.9
    promoted = project.promote(project.evidence(0), **stores_in(tmp_path))
    claims = verify_bundle(promoted.bundle, refit=True, reproduce=True)
    assert exit_code(claims) == 0, [str(claim) for claim in claims if claim.status is Status.FAILED]
    (claim,) = (claim for claim in claims if claim.name == "heaping maps")
    assert claim.status is Status.VERIFIED
    assert "tables of heaps" in claim.detail
    report = (promoted.bundle / "report.html").read_text("utf-8")
    assert "of how round numbers are and of single values" in " ".join(report.split())
