"""Every plan can be rebuilt from its name and arguments."""

import pytest
from kit.people import make_contract

from synth_assets.errors import UsageError
from synth_assets.strategy.plans import PLANS, plan_of
from synth_assets.strategy.release_plan import ReleasePlan


def test_the_plan_of_a_release_is_rebuilt() -> None:
    plan = ReleasePlan(contract=make_contract())
    assert plan.name in PLANS
    assert plan_of(plan.name, plan.arguments()).fingerprint() == plan.fingerprint()


def test_an_unknown_plan_is_named_with_those_that_exist() -> None:
    with pytest.raises(UsageError, match=rf"'theft' is not known\n  hint: there are: {', '.join(PLANS)}"):
        plan_of("theft", {})
