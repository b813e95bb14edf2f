"""A second version is compared with the first in Dagster, at promotion and by an audit, all by the same figures."""

import json

import pytest
from kit.project import Project, command

from synth_assets.audit import Status, verify_bundle
from synth_assets.checks import write_suite
from synth_assets.contract.yaml_file import read_contract
from synth_assets.promotion import read_current

pytestmark = pytest.mark.integration


@pytest.mark.slow
def test_a_second_version_carries_the_figures_of_the_first(
    finished: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    first = read_current(finished.workspace, "people")
    file = finished.definition
    file.write_text(f"{file.read_text()}  checks: {{drift: {{max: 0.1}}, repeated_rows: {{max: 0.99}}}}\n")
    write_suite(read_contract(file), finished.suite)
    command("run", "defs/people", "--seed", "5")
    capsys.readouterr()

    second = read_current(finished.workspace, "people")
    assert first is not None
    assert second is not None
    context = json.loads((second.bundle / "context.json").read_text())
    assert (context["version"]["digest"], context["release"]) == (first.version, None)
    seen = json.loads((second.bundle / "checks" / "drift_version.json").read_text())
    assert seen["observed"]["compared_with"] == first.version
    claims = {claim.name: claim for claim in verify_bundle(second.folder)}
    assert Status.FAILED not in {claim.status for claim in claims.values()}
    assert f"version {first.version[:12]} before, no release before" in claims["compared with"].detail

    command("run", "defs/people", "--seed", "5")  # the same candidate on the same evidence: nothing changes
    again = read_current(finished.workspace, "people")
    assert again is not None
    assert again.version == second.version
