"""Gates are refused where they could not tell good from bad."""

import math

import pytest

from synth_assets.errors import UsageError
from synth_assets.evaluation.estimate.gates import Gate, beta_per_bound


@pytest.mark.parametrize(
    ("gate", "room"),
    [
        (Gate(name="auc", minimum=0.85), 0.15),
        (Gate(name="gap", maximum=0.06), 0.06),
        (Gate(name="leak", maximum=0.05, best=-1.0), 1.05),
        (Gate(name="score", minimum=1.0, best=3.0), 2.0),
    ],
)
def test_the_room_is_the_distance_to_the_best_value(gate: Gate, room: float) -> None:
    assert gate.room == pytest.approx(room)
    assert gate.decides(0.33 * room)
    assert not gate.decides(0.34 * room)


@pytest.mark.parametrize(
    "limits", [{}, {"minimum": 0.1, "maximum": 0.2}, {"minimum": 1.0}, {"maximum": 0.0}, {"maximum": math.nan}]
)
def test_a_gate_without_one_limit_or_without_room_is_refused(limits: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="the gate auc"):
        Gate(name="auc", **limits)


def test_beta_is_divided_over_gates_and_attempts() -> None:
    assert beta_per_bound(0.05, gates=5, attempts=2) == pytest.approx(0.005)


@pytest.mark.parametrize(
    ("total", "gates", "attempts"), [(0.0, 1, 1), (0.5, 1, 1), (math.nan, 1, 1), (0.05, 0, 1), (0.05, 1, 0)]
)
def test_a_beta_that_cannot_be_divided_is_refused(total: float, gates: int, attempts: int) -> None:
    with pytest.raises(UsageError):
        beta_per_bound(total, gates=gates, attempts=attempts)
