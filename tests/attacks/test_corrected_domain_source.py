"""Attack: take a domain from private rows, declare it as a codebook until it is measured, and correct it afterwards.

A correction of ``domain_source`` costs nothing and makes no new release, so every
later bundle repeated what was declared when the release was measured: the domain
was listed as protected.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from kit.project import Project

from synth_assets.audit import Status, verify_bundle
from synth_assets.contract.yaml_file import read_contract
from synth_assets.integrations.dagster.launch import run_chain
from synth_assets.ledger import open_ledger
from synth_assets.promotion import read_current
from synth_assets.workspace import Workspace

SEEN = "the domain of column city, which was seen in data"


def newest_bundle() -> Path:
    promoted = read_current(Workspace.current(), "people")
    assert promoted is not None
    return promoted.folder / "bundle"


def statement() -> dict[str, Any]:
    privacy: dict[str, Any] = json.loads((newest_bundle() / "privacy.json").read_text())
    return privacy


@pytest.mark.slow
def test_the_next_bundle_states_that_the_domain_was_seen_in_data(finished: Project) -> None:
    ledger = open_ledger(Workspace.current().ledger_url)
    paid = ledger.balance("town").spent
    assert SEEN not in statement()["unprotected_quantities"]
    file = finished.definition
    file.write_text(file.read_text().replace("east], domain_source: made up", "east], domain_source: Seen in data"))
    run_chain(read_contract(file.parent), workspace=Workspace.current())

    privacy = statement()
    assert privacy["domain_sources"] == {"age": "made up", "city": "Seen in data", "member": "made up"}
    assert privacy["domain_sources_when_measured"]["city"] == "made up"
    assert SEEN in privacy["unprotected_quantities"]
    assert SEEN in (newest_bundle() / "report.html").read_text()
    assert ledger.balance("town").spent == paid
    failed = [str(claim) for claim in verify_bundle(newest_bundle()) if claim.status is Status.FAILED]
    assert failed == []
