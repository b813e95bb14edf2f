"""Usefulness: figures of exact answers are what scikit-learn says of the same rows and scores."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from asked_exactly import BETA, REAL, answers_to, ask, figure_of, gated_contract, ground
from sklearn.metrics import accuracy_score, brier_score_loss, roc_auc_score

from synth_assets.errors import IntegrityError
from synth_assets.evaluation.estimate.centred import UNIT
from synth_assets.evaluation.estimate.planning import largest_norm
from synth_assets.evaluation.metrics.registry import parse
from synth_assets.privacy import HELD_OUT

GATES = ("tstr_auc", "tstr_accuracy", "tstr_brier", "tstr_calibration")
ROWS = REAL[HELD_OUT]


def labels_and_scores() -> tuple[np.ndarray, np.ndarray]:
    """Return the real label and the model's score of each held-out person."""
    about = ground()
    return about.label.places(ROWS, about.domain), about.scorer(about.label).score(ROWS, about.domain)[:, 1]


def binned_scores(gate: str) -> np.ndarray:
    """Return for each held-out person the public score of the bin that the person is in."""
    asked, about = ask(gate), ground()
    (posed,) = asked.questions
    return np.array(asked.facts["scores"])[posed.query.axes[1].places(ROWS, about.domain)]


def test_the_area_is_scikit_learns_up_to_pairs_inside_of_one_bin() -> None:
    labels, scores = labels_and_scores()
    figure = figure_of("tstr_auc")
    assert figure.value == pytest.approx(roc_auc_score(labels, scores), abs=0.003)
    assert figure.low <= figure.value <= figure.high < figure.low + 0.001


def test_the_accuracy_is_scikit_learns() -> None:
    labels, scores = labels_and_scores()
    figure = figure_of("tstr_accuracy")
    assert figure.value == pytest.approx(accuracy_score(labels, scores >= 0.5), abs=1e-6)


def test_the_brier_score_is_scikit_learns_of_binned_scores() -> None:
    labels, scores = labels_and_scores()
    value = figure_of("tstr_brier").value
    assert value == pytest.approx(brier_score_loss(labels, binned_scores("tstr_brier")), abs=1e-4)
    assert value == pytest.approx(brier_score_loss(labels, scores), abs=1e-3)


def test_the_calibration_error_is_the_mean_gap_of_its_bins() -> None:
    labels, _ = labels_and_scores()
    scores = binned_scores("tstr_calibration")
    gaps = [abs((scores - labels)[scores == score].sum()) for score in np.unique(scores)]
    assert figure_of("tstr_calibration").value == pytest.approx(sum(gaps) / labels.size, abs=1e-6)


@pytest.mark.parametrize(
    ("gate", "norm"), [("tstr_auc", UNIT), ("tstr_accuracy", 1), ("tstr_brier", UNIT), ("tstr_calibration", None)]
)
def test_no_row_adds_more_than_the_norm_that_is_paid_for(gate: str, norm: int | None) -> None:
    (posed,) = ask(gate).questions
    if norm is None:
        assert posed.query.weights is None
        return
    assert norm - 2 < largest_norm(posed.query.weights) <= norm
    assert posed.query.noise(unit=gated_contract().unit(), rho=0.5, delta=0.0).d_in <= norm


def test_a_ranking_of_500_bins_fits_a_release() -> None:
    (posed,) = ask("tstr_auc").questions
    assert posed.query.axes[1].size > 50
    bins = np.ones((2, 500))
    from synth_assets.evaluation.estimate.ranking import make_ranking

    assert make_ranking(bins).weights.size < 2**18


@pytest.mark.parametrize(
    ("gate", "change"),
    [
        ("tstr_auc", lambda facts: facts.update(synthetic=[row[::-1] for row in facts["synthetic"]])),
        ("tstr_auc", lambda facts: facts.update(synthetic=[row[1:] for row in facts["synthetic"]])),
        ("tstr_auc", lambda facts: facts.update(synthetic=[[1] * 2000, [1] * 2000])),
        ("tstr_brier", lambda facts: facts.update(scores=[score / 2 for score in facts["scores"]])),
        ("tstr_brier", lambda facts: facts.update(expected=0.0)),
    ],
)
def test_facts_that_make_other_weights_do_not_belong_to_the_answer(
    gate: str, change: Callable[[dict[str, Any]], None]
) -> None:
    facts = dict(ask(gate).facts)
    change(facts)
    with pytest.raises(IntegrityError):
        figure_of(gate, facts=facts)


def test_an_answer_to_another_question_does_not_count_as_accuracy() -> None:
    asked = ask("tstr_brier")
    metric, _ = parse("tstr_accuracy")
    with pytest.raises(IntegrityError, match="facts do not belong"):
        metric.figure((), asked.facts, answers_to(asked), beta=BETA)


@pytest.mark.parametrize("gate", GATES)
def test_an_answer_of_another_part_is_not_there(gate: str) -> None:
    with pytest.raises(KeyError):
        figure_of(gate, facts={**ask(gate).facts, "part": "measured"})


@pytest.mark.parametrize("gate", GATES)
def test_what_needs_a_target_says_so(gate: str) -> None:
    metric, _ = parse(gate)
    contract = gated_contract()
    assert metric.fault((), contract) is None
    assert "no argument" in str(metric.fault(("age",), contract))
    assert "`target`" in str(metric.fault((), contract.model_copy(update={"target": None})))


def test_a_threshold_decides_who_is_called_right() -> None:
    about = ground()
    contract = about.contract.model_copy(update={"evaluation": replace_threshold(about.contract, 0.8)})
    labels, scores = labels_and_scores()
    stricter = type(about)(contract, about.release, about.candidate)
    value = figure_of("tstr_accuracy", ask("tstr_accuracy", stricter)).value
    assert value == pytest.approx(accuracy_score(labels, scores >= 0.8), abs=1e-6)


def replace_threshold(contract: Any, threshold: float) -> Any:
    return contract.evaluation.model_copy(update={"threshold": threshold})


def test_a_large_answer_is_refused_before_it_is_worked_on() -> None:
    asked = ask("tstr_calibration")
    ((key, answer),) = answers_to(asked).items()
    huge = replace(answer, values=np.zeros((2, 5000), dtype=np.int64))
    metric, _ = parse("tstr_calibration")
    with pytest.raises(IntegrityError, match="more than"):
        metric.figure((), {**asked.facts, "scores": [0.5] * 5000}, {key: huge}, beta=BETA)
