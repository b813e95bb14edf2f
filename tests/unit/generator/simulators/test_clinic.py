"""A clinic's mornings."""

import numpy as np
import pandas as pd
import pytest

from synth_assets.generator.simulators.clinic import Clinic

USUAL = {"arrivals": 6.0, "minutes": 8.0, "simple": 0.25}


def mornings(rows: int = 30_000, **changed: float) -> pd.DataFrame:
    """Return patients of a world that has some other parameters."""
    return pd.DataFrame(Clinic().render(USUAL | changed, rows, np.random.default_rng(0)))


def test_the_first_of_a_morning_does_not_wait_and_each_other_as_long_as_those_before_take() -> None:
    table = mornings(90)
    assert table["waited"].iloc[[0, 30, 60]].tolist() == [0, 0, 0]
    left = table["waited"].iloc[:-1].to_numpy() + table["minutes"].iloc[:-1].to_numpy()
    inside = np.arange(1, 90) % 30 != 0
    assert (table["waited"].iloc[1:].to_numpy() <= left)[inside].all()
    assert len(mornings(31)) == 31


def test_parameters_do_what_their_names_say() -> None:
    usual = mornings()
    assert mornings(arrivals=7.0)["waited"].mean() > 1.2 * usual["waited"].mean()
    assert mornings(minutes=10.0)["waited"].mean() > 1.2 * usual["waited"].mean()
    assert (usual["seen_by"] == "nurse").mean() == pytest.approx(0.25, abs=0.01)
    of_each = usual.groupby("seen_by")["minutes"].mean()
    assert of_each["doctor"] == pytest.approx(9, abs=0.2)
    assert of_each["nurse"] == pytest.approx(5, abs=0.2)
