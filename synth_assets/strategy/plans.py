"""The registry of plans, by which the measuring process builds the plan that was reserved."""

from collections.abc import Callable, Mapping
from typing import Any

from synth_assets.errors import UsageError
from synth_assets.strategy.evaluation_plan import EvaluationPlan
from synth_assets.strategy.plan import Plan
from synth_assets.strategy.release_plan import ReleasePlan

__all__ = ["PLANS", "plan_of"]

PLANS: dict[str, Callable[[Mapping[str, Any]], Plan]] = {
    ReleasePlan.name: ReleasePlan.from_arguments,
    EvaluationPlan.name: EvaluationPlan.from_arguments,
}


def plan_of(name: str, arguments: Mapping[str, Any]) -> Plan:
    """Return the plan of a name from its arguments.

    Raises:
        UsageError: there is no such plan.
    """
    if name not in PLANS:
        raise UsageError(f"plan {name!r} is not known", hint=f"there are: {', '.join(PLANS)}")
    return PLANS[name](arguments)
