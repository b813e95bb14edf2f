"""A classifier two-sample test whose classifier never saw a real row.

A model is fitted in the public zone to tell synthetic rows from the same rows with each column shuffled by itself, so
what it scores is how columns belong together, as far as the synthetic table shows it. Real rows are then asked where
they fall among synthetic scores. It sees only what the release shows: relations that neither the release nor the
generator has are invisible to it. A test that is trained on real rows would see them, and be a query of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from synth_assets.contract import DatasetContract
from synth_assets.evaluation.estimate.centred import centred
from synth_assets.evaluation.estimate.usefulness import mean_value
from synth_assets.evaluation.figure import Figure
from synth_assets.evaluation.ground import Ground
from synth_assets.evaluation.metric import Answers, Asked, answer_of, ask_once, same_weights
from synth_assets.evaluation.models.fitting import fit_classes
from synth_assets.release.kinds.tallies import TallyQuery
from synth_assets.rowwise.axis import count_rows
from synth_assets.rowwise.score_axis import ScoreAxis

__all__ = ["TWO_SAMPLE"]

_BINS = 200
_CHANCE = 0.5
_CLASSES = ("shuffled", "synthetic")


@dataclass(frozen=True, slots=True)
class TwoSample:
    """Implements ``Metric``: the larger area under the ROC curve of real against synthetic rows, .5 at best."""

    family: ClassVar[str] = "c2st"
    best: ClassVar[float] = _CHANCE
    reads: ClassVar[str] = "closeness"
    about: ClassVar[str] = "area under the ROC curve of a public classifier that is to tell real from synthetic rows"

    def fault(self, arguments: tuple[str, ...], contract: DatasetContract) -> str | None:
        """See ``Metric``."""
        if arguments:
            return "takes no argument"
        return None if len(contract.columns) > 1 else "needs two columns"

    def ask(self, arguments: tuple[str, ...], ground: Ground, parts: tuple[str | None, ...]) -> Asked:
        """See ``Metric``."""
        del arguments
        axis = _scores(ground)
        counts = count_rows([axis], ground.other_rows, ground.domain)
        query = TallyQuery(
            name="places among synthetic scores",
            axes=(axis,),
            weights=_weighed(counts).weights,
            domain=ground.domain,
        )
        return ask_once(parts[0], query, synthetic=counts.tolist())

    def figure(self, arguments: tuple[str, ...], facts: Mapping[str, Any], answers: Answers, *, beta: float) -> Figure:
        """See ``Metric``."""
        del arguments
        answer, weighed = answer_of(answers, facts), _weighed(np.array(facts["synthetic"], dtype=np.int64))
        same_weights(answer, weighed.weights)
        area = mean_value(answer.values, weighed, scale=answer.scale, beta=beta)
        low = max(_CHANCE, area.low, 1 - area.high)
        return replace(area, value=max(area.value, 1 - area.value), low=low, high=max(area.high, 1 - area.low))


def _scores(ground: Ground) -> ScoreAxis:
    """Return the axis of the score that a row is as synthetic rows are."""
    rng = np.random.default_rng(0)
    rows = ground.fitted_rows
    shuffled = [rng.permutation(column) for column in rows]
    codes = [np.concatenate([one, other]) for one, other in zip(shuffled, rows, strict=True)]
    labels = np.repeat([0, 1], len(rows[0]))
    order = rng.permutation(labels.size)
    fitted = fit_classes(
        [column[order] for column in codes],
        domain=ground.domain,
        labels=labels[order],
        classes=_CLASSES,
        called="whether columns belong together",
        model=ground.contract.evaluation.model,
    )
    ground.keep(fitted)
    scores = fitted.score(ground.other_rows, ground.domain)[:, 1]
    edges = np.unique(np.quantile(scores, np.arange(1, _BINS) / _BINS))
    return ScoreAxis(fitted=fitted, of_class=1, edges=tuple(map(float, edges)))


def _weighed(synthetic: Any) -> Any:
    """Return the weights of the share of synthetic scores below a row's own, ties counting a half."""
    shares = synthetic / max(1, synthetic.sum())
    return centred(np.cumsum(shares) - shares / 2, expected=_CHANCE)


TWO_SAMPLE = TwoSample()
