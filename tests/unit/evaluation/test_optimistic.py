"""The least noise of a figure is below what is planned for a candidate, and gates that cannot tell are named."""

import pytest
from asked_exactly import ask, gated_contract, ground

from synth_assets.evaluation.asked import parts_of
from synth_assets.evaluation.ground import Ground
from synth_assets.evaluation.metrics.registry import METRICS, parse
from synth_assets.evaluation.optimistic import _LEAST, least_deviation, vague_gates
from synth_assets.evaluation.planned import planned_figure

LIMITS = {
    "tstr_auc": {"min": 0.7},
    "tstr_accuracy": {"min": 0.6},
    "tstr_brier": {"max": 0.24},
    "tstr_calibration": {"max": 0.2},
    "fairness.city.demographic_parity": {"max": 0.4},
    "fairness.city.equal_opportunity": {"max": 0.4},
    "fairness.city.equalized_odds": {"max": 0.4},
    "workload_error": {"max": 0.2},
    "wasserstein.age": {"max": 0.2},
    "jensen_shannon.city": {"max": 0.2},
    "correlation.age.member": {"max": 0.4},
    "c2st": {"max": 0.6},
    "attribute_inference.city": {"max": 0.2},
    "membership": {"max": 0.2},
    "nearest": {"max": 0.2},
}


def test_every_family_has_a_least_noise() -> None:
    assert set(_LEAST) == set(METRICS)


@pytest.mark.parametrize("gate", LIMITS)
def test_the_least_noise_is_below_what_is_planned_and_not_far_below(gate: str) -> None:
    about = ground()
    contract = gated_contract(gates={gate: LIMITS[gate]})
    metric, arguments = parse(gate)
    rho = {part: contract.evaluation_loss(part).rho for part in parts_of(metric, contract)}
    facing = Ground(contract, about.release, about.candidate)
    plan = planned_figure(metric, arguments, asked=ask(gate), ground=facing, rho=rho)
    least = least_deviation(gate, contract, population=about.release.population())
    # A deviation of 60 draws is right to about 10%.
    assert least <= 1.2 * plan.deviation
    if gate not in {"jensen_shannon.city", "tstr_brier", "workload_error", "attribute_inference.city"}:
        assert least > plan.deviation / 12


def test_gates_that_can_never_tell_are_named_with_what_to_change() -> None:
    gates = {"tstr_auc": {"min": 0.7}, "fairness.city.equalized_odds": {"max": 0.02}}
    few = gated_contract(gates=gates, evaluation={"population": 500})
    ((where, message, hint),) = vague_gates(few)
    assert where == ("gates", "fairness.city.equalized_odds")
    assert "with 500 rows, which is above a third of 0.02" in message
    assert "hold out more people" in hint
    assert list(vague_gates(gated_contract(gates=gates, evaluation={"population": 500_000}))) == []


def test_nothing_is_said_without_a_population_or_of_gates_with_other_faults() -> None:
    gates = {"fairness.city.equalized_odds": {"max": 0.02}}
    assert list(vague_gates(gated_contract(gates=gates))) == []
    faulty = gated_contract(gates={**gates, "tstr_acu": {"min": 0.7}}, evaluation={"population": 500})
    assert list(vague_gates(faulty)) == []


def test_questions_to_one_part_share_its_rho_and_measures_of_one_group_are_one_question() -> None:
    one = {"tstr_accuracy": {"min": 0.6}}
    fair = {f"fairness.city.{measure}": {"max": 0.4} for measure in ("equalized_odds", "demographic_parity")}
    alone, with_fair = (
        least_deviation("tstr_accuracy", gated_contract(gates=gates), population=1000)
        for gates in (one, {**one, **fair})
    )
    assert with_fair == pytest.approx(alone * 2**0.5)
    crowd = least_deviation("tstr_accuracy", gated_contract(gates=one, max_rows=3), population=3000)
    assert crowd == pytest.approx(alone)
    attempts = gated_contract(gates=one, privacy={"evaluation_attempts": 4})
    assert least_deviation("tstr_accuracy", attempts, population=1000) == pytest.approx(2 * alone, rel=1e-6)
