"""The plan of a figure is what noise makes of it, from synthetic rows alone."""

from math import hypot, sqrt

import numpy as np
import pytest
from asked_exactly import ask, exact_values, figure_of, gated_contract, ground

from synth_assets.evaluation.asked import beta_of
from synth_assets.evaluation.estimate.planning import Plan, planned_scale
from synth_assets.evaluation.ground import Ground
from synth_assets.evaluation.metrics.registry import parse
from synth_assets.evaluation.planned import planned_figure
from synth_assets.privacy import HELD_OUT, MEASURED


def plan_of(gate: str, *, rho: float = 0.1, max_rows: int = 1) -> Plan:
    about = ground()
    contract = gated_contract(max_rows=max_rows, gates={gate: {"max": 0.5}})
    facing = Ground(contract, about.release, about.candidate)
    return planned_figure(*parse(gate), asked=ask(gate), ground=facing, rho={MEASURED: rho, HELD_OUT: rho})


def test_the_deviation_of_a_share_is_its_formula() -> None:
    """60 draws give a deviation within 40% but for one time in 10,000; the seed is fixed."""
    right = figure_of("tstr_accuracy", real={HELD_OUT: ground().other_rows}).value
    expected = planned_scale(rho=0.1, max_rows=1) * hypot(right, 1 - right) / ground().rows_in(HELD_OUT)
    assert plan_of("tstr_accuracy").deviation == pytest.approx(expected, rel=0.4)


@pytest.mark.parametrize("gate", ["tstr_auc", "tstr_brier", "fairness.city.demographic_parity", "wasserstein.age"])
def test_noise_is_planned_by_what_is_paid_and_by_rows_of_a_unit(gate: str) -> None:
    cheap, dear, many = plan_of(gate), plan_of(gate, rho=10.0), plan_of(gate, max_rows=4)
    assert dear.deviation < cheap.deviation < many.deviation
    assert dear.above < cheap.above < many.above


def test_who_is_held_out_is_drawn_too_for_figures_that_compare_both_parts() -> None:
    about, asked = ground(), ask("attribute_inference.city")
    wrong, right = exact_values(asked.questions[0].query, about.other_rows)
    share = right / (wrong + right)
    sampling = sqrt(share * (1 - share) * sum(1 / about.rows_in(part) for part in (MEASURED, HELD_OUT)))
    assert plan_of("attribute_inference.city", rho=1000.0).deviation == pytest.approx(sampling, rel=0.4)


def test_a_plan_says_how_far_from_the_truth_nine_in_ten_bounds_are() -> None:
    plan = plan_of("tstr_accuracy")
    assert beta_of(gated_contract(gates={"tstr_accuracy": {"min": 0.5}})) == 0.05
    # A bound is 1.64 deviations away, and one in ten is 1.28 farther.
    assert 2.2 < plan.above / plan.deviation < 4
    assert 2.2 < plan.below / plan.deviation < 4


def test_a_workload_is_planned_from_the_other_half_of_the_rows() -> None:
    plan = plan_of("workload_error", rho=0.01)
    assert 0 < plan.deviation < 0.05
    assert np.isfinite([plan.below, plan.above]).all()
    assert plan == plan_of("workload_error", rho=0.01)
