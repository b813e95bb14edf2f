"""Every registered plan keeps the protocol."""

import pytest
from asked_of_people import evaluation_of
from kit.people import make_contract

from synth_assets.strategy.plan import Plan
from synth_assets.strategy.release_plan import ReleasePlan

PLANS = [ReleasePlan(contract=make_contract()), evaluation_of(make_contract())]
WANTED = {name for name in vars(Plan) if not name.startswith("_") and name != "name"}


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_a_plan_has_all_that_reserving_and_measuring_ask(plan: Plan) -> None:
    assert plan.name
    paying = {"fingerprint", "loss", "part", "refresh", "within"}
    assert paying | {"contract", "first_draw", "check", "arguments", "run"} == WANTED
    assert all(hasattr(plan, name) for name in WANTED)
