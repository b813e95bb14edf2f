"""Leakage: figures of exact answers are differences of shares between measured and held-out people."""

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from asked_exactly import BETA, REAL, answers_to, ask, figure_of, gated_contract, ground

from synth_assets.errors import IntegrityError
from synth_assets.evaluation.metrics.registry import parse
from synth_assets.privacy import HELD_OUT, MEASURED

COPIED = {MEASURED: [column[:2000] for column in ground().fitted_rows], HELD_OUT: REAL[HELD_OUT]}
"""People whose rows stand in the synthetic table, against others."""


def distances(real: dict[str | None, list[np.ndarray]], gate: str) -> dict[str | None, np.ndarray]:
    asked, about = ask(gate), ground()
    return {part: asked.questions[0].query.axes[0].public.distances(rows, about.domain) for part, rows in real.items()}


def test_attribute_inference_is_how_much_more_often_measured_people_are_guessed() -> None:
    about = ground()
    scorer = about.scorer(about.groups("city"))
    cities = {part: rows[about.domain.index("city")] for part, rows in REAL.items()}
    right = {part: scorer.score(rows, about.domain).argmax(axis=1) == cities[part] for part, rows in REAL.items()}
    expected = right[MEASURED].mean() - right[HELD_OUT].mean()
    assert figure_of("attribute_inference.city").value == pytest.approx(expected, abs=1e-6)


def test_membership_is_the_advantage_of_the_rule_that_says_near_is_measured() -> None:
    asked = ask("membership")
    (edge,) = asked.questions[0].query.axes[0].edges
    near = {part: (apart < edge).mean() for part, apart in distances(COPIED, "membership").items()}
    figure = figure_of("membership", asked, real=COPIED)
    assert figure.value == pytest.approx(near[MEASURED] - near[HELD_OUT], abs=1e-6)
    assert near[MEASURED] == 1.0


def test_nearest_is_the_largest_difference_of_shares_within_a_distance() -> None:
    asked = ask("nearest")
    apart = distances(COPIED, "nearest")
    differences = [
        (apart[MEASURED] < edge).mean() - (apart[HELD_OUT] < edge).mean()
        for edge in asked.questions[0].query.axes[0].edges
    ]
    assert figure_of("nearest", asked, real=COPIED).value == pytest.approx(max(differences), abs=1e-6)


@pytest.mark.parametrize("gate", ["attribute_inference.city", "membership", "nearest"])
def test_both_parts_answer_one_question_of_counts(gate: str) -> None:
    asked = ask(gate)
    assert [posed.part for posed in asked.questions] == [MEASURED, HELD_OUT]
    assert asked.questions[0].query is asked.questions[1].query
    query = asked.questions[0].query
    assert query.weights is None
    assert query.noise(unit=gated_contract(max_rows=4).unit(), rho=0.1, delta=0.0).d_in == 4


def test_bounds_cover_who_was_held_out_with_the_rows_that_a_unit_may_have() -> None:
    gate = "attribute_inference.city"
    metric, arguments = parse(gate)
    asked = ask(gate)
    answers = answers_to(asked)
    right = sum(int(answer.values[1]) for answer in answers.values()) / 4500
    for max_rows in (1, 4):
        of_unit = {key: replace(answer, d_in=max_rows) for key, answer in answers.items()}
        figure = metric.figure(arguments, asked.facts, of_unit, beta=BETA)
        expected = sqrt(max_rows * right * (1 - right) * (1 / 3000 + 1 / 1500))
        assert figure.deviation == pytest.approx(expected, rel=0.01)
        assert figure.high - figure.value > 1.6 * expected


@pytest.mark.parametrize("gate", ["attribute_inference.city", "membership", "nearest"])
def test_altered_facts_have_no_answer(gate: str) -> None:
    with pytest.raises(KeyError):
        figure_of(gate, facts={"name": "something else"})
    metric, arguments = parse(gate)
    asked = ask(gate)
    huge = {key: replace(answer, values=np.ones(100_000, dtype=np.int64)) for key, answer in answers_to(asked).items()}
    with pytest.raises(IntegrityError, match="more than"):
        metric.figure(arguments, asked.facts, huge, beta=BETA)


def test_what_a_contract_cannot_ask_is_said() -> None:
    contract = gated_contract()
    inference, membership = parse("attribute_inference")[0], parse("membership")[0]
    assert inference.fault(("city",), contract) is None
    assert "measured column" in str(inference.fault(("country",), contract))
    lonely = contract.model_copy(update={"columns": {"city": contract.columns["city"]}})
    assert inference.fault(("city",), lonely) == "needs another column to guess from"
    assert membership.fault((), contract) is None
    assert membership.fault(("city",), contract) == "takes no argument"
