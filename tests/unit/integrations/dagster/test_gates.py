"""Gates are asset checks that block; the ledger's pool lets one of them ask at a time, and refusals are in the log."""

import logging
from dataclasses import replace
from typing import Any

import dagster as dg
import pytest
from asked_exactly import gated_contract

from synth_assets.checks.entry import generated
from synth_assets.checks.policy import CheckResult
from synth_assets.checks.suite import suite_of
from synth_assets.errors import BudgetRefused
from synth_assets.integrations.dagster.dataset import translated
from synth_assets.integrations.dagster.gates import POOL_LEDGER, check_result, check_specs, gate_checks, said, who
from synth_assets.integrations.dagster.keys import Keys, asset_key
from synth_assets.workspace import Workspace

CONTRACT = gated_contract(gates={"tstr_auc": {"min": 0.7}, "membership": {"max": 0.2}})
RESULT = CheckResult(
    name="gate_tstr_auc",
    severity="critical",
    kind="MEASURED",
    expectation="expect_measured_figure_to_keep_limit",
    kwargs={},
    candidate="a" * 64,
    passed=False,
    observed={"value": 0.6, "low": 0.5},
    description="tstr_auc is 0.6",
)
KEYS = Keys("people")
ENTRIES = [entry for entry in suite_of(CONTRACT) if entry.kind == "MEASURED"]


def test_each_gate_is_one_blocking_check_of_the_candidate() -> None:
    specs = check_specs(translated(CONTRACT, Workspace.current()), ENTRIES)
    assert [(spec.name, spec.blocking) for spec in specs] == [("gate_tstr_auc", True), ("gate_membership", True)]
    assert {spec.asset_key for spec in specs} == {asset_key("people", "candidate")}
    odd = generated("x", type_="y", kwargs={}, description="z", kind="MEASURED")
    assert not check_specs(translated(CONTRACT, Workspace.current()), [replace(odd, severity="warning")])[0].blocking


@pytest.mark.parametrize(
    ("severity", "shown"), [("critical", dg.AssetCheckSeverity.ERROR), ("warning", dg.AssetCheckSeverity.WARN)]
)
def test_a_result_is_recorded_with_what_was_observed(severity: Any, shown: dg.AssetCheckSeverity) -> None:
    recorded = check_result(KEYS, replace(RESULT, severity=severity))
    assert (recorded.passed, recorded.severity, recorded.description) == (False, shown, "tstr_auc is 0.6")
    assert recorded.asset_key == asset_key("people", "candidate")
    assert {"value", "low", "result"} <= set(recorded.metadata)
    assert "page" not in recorded.metadata
    assert "page" in check_result(KEYS, RESULT, page=dg.MetadataValue.path("page.html")).metadata


def test_all_gates_are_asked_in_one_step_of_the_ledgers_pool() -> None:
    definition = gate_checks(translated(CONTRACT, Workspace.current()), ENTRIES)
    assert {spec.name for spec in definition.check_specs} == {"gate_tstr_auc", "gate_membership"}
    assert definition.node_def.name == "people_gates"
    assert definition.op.pool == POOL_LEDGER
    assert definition.can_subset
    assert "ledger" in definition.required_resource_keys


def test_a_refusal_is_written_to_the_log_and_other_errors_are_not(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("test_gates")
    with pytest.raises(BudgetRefused), said(log):
        raise BudgetRefused("the account is empty", hint="ask the officer")
    assert "ask the officer" in caplog.text
    caplog.clear()
    with pytest.raises(ValueError, match="private"), said(log):
        raise ValueError("private")
    assert caplog.text == ""


def test_who_started_a_run_is_its_tag_or_dagster() -> None:
    class Run:
        def __init__(self, **tags: str) -> None:
            self.tags = tags

    assert who(Run(user="ada")) == "ada"
    assert who(Run()) == who(Run(user="")) == "dagster"
