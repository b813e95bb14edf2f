"""The plan behind a release survives the way to the measuring process, and is paid under its old fingerprint."""

import pytest
from kit.people import make_contract

from synth_assets.errors import UsageError
from synth_assets.strategy.release_plan import ReleasePlan

OPEN = {"type": "categorical", "categories": "discover", "other": "other", "domain_source": "discovered"}


def test_it_costs_and_is_named_as_its_contract_says() -> None:
    contract = make_contract()
    plan = ReleasePlan(contract=contract)
    assert (plan.fingerprint(), plan.loss()) == (contract.fingerprint(), contract.cap().loss())


def test_derived_columns_and_rules_stay_behind_and_change_nothing() -> None:
    contract = make_contract(derived={"old": "age > 10"}, rules={"grown": "age >= 0"})
    again = ReleasePlan.from_arguments(ReleasePlan(contract=contract).arguments())
    assert not again.contract.derived
    assert not again.contract.rules
    assert again.fingerprint() == contract.fingerprint()


def test_the_layout_is_the_newest_unless_another_is_kept() -> None:
    contract = make_contract(columns={"age": {"type": "float", "min": 0, "max": 9, "domain_source": "x"}})
    plan = ReleasePlan(contract=contract, layout=1)
    assert ReleasePlan(contract=contract).fingerprint() == contract.fingerprint() != plan.fingerprint()
    assert ReleasePlan.from_arguments(plan.arguments()).fingerprint() == contract.fingerprint(layout=1)


def test_tables_count_from_one_and_discovery_from_zero() -> None:
    spend = {"epsilon": 1.0, "delta": 1e-6, "threshold_delta": 1e-9}
    discovering = make_contract(privacy={"unit": "rows", "spend": spend}, columns={"job": OPEN})
    assert ReleasePlan(contract=make_contract()).first_draw == 1
    assert ReleasePlan(contract=discovering).first_draw == 0


def test_a_budget_without_a_feasible_threshold_is_rejected_before_charging() -> None:
    spend = {"epsilon": 1e-7, "delta": 1e-6, "threshold_delta": 1e-9}
    with pytest.raises(UsageError):
        ReleasePlan(contract=make_contract(privacy={"unit": "rows", "spend": spend}, columns={"job": OPEN})).check()
    ReleasePlan(contract=make_contract()).check()
