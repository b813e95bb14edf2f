"""Two amounts go the whole way: their order is paid for, drawn by, promoted and audited."""

from pathlib import Path

import numpy as np
import pytest
from kit.fixtures import stand_in
from kit.people import COLUMNS, make_contract
from kit.project import make_checked_project
from kit.stores import stores_in

from synth_assets.audit import Status, exit_code, verify_bundle
from synth_assets.release.kinds.orders import NoisyOrders

pytestmark = pytest.mark.integration

AMOUNT = {"type": "integer", "min": 0, "max": 99, "edges": [1, 30, 60], "domain_source": "made up"}
RULE = {"within": "city <= age"}


@pytest.mark.slow
def test_amounts_are_as_often_equal_as_the_real_ones_and_the_version_verifies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(0)
    due = random.integers(1, 100, 900)
    paid = np.where(random.random(900) < 0.5, due, due // 2)
    rows = "".join(f"p{number},{a},{b},true\n" for number, (a, b) in enumerate(zip(due, paid, strict=True)))
    contract = make_contract(columns={**COLUMNS, "age": AMOUNT, "city": AMOUNT}, rules=RULE, epsilon=4.0)
    project = make_checked_project(tmp_path / "project", contract=contract, rows=rows)
    stand_in(project, monkeypatch)
    (asked,) = project.release.of_kind(NoisyOrders)
    assert asked.pairs == (("age", "city"),)
    drawn = project.candidate(0).table().to_pandas()
    assert 0.3 < (drawn.age == drawn.city).mean() < 0.7
    assert (drawn.city <= drawn.age).all()
    promoted = project.promote(project.evidence(0), **stores_in(tmp_path))
    claims = verify_bundle(promoted.bundle, refit=True, reproduce=True)
    assert exit_code(claims) == 0, [str(claim) for claim in claims if claim.status is Status.FAILED]
    (claim,) = (claim for claim in claims if claim.name == "order maps")
    assert claim.status is Status.VERIFIED
    assert "orders of 1 pairs" in claim.detail
    report = (promoted.bundle / "report.html").read_text("utf-8")
    assert "which of two amounts is larger" in " ".join(report.split())
