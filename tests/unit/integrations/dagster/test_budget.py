"""The check of the budget says what is left now, in a run and without one."""

import dagster as dg
import pytest
from kit.project import Project

from synth_assets.integrations.dagster.budget import BUDGET_CHECK, budget_check, budget_evaluation
from synth_assets.integrations.dagster.dataset import translated
from synth_assets.integrations.dagster.resources import PrivacyLedgerResource
from synth_assets.privacy import Cap

pytestmark = pytest.mark.integration


def test_it_fails_as_soon_as_another_release_does_not_fit(project: Project) -> None:
    dataset = translated(project.contract, project.workspace)
    before = budget_evaluation(dataset, project.ledger)
    project.ledger.set_cap("town", Cap(epsilon=1.5, delta=1e-5, threshold_delta=1e-6), by="officer")
    after = budget_evaluation(dataset, project.ledger)

    assert (before.passed, after.passed) == (True, False)
    assert after.metadata["observed"] == before.metadata["observed"]
    assert after.metadata["observed"].value > after.metadata["limit"].value  # type: ignore[operator]
    assert f"room for epsilon {after.metadata['limit'].value:.4g} more" in str(after.description)


def test_a_run_and_an_event_say_the_same(project: Project) -> None:
    dataset = translated(project.contract, project.workspace)
    check = budget_check(dataset)
    result = check(dg.build_asset_check_context(), PrivacyLedgerResource())
    event = budget_evaluation(dataset, project.ledger)

    assert isinstance(result, dg.AssetCheckResult)
    assert [spec.name for spec in check.check_specs] == [event.check_name] == [BUDGET_CHECK]
    assert (result.passed, result.metadata) == (event.passed, event.metadata)
