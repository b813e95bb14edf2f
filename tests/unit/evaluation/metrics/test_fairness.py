"""Fairness: a figure of exact answers is the largest difference of rates between groups, as fairlearn defines it."""

import numpy as np
import pytest
from asked_exactly import BETA, REAL, answers_to, ask, figure_of, gated_contract, ground

from synth_assets.errors import IntegrityError
from synth_assets.evaluation.metrics.registry import parse
from synth_assets.privacy import HELD_OUT
from synth_assets.release.kinds.tallies import NoisyTally

ROWS = REAL[HELD_OUT]


def rates(label: int | None) -> list[float]:
    """Return the share of people of each city, of one label or of both, for whom the model says yes."""
    about = ground()
    labels = about.label.places(ROWS, about.domain)
    chosen = about.scorer(about.label).score(ROWS, about.domain)[:, 1] >= 0.5
    cities = ROWS[about.domain.index("city")]
    inside = np.ones(labels.size, dtype=bool) if label is None else labels == label
    return [float(chosen[inside & (cities == city)].mean()) for city in range(3)]


def test_each_measure_is_the_largest_rate_minus_the_smallest() -> None:
    parity, chance, others = (np.ptp(rates(label)) for label in (None, 1, 0))
    assert figure_of("fairness.city.demographic_parity").value == pytest.approx(parity, abs=1e-6)
    assert figure_of("fairness.city.equal_opportunity").value == pytest.approx(chance, abs=1e-6)
    assert figure_of("fairness.city.equalized_odds").value == pytest.approx(max(chance, others), abs=1e-6)
    assert parity > 0.05


def test_all_measures_of_the_same_groups_are_one_question_of_counts() -> None:
    asked = [ask(f"fairness.city.{measure}") for measure in ("demographic_parity", "equalized_odds")]
    descriptors = [posed.query.descriptor() for one in asked for posed in one.questions]
    assert descriptors[0] == descriptors[1]
    (posed,) = asked[0].questions
    assert (posed.part, posed.query.weights, posed.query.shape()) == (HELD_OUT, None, (3, 2, 2))
    assert posed.query.noise(unit=gated_contract(max_rows=3).unit(), rho=0.1, delta=0.0).d_in == 3


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("city", "equalized_odds"), None),
        (("city",), "is written"),
        (("city", "kindness"), "with one of demographic_parity"),
        (("country", "equalized_odds"), "not a measured column"),
        (("member", "equalized_odds"), "about the target itself"),
    ],
)
def test_what_a_contract_cannot_ask_is_said(arguments: tuple[str, ...], fault: str | None) -> None:
    metric, _ = parse("fairness.city.equalized_odds")
    message = metric.fault(arguments, gated_contract())
    assert message is None if fault is None else fault in str(message)
    untargeted = gated_contract().model_copy(update={"target": None})
    assert metric.fault(("city", "equalized_odds"), untargeted) == "needs a `target` to predict"


def test_more_groups_than_can_be_asked_for_are_not_compared() -> None:
    metric, arguments = parse("fairness.city.equalized_odds")
    asked = ask("fairness.city.equalized_odds")
    ((key, answer),) = answers_to(asked).items()
    many = NoisyTally(
        descriptor=answer.descriptor, values=np.ones((500, 2, 2), dtype=np.int64), scale=1.0, d_in=1, rho=1.0, draw=1
    )
    with pytest.raises(IntegrityError, match="more than 48 numbers"):
        metric.figure(arguments, asked.facts, {key: many}, beta=BETA)
