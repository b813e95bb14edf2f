"""From where evolution ended to the nearest world, its standard errors, and the share of rows that it explains."""

from dataclasses import replace

import numpy as np
import pytest
from kit.incomes import make_release
from toy_simulator import Incomes

from synth_assets.generator import Parameter
from synth_assets.generator.simulators.evolution import Worlds
from synth_assets.generator.simulators.refining import refine
from synth_assets.generator.simulators.rendering import Rendering
from synth_assets.generator.simulators.tables import Tables

START = np.array([[12.0, 50.0, 0.25], [6.0, 35.0, 0.02]])
WEIGHTS = np.array([0.5, 0.5])


def test_the_nearest_world_is_the_true_one_within_its_standard_errors(worlds: Worlds, truth: np.ndarray) -> None:
    said: list[str] = []
    found = refine(worlds, START, WEIGHTS, of_a_share=False, progress=said.append)
    assert found.share == 1.0
    assert found.estimates == pytest.approx(truth, rel=0.05)
    assert (np.abs(found.estimates - truth) < 4 * found.spreads).all()
    assert (found.spreads < 0.05 * truth).all()
    assert said[0].startswith("nearest world: distance ")


@pytest.mark.parametrize("others", [0.0, 0.3])
def test_a_hybrid_finds_the_parameters_of_the_rows_that_are_the_simulators(
    worlds: Worlds, world_codes: np.ndarray, truth: np.ndarray, others: float
) -> None:
    rng = np.random.default_rng(1)
    codes = world_codes.copy()
    odd = rng.random(len(codes)) < others
    codes[odd] = np.stack(
        [rng.integers(50, 60, odd.sum()), rng.integers(0, 3, odd.sum()), *np.zeros((3, odd.sum()))], 1
    )
    tables = Tables.of(make_release(codes=codes, scale=10.0))
    found = refine(replace(worlds, tables=tables), START, WEIGHTS, of_a_share=True, progress=None)
    assert found.estimates == pytest.approx(truth, rel=0.1)
    if others:
        assert 0.8 * (1 - others) < found.share < 1 - others + 0.02
    else:
        assert found.share == 1.0


def test_what_no_table_depends_on_is_as_uncertain_as_before(
    worlds: Worlds, rendering: Rendering, truth: np.ndarray
) -> None:
    class Idle(Incomes):
        parameters = {**Incomes.parameters, "idle": Parameter(low=0, high=10)}  # noqa: RUF012 - a class variable by its base

    idle = replace(worlds, rendering=replace(rendering, simulator=Idle()))
    found = refine(idle, np.append(START, [[4.0], [6.0]], axis=1), WEIGHTS, of_a_share=False, progress=None)
    assert found.spreads[3] == pytest.approx(10 / np.sqrt(12), rel=0.2)
    assert found.estimates[:3] == pytest.approx(truth, rel=0.05)
    assert (found.spreads[:3] < 0.05 * truth).all()
