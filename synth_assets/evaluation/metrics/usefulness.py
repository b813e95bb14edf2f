"""Usefulness: how good a model that saw synthetic rows alone is on real ones ("train on synthetic, test on real").

Each figure is one weighted tally. Its weights follow from counts of synthetic scores, which are its
facts, and are compared with those of the answer, so that a figure cannot be made with other weights
than those that were paid for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from synth_assets.contract import DatasetContract
from synth_assets.errors import IntegrityError
from synth_assets.evaluation.estimate.ranking import area, make_ranking
from synth_assets.evaluation.estimate.usefulness import calibration_error, make_brier, mean_value, share_right
from synth_assets.evaluation.figure import Figure
from synth_assets.evaluation.ground import Ground
from synth_assets.evaluation.metric import Answers, Asked, answer_of, ask_once, same_weights
from synth_assets.release.kinds.tallies import TallyQuery
from synth_assets.rowwise.axis import count_rows
from synth_assets.rowwise.score_axis import ScoreAxis

__all__ = ["ACCURACY", "AREA", "BRIER", "CALIBRATION", "scores_axis"]

_BINS = 500
_CALIBRATION_BINS = 10
Whole = NDArray[np.int64]
Facts = Mapping[str, Any]


def scores_axis(ground: Ground, edges: tuple[float, ...]) -> ScoreAxis:
    """Return the axis of the score that a row's label is true."""
    return ScoreAxis(fitted=ground.scorer(ground.label), of_class=1, edges=edges)


def _counted(ground: Ground, edges: tuple[float, ...]) -> Whole:
    """Count synthetic rows that the model was not fitted to, by label and bin, each cell at least once."""
    axis = scores_axis(ground, edges)
    return np.maximum(count_rows([ground.label, axis], ground.other_rows, ground.domain), 1)


def _quantiles(ground: Ground, bins: int) -> tuple[float, ...]:
    """Return edges that divide the synthetic scores about equally."""
    scores = ground.scorer(ground.label).score(ground.other_rows, ground.domain)[:, 1]
    inner = np.quantile(scores, np.arange(1, bins) / bins)
    return tuple(float(edge) for edge in np.unique(inner))


class _Utility:
    """What the figures of a model's scores share."""

    best: ClassVar[float] = 1.0
    reads: ClassVar[str] = "utility"

    def fault(self, arguments: tuple[str, ...], contract: DatasetContract) -> str | None:
        """See ``Metric``."""
        if arguments:
            return "takes no argument"
        return None if contract.target is not None else "needs a `target` to predict"


@dataclass(frozen=True, slots=True)
class Area(_Utility):
    """Implements ``Metric``: the area under the ROC curve."""

    family: ClassVar[str] = "tstr_auc"
    about: ClassVar[str] = "area under the ROC curve, on real people, of a model of synthetic rows"

    def ask(self, arguments: tuple[str, ...], ground: Ground, parts: tuple[str | None, ...]) -> Asked:
        """See ``Metric``."""
        del arguments
        edges = _quantiles(ground, _BINS)
        counts = _counted(ground, edges)
        weights = make_ranking(counts).weights
        query = TallyQuery(
            name="ranking by score",
            axes=(ground.label, scores_axis(ground, edges)),
            weights=weights.reshape(counts.size, -1),
            domain=ground.domain,
        )
        return ask_once(parts[0], query, synthetic=counts.tolist())

    def figure(self, arguments: tuple[str, ...], facts: Facts, answers: Answers, *, beta: float) -> Figure:
        """See ``Metric``."""
        del arguments
        answer, counts = answer_of(answers, facts), np.array(facts["synthetic"], dtype=np.int64)
        if counts.size > 2 * _BINS:
            raise IntegrityError(f"a ranking has more than {_BINS} bins", hint="it was altered")
        ranking = make_ranking(counts)
        same_weights(answer, ranking.weights.reshape(counts.size, -1))
        return area(answer.values, ranking, scale=answer.scale, beta=beta)


