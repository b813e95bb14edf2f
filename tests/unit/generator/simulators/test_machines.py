"""Machines that wear, are serviced and fail."""

import numpy as np
import pandas as pd
import pytest

from synth_assets.generator.simulators.machines import Machines

USUAL = {
    "load": 0.55,
    "wear": 1.2,
    "strain": 2.0,
    "service_interval": 90.0,
    "service_effect": 0.7,
    "hazard": 0.2,
    "repair": 30.0,
}


def fleet(rows: int = 20_000, seed: int = 0, **changed: float) -> pd.DataFrame:
    """Return machines of a world that has some other parameters."""
    return pd.DataFrame(Machines().render(USUAL | changed, rows, np.random.default_rng(seed)))


def test_a_fleet_is_the_same_again() -> None:
    assert fleet(500).equals(fleet(500))
    assert not fleet(500).equals(fleet(500, seed=1))


def test_columns_hang_together() -> None:
    table = fleet()
    assert (table["vibration_p95"] > table["vibration_mean"]).all()
    assert ((table["downtime"] > 0) == table["failed"]).all()
    assert table["load"].between(0, 1).all()
    assert (table["services"] == np.floor(table["services"])).all()
    assert table["cost"][table["failed"]].min() > table["cost"][~table["failed"]].quantile(0.5)
    assert 0.02 < table["failed"].mean() < 0.1


@pytest.mark.parametrize(
    ("changed", "column", "direction"),
    [
        ({"load": 0.7}, "load", 1),
        ({"wear": 2.4}, "vibration_mean", 1),
        ({"strain": 3.0}, "vibration_mean", -1),
        ({"service_interval": 45.0}, "services", 1),
        ({"service_effect": 0.9}, "vibration_mean", -1),
        ({"hazard": 0.6}, "failed", 1),
        ({"repair": 90.0}, "downtime", 1),
    ],
)
def test_each_parameter_does_what_its_name_says(changed: dict[str, float], column: str, direction: int) -> None:
    usual, other = fleet()[column].mean(), fleet(**changed)[column].mean()
    assert direction * (other - usual) > 0.01 * usual


def test_every_world_in_the_ranges_has_finite_rows_and_ends_of_ranges_are_inside() -> None:
    machines, rng = Machines(), np.random.default_rng(0)
    names = list(machines.parameters)
    ends = [[one.low for one in machines.parameters.values()], [one.high for one in machines.parameters.values()]]
    for numbers in [*ends, *machines.draw(20, rng).tolist()]:
        table = pd.DataFrame(machines.render(dict(zip(names, numbers, strict=True)), 500, rng))
        assert np.isfinite(table.astype(float)).all(axis=None)
        assert (table.astype(float) >= 0).all(axis=None)


def test_a_parameter_that_few_rows_depend_on_moves_no_others() -> None:
    before, after = fleet(2000), fleet(2000, repair=60.0)
    same = ~before["failed"]
    assert before[same].equals(after[same])
    assert (after["downtime"][~same] > before["downtime"][~same]).all()
