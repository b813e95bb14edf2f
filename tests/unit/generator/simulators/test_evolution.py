"""Parameters whose worlds look like the released tables survive."""

from dataclasses import replace

import numpy as np
import pytest
from toy_simulator import Incomes

from synth_assets.errors import UsageError
from synth_assets.generator.simulators.evolution import Worlds, effective, evolve, tolerant_weights
from synth_assets.generator.simulators.rendering import Rendering


def test_the_tolerance_is_the_least_that_leaves_enough_worlds() -> None:
    distances = np.random.default_rng(0).exponential(1e4, 64)
    weights, tolerance = tolerant_weights(distances, share=0.25)
    assert weights.sum() == pytest.approx(1)
    assert effective(weights) == pytest.approx(16, rel=0.01)
    assert tolerance > 1
    assert np.argmax(weights) == np.argmin(distances)


def test_where_worlds_match_the_data_as_they_should_the_tolerance_is_one() -> None:
    weights, tolerance = tolerant_weights(np.array([100.0, 101.0, 102.0, 100.5]), share=0.25)
    assert tolerance == 1.0
    assert weights == pytest.approx(np.exp(-np.array([0, 0.5, 1, 0.25])) / np.exp(-np.array([0, 0.5, 1, 0.25])).sum())


def test_the_true_world_is_nearer_than_others(worlds: Worlds, truth: np.ndarray) -> None:
    true = worlds.distance(truth, rows=20_000, stream=0)
    for other in ([16, 40, 0.1], [8, 50, 0.1], [8, 40, 0.3]):
        assert worlds.distance(np.array(other), rows=20_000, stream=0) > 2 * true


def test_the_same_stream_is_the_same_world(worlds: Worlds, truth: np.ndarray) -> None:
    first, again, other = (worlds.shares(truth, rows=500, stream=stream) for stream in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_a_population_ends_near_the_truth_and_says_how_far_it_is(worlds: Worlds, truth: np.ndarray) -> None:
    said: list[str] = []
    population, weights = evolve(worlds, progress=said.append)
    assert population.shape == (64, 3)
    mean = weights @ population
    assert mean == pytest.approx(truth, rel=0.25)
    assert effective(weights) >= 15.9
    assert len(said) == 8
    assert said[-1].startswith("generation 8 of 8: least distance ")


def test_a_population_is_the_same_again(worlds: Worlds) -> None:
    first, again = (evolve(worlds, progress=None) for _ in range(2))
    assert (first[0] == again[0]).all()
    assert (first[1] == again[1]).all()


@pytest.mark.parametrize("parameters", [np.zeros((64, 2)), np.full((64, 3), np.nan)])
def test_parameters_that_are_none_are_refused(worlds: Worlds, rendering: Rendering, parameters: np.ndarray) -> None:
    class Odd(Incomes):
        def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
            del count, rng
            return parameters

    odd = replace(worlds, rendering=replace(rendering, simulator=Odd()))
    with pytest.raises(UsageError, match="`draw` or `vary` of simulator 'incomes'"):
        evolve(odd, progress=None)


def test_an_authors_own_way_to_vary_that_fails_is_reported_as_theirs(worlds: Worlds, rendering: Rendering) -> None:
    class Odd(Incomes):
        def vary(self, parameters: np.ndarray, degree: float, rng: np.random.Generator) -> np.ndarray:
            raise KeyError(parameters.shape, degree, rng)

    odd = replace(worlds, rendering=replace(rendering, simulator=Odd()))
    with pytest.raises(UsageError, match="`vary` of simulator 'incomes' failed: KeyError"):
        evolve(odd, progress=None)
