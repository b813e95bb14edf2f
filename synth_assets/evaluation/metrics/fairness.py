"""Fairness by declared groups: what a model that saw synthetic rows decides about real people of each group."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from synth_assets.contract import DatasetContract
from synth_assets.evaluation.estimate.fairness import (
    demographic_parity_difference,
    equal_opportunity_difference,
    equalized_odds_difference,
)
from synth_assets.evaluation.figure import Figure
from synth_assets.evaluation.ground import MOST_GROUPS, Ground
from synth_assets.evaluation.metric import Answers, Asked, answer_of, ask_once
from synth_assets.evaluation.metrics.usefulness import scores_axis
from synth_assets.release.kinds.tallies import TallyQuery

__all__ = ["FAIRNESS"]

_MEASURES = {
    "demographic_parity": demographic_parity_difference,
    "equal_opportunity": equal_opportunity_difference,
    "equalized_odds": equalized_odds_difference,
}
_ARGUMENTS = 2


@dataclass(frozen=True, slots=True)
class Fairness:
    """Implements ``Metric``: ``fairness.GROUP.MEASURE``, as fairlearn defines the measures."""

    family: ClassVar[str] = "fairness"
    best: ClassVar[float] = 0.0
    reads: ClassVar[str] = "utility"
    about: ClassVar[str] = "largest difference between groups of real people in what the model decides"

    def fault(self, arguments: tuple[str, ...], contract: DatasetContract) -> str | None:
        """See ``Metric``."""
        if len(arguments) != _ARGUMENTS or arguments[1] not in _MEASURES:
            return f"is written `fairness.COLUMN.MEASURE`, with one of {', '.join(_MEASURES)}"
        if arguments[0] not in contract.columns:
            return f"is about {arguments[0]!r}, which is not a measured column"
        if contract.target is None:
            return "needs a `target` to predict"
        return "is about the target itself" if arguments[0] == contract.target else None

    def ask(self, arguments: tuple[str, ...], ground: Ground, parts: tuple[str | None, ...]) -> Asked:
        """See ``Metric``."""
        group = ground.groups(arguments[0])
        query = TallyQuery(
            name=f"decisions by {arguments[0]}",
            axes=(group, ground.label, scores_axis(ground, (ground.contract.evaluation.threshold,))),
            weights=None,
            domain=ground.domain,
        )
        return ask_once(parts[0], query, groups=list(group.labels))

    def figure(self, arguments: tuple[str, ...], facts: Mapping[str, Any], answers: Answers, *, beta: float) -> Figure:
        """See ``Metric``."""
        answer = answer_of(answers, facts, most=4 * MOST_GROUPS)
        return _MEASURES[arguments[1]](answer.values, scale=answer.scale, beta=beta)


FAIRNESS = Fairness()