@dataclass(frozen=True, slots=True)
class Accuracy(_Utility):
    """Implements ``Metric``: the share of rows whose label is what the threshold says."""

    family: ClassVar[str] = "tstr_accuracy"
    about: ClassVar[str] = "share of real people whom a model of synthetic rows gets right"

    def ask(self, arguments: tuple[str, ...], ground: Ground, parts: tuple[str | None, ...]) -> Asked:
        """See ``Metric``."""
        del arguments
        query = TallyQuery(
            name="right at the threshold",
            axes=(ground.label, scores_axis(ground, (ground.contract.evaluation.threshold,))),
            weights=_RIGHT,
            domain=ground.domain,
        )
        return ask_once(parts[0], query)

    def figure(self, arguments: tuple[str, ...], facts: Facts, answers: Answers, *, beta: float) -> Figure:
        """See ``Metric``."""
        del arguments
        answer = answer_of(answers, facts)
        same_weights(answer, _RIGHT)
        return share_right(answer.values, scale=answer.scale, beta=beta)


@dataclass(frozen=True, slots=True)
class Brier(_Utility):
    """Implements ``Metric``: the mean squared distance between score and label."""

    family: ClassVar[str] = "tstr_brier"
    best: ClassVar[float] = 0.0
    about: ClassVar[str] = "mean squared distance of score and label, on real people, of a model of synthetic rows"

    def ask(self, arguments: tuple[str, ...], ground: Ground, parts: tuple[str | None, ...]) -> Asked:
        """See ``Metric``."""
        del arguments
        edges = _quantiles(ground, _BINS)
        counts, scores = _counted(ground, edges), _middles(ground, edges)
        losses = np.stack([scores**2, (1 - scores) ** 2])
        expected = float((counts * losses).sum() / counts.sum())
        query = TallyQuery(
            name="squared distances",
            axes=(ground.label, scores_axis(ground, edges)),
            weights=make_brier(scores, expected=expected).weights,
            domain=ground.domain,
        )
        return ask_once(parts[0], query, scores=scores.tolist(), expected=expected)

    def figure(self, arguments: tuple[str, ...], facts: Facts, answers: Answers, *, beta: float) -> Figure:
        """See ``Metric``."""
        del arguments
        answer = answer_of(answers, facts)
        brier = make_brier(facts["scores"], expected=float(facts["expected"]))
        same_weights(answer, brier.weights)
        return mean_value(answer.values, brier, scale=answer.scale, beta=beta)


@dataclass(frozen=True, slots=True)
class Calibration(_Utility):
    """Implements ``Metric``: the expected calibration error over public bins."""

    family: ClassVar[str] = "tstr_calibration"
    best: ClassVar[float] = 0.0
    about: ClassVar[str] = "mean gap of score and frequency, on real people, of a model of synthetic rows"

    def ask(self, arguments: tuple[str, ...], ground: Ground, parts: tuple[str | None, ...]) -> Asked:
        """See ``Metric``."""
        del arguments
        edges = _quantiles(ground, _CALIBRATION_BINS)
        query = TallyQuery(
            name="labels by score", axes=(ground.label, scores_axis(ground, edges)), weights=None, domain=ground.domain
        )
        return ask_once(parts[0], query, scores=_middles(ground, edges).tolist())

    def figure(self, arguments: tuple[str, ...], facts: Facts, answers: Answers, *, beta: float) -> Figure:
        """See ``Metric``."""
        del arguments
        answer = answer_of(answers, facts)
        return calibration_error(answer.values, facts["scores"], scale=answer.scale, beta=beta)


def _middles(ground: Ground, edges: tuple[float, ...]) -> NDArray[np.float64]:
    """Return the mean synthetic score of each bin; of an empty one its middle."""
    axis = scores_axis(ground, edges)
    scores = axis.fitted.score(ground.other_rows, ground.domain)[:, axis.of_class]
    places = axis.places(ground.other_rows, ground.domain)
    counts, sums = (np.bincount(places, weights=weights, minlength=axis.size) for weights in (None, scores))
    ends = np.array([0.0, *edges, 1.0])
    middle = (ends[1:] + ends[:-1]) / 2
    means = np.divide(sums, counts, out=middle, where=counts > 0)
    return np.asarray(np.clip(np.round(means, 6), 0.0, 1.0))


_RIGHT: Whole = np.array([[0, 1], [1, 0], [1, 0], [0, 1]], dtype=np.int64)
"""Wrong and right by label (0, 1) and decision (0, 1)."""
AREA, ACCURACY, BRIER, CALIBRATION = Area(), Accuracy(), Brier(), Calibration()
