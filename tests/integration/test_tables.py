"""A column that is looked up in a table, from the contract's file to an audit that has nothing but the bundle."""

from pathlib import Path

import pytest
from kit.people import DEFINITION
from kit.project import make_checked_project
from kit.stores import stores_in

from synth_assets.audit import Status, verify_bundle
from synth_assets.contract.yaml_file import read_contract

pytestmark = pytest.mark.integration

TABLE = "city,people,mayor\nnorth,1000,A\nsouth,200,B\neast,30,C\nwest,4,D\n"


@pytest.mark.slow
def test_a_table_travels_with_the_version_and_is_verified_without_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SYNTH_ASSETS_LEDGER", raising=False)
    text = DEFINITION.replace("adult: age >= 10", "adult: age >= 10\n    people: {lookup: city, file: cities.csv}")
    text = text.replace("  rules:", "  rules:\n    south: people <> 200 OR city = 'south'")
    (tmp_path / "cities.csv").write_text(TABLE)
    (tmp_path / "defs.yaml").write_text(text)
    contract = read_contract(tmp_path)
    (tmp_path / "cities.csv").unlink()

    project = make_checked_project(tmp_path / "project", contract=contract)
    evidence = project.evidence(0)
    promotion = project.promote(evidence, **stores_in(tmp_path))
    table = evidence.candidate.table().to_pandas()
    assert (table["people"] == table["city"].map({"north": 1000, "south": 200, "east": 30})).all()

    claims = {claim.name: claim.status for claim in verify_bundle(promotion.folder, reproduce=True)}
    assert claims["sampled rows"] is claims["domain"] is claims["rules"] is Status.VERIFIED
    assert Status.FAILED not in claims.values()

    written = promotion.bundle / "contract.json"
    written.write_text(written.read_text().replace("1000", "1001"))
    claims = {claim.name: claim.status for claim in verify_bundle(promotion.folder)}
    assert claims["domain"] is Status.FAILED
