"""Questions about the made-up people for an evaluation: counts, weighted sums and distances."""

from typing import Any

import numpy as np

from synth_assets.contract import DatasetContract
from synth_assets.privacy import PrivacyLoss
from synth_assets.release.kinds.tallies import TallyQuery
from synth_assets.release.kinds.workloads import WorkloadQuery
from synth_assets.rowwise.axis import CodeAxis
from synth_assets.strategy.evaluation_plan import EvaluationPlan, Question

__all__ = ["AGE", "CITY", "GRIDS", "MEMBER", "evaluation_of", "questions_of"]

AGE = CodeAxis(column="age", places_of=(*[0] * 10, *[1] * 10, 2), labels=("young", "old", "unknown"))
CITY = CodeAxis(column="city", places_of=(0, 1, 2), labels=("north", "south", "east"))
MEMBER = CodeAxis(column="member", places_of=(0, 1), labels=("no", "yes"))
GRIDS = {"age": np.arange(21) // 7, "city": np.arange(3), "member": np.arange(2)}
PAIRS = (("age", "city"), ("age", "member"))


def questions_of(contract: DatasetContract) -> tuple[Question, ...]:
    """Return a table of counts, a workload of two pairs together and each, and a gap between members and others."""
    domain = contract.domain()
    expected = {("age", "city"): np.full((3, 3), 60), ("age", "member"): np.full((3, 2), 100)}
    gap = np.array([[1, 0], [-1, 0], [0, 0], [0, 3], [0, -3], [0, 0]])
    return (
        (TallyQuery(name="ages by city", axes=(AGE, CITY), weights=None, domain=domain), 2),
        (
            WorkloadQuery(
                name="pairs", groups=(PAIRS, *((p,) for p in PAIRS)), expected=expected, domain=domain, grids=GRIDS
            ),
            3,
        ),
        (TallyQuery(name="gap", axes=(MEMBER, AGE), weights=gap, domain=domain), 5),
    )


def evaluation_of(contract: DatasetContract, **changes: Any) -> EvaluationPlan:
    """Return an evaluation of a candidate that does not matter, for a tenth of what a release costs.

    The contract leaves half of its loss for evaluations.
    """
    privacy = contract.privacy.model_copy(update={"evaluation_share": 0.5})
    contract = contract.model_copy(update={"privacy": privacy})
    facts: dict[str, Any] = {
        "part": None,
        "release": "1" * 64,
        "candidate": "2" * 64,
        "charge": PrivacyLoss(nano_rho=contract.cap().loss().nano_rho // 10),
        **changes,
    }
    return EvaluationPlan(contract=contract, questions=facts.pop("questions", None) or questions_of(contract), **facts)
