"""Leakage: what is different for people whom the release measured, beside people whom nothing measured.

Each figure is a difference between two shares, of measured and of held-out people, so it needs a split account.
Whatever is true of everybody alike, such as that a model guesses well, is not a leak and cancels out. The bounds cover
the noise and the chance of who was held out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from synth_assets.contract import DatasetContract
from synth_assets.evaluation.estimate.leakage import nearer, share_difference
from synth_assets.evaluation.figure import Figure
from synth_assets.evaluation.ground import MOST_COMPARED, Ground
from synth_assets.evaluation.metric import Answers, Asked, Posed, answer_in
from synth_assets.privacy import HELD_OUT, MEASURED
from synth_assets.release.kinds.tallies import TallyQuery
from synth_assets.rowwise.axis import Axis
from synth_assets.rowwise.guess_axis import GuessAxis
from synth_assets.rowwise.nearest import PublicRows
from synth_assets.rowwise.nearest_axis import NearestAxis

__all__ = ["ATTRIBUTE_INFERENCE", "MEMBERSHIP", "NEAREST"]

_BINS = 10
_MOST = 64
Facts = Mapping[str, Any]


def _of_both(axis: Axis, ground: Ground, *, name: str) -> Asked:
    """Ask the same of measured and of held-out people."""
    query = TallyQuery(name=name, axes=(axis,), weights=None, domain=ground.domain)
    posed = tuple(Posed(part=part, query=query) for part in (MEASURED, HELD_OUT))
    return Asked(questions=posed, facts={"name": name})


def _pair(facts: Facts, answers: Answers) -> dict[str, Any]:
    """Return both histograms with their noise, as the estimates take them.

    A count's stability bound is the number of rows that one unit may have, and an audit holds it against the contract.
    """
    measured, held_out = (answer_in(answers, part, facts, most=_MOST) for part in (MEASURED, HELD_OUT))
    return {
        "measured": measured.values,
        "held_out": held_out.values,
        "measured_scale": measured.scale,
        "held_out_scale": held_out.scale,
        "max_rows": max(measured.d_in, held_out.d_in),
    }


@dataclass(frozen=True, slots=True)
class AttributeInference:
    """Implements ``Metric``: ``attribute_inference.COLUMN``, how much better a secret is guessed of measured people."""

    family: ClassVar[str] = "attribute_inference"
    best: ClassVar[float] = 0.0
    reads: ClassVar[str] = "leakage"
    about: ClassVar[str] = "how much more often a value of measured people is guessed than of held-out ones"

    def fault(self, arguments: tuple[str, ...], contract: DatasetContract) -> str | None:
        """See ``Metric``."""
        if len(arguments) != 1 or arguments[0] not in contract.columns:
            return "is written `attribute_inference.COLUMN`, with a measured column"
        return None if len(contract.columns) > 1 else "needs another column to guess from"

    def ask(self, arguments: tuple[str, ...], ground: Ground, parts: tuple[str | None, ...]) -> Asked:
        """See ``Metric``."""
        del parts
        secret = ground.groups(arguments[0])
        axis = GuessAxis(fitted=ground.scorer(secret), target=secret)
        return _of_both(axis, ground, name=f"guesses of {arguments[0]}")

    def figure(self, arguments: tuple[str, ...], facts: Facts, answers: Answers, *, beta: float) -> Figure:
        """See ``Metric``."""
        del arguments
        return share_difference(**_pair(facts, answers), beta=beta)


class _Distances:
    """What figures of distances share."""

    best: ClassVar[float] = 0.0
    reads: ClassVar[str] = "leakage"

    def fault(self, arguments: tuple[str, ...], contract: DatasetContract) -> str | None:
        """See ``Metric``."""
        del contract
        return "takes no argument" if arguments else None


def _distances(ground: Ground, shares: list[float]) -> NearestAxis:
    """Return the axis of the distance to half of the synthetic rows, with edges at quantiles of the other half's."""
    fitted = [column[:MOST_COMPARED] for column in ground.fitted_rows]
    points = ground.keep(PublicRows.of(fitted, domain=ground.domain))
    edges = np.unique(np.quantile(points.distances(ground.few_rows, ground.domain), shares))
    # A distance on an edge is in the bin above: half a step further, people as near as the edge are below it.
    step = 0.5 / (points.full * len(points.columns))
    return NearestAxis(public=points, edges=tuple(float(edge) + step for edge in edges))


@dataclass(frozen=True, slots=True)
class Membership(_Distances):
    """Implements ``Metric``: the advantage of a fixed rule that says who was measured."""

    family: ClassVar[str] = "membership"
    about: ClassVar[str] = "how much more often people near to a synthetic row are measured ones"

    def ask(self, arguments: tuple[str, ...], ground: Ground, parts: tuple[str | None, ...]) -> Asked:
        """See ``Metric``."""
        del arguments, parts
        return _of_both(_distances(ground, [0.25]), ground, name="people near to a synthetic row")

    def figure(self, arguments: tuple[str, ...], facts: Facts, answers: Answers, *, beta: float) -> Figure:
        """See ``Metric``."""
        del arguments
        pair = _pair(facts, answers)
        far_and_near = {part: pair[part][::-1] for part in (MEASURED, HELD_OUT)}
        return share_difference(**{**pair, **far_and_near}, beta=beta)


@dataclass(frozen=True, slots=True)
class Nearest(_Distances):
    """Implements ``Metric``: how much nearer to synthetic rows measured people are, where it shows most."""

    family: ClassVar[str] = "nearest"
    about: ClassVar[str] = "how many more measured than held-out people are within a distance of a synthetic row"

    def ask(self, arguments: tuple[str, ...], ground: Ground, parts: tuple[str | None, ...]) -> Asked:
        """See ``Metric``."""
        del arguments, parts
        shares = [step / _BINS for step in range(1, _BINS)]
        return _of_both(_distances(ground, shares), ground, name="distances to synthetic rows")

    def figure(self, arguments: tuple[str, ...], facts: Facts, answers: Answers, *, beta: float) -> Figure:
        """See ``Metric``."""
        del arguments
        return nearer(**_pair(facts, answers), beta=beta)


ATTRIBUTE_INFERENCE, MEMBERSHIP, NEAREST = AttributeInference(), Membership(), Nearest()
