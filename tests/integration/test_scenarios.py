"""Scenarios of a contract, through Dagster: assets with checks of their own, one version with the table, one audit."""

from dataclasses import replace

import dagster as dg
import pyarrow.parquet as pq
import pytest
from kit.people import SCENARIOS, varied_contract
from kit.project import Project

from synth_assets.audit import Status, verify_bundle
from synth_assets.checks import write_suite
from synth_assets.contract.scenarios import Scenario
from synth_assets.errors import CheckRefused
from synth_assets.integrations.dagster.keys import Keys
from synth_assets.integrations.dagster.launch import run_chain
from synth_assets.integrations.dagster.newest import results_on_newest
from synth_assets.promotion import read_current
from synth_assets.workspace import Workspace

pytestmark = pytest.mark.integration


@pytest.fixture
def unspent(project: Project) -> Project:
    """A project whose contract has two scenarios; nothing is spent."""
    again = replace(project, contract=varied_contract())
    write_suite(again.contract, again.suite)
    return again


@pytest.mark.slow
def test_scenarios_are_assets_of_their_own_and_one_version_with_the_table(
    unspent: Project, instance: dg.DagsterInstance
) -> None:
    contract, workspace = unspent.contract, Workspace.current()
    run_chain(contract, workspace=workspace, instance=instance)

    promotion = read_current(workspace, contract.name)
    assert promotion is not None
    old_north, even = (pq.read_table(list(promotion.scenarios[name])) for name in SCENARIOS)
    assert (old_north.num_rows, unspent.charges) == (300, 1)
    assert set(old_north["city"].to_pylist()) == {"north"}
    assert min(old_north["age"].to_pylist()) >= 15
    assert even["city"].to_pylist().count("east") == pytest.approx(200, abs=50)

    (verdict,) = results_on_newest(instance, Keys(contract.name), ["shares"], scenario="even")
    assert (verdict.passed, verdict.candidate != promotion.candidate) == (True, True)
    statuses = {claim.name: claim.status for claim in verify_bundle(promotion.folder, reproduce=True)}
    assert statuses["scenarios"] is statuses["sampled scenarios"] is Status.VERIFIED
    assert Status.FAILED not in statuses.values()

    # Outside the north rows of people who are not members are drawn again, which moves the shares.
    shares = {"city": {"north": 1, "south": 1, "east": 1}}
    skewed = {"where": "city = 'north' OR member", "shares": shares, "rows": 20_000}
    other = contract.model_copy(update={"scenarios": {"skewed": Scenario.model_validate(skewed)}})
    with pytest.raises(CheckRefused, match="scenario skewed: shares"):
        run_chain(other, workspace=workspace, instance=instance)
    assert read_current(workspace, contract.name) == promotion
    assert unspent.charges == 1
