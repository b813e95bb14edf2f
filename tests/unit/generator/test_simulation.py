"""A simulated release is of the tables that it was given, with the scales of the real one times a factor."""

import numpy as np
import pytest
from toy_generator import ToyGenerator

from synth_assets.generator.simulation import draw_tables, simulated_release
from synth_assets.release import Release


@pytest.fixture(scope="module")
def fitted_toy(release: Release) -> ToyGenerator:
    generator = ToyGenerator()
    generator.fit(release, seed=0)
    return generator


def test_rows_are_drawn_in_pieces_and_counted(
    release: Release, fitted_toy: ToyGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synth_assets.generator.simulation._PIECE", 300)
    tables = draw_tables(fitted_toy, release, rows=1000, seed=3)
    assert [table.sum() for table in tables] == [1000] * len(release.marginals)
    again = draw_tables(fitted_toy, release, rows=1000, seed=3)
    assert all(np.array_equal(first, second) for first, second in zip(tables, again, strict=True))


def test_without_noise_the_counts_are_those_given_and_the_scales_those_of_the_release(release: Release) -> None:
    exact = [np.full(marginal.counts.shape, 7) for marginal in release.marginals]
    simulated = simulated_release(release, exact, rng=None)
    assert {int(count) for marginal in simulated.marginals for count in marginal.counts.ravel()} == {7}
    assert [marginal.scale for marginal in simulated.marginals] == [marginal.scale for marginal in release.marginals]
    assert simulated.digest == ""


def test_the_noise_has_the_scale_that_is_said(release: Release) -> None:
    # A few hundred cells tell a standard deviation to 5%; five such errors.
    exact = [np.zeros(marginal.counts.shape) for marginal in release.marginals]
    simulated = simulated_release(release, exact, rng=np.random.default_rng(1), factor=50.0)
    scaled = np.concatenate([marginal.counts.ravel() / marginal.scale for marginal in simulated.marginals])
    assert abs(scaled.std() - 1) < 5 / np.sqrt(2 * scaled.size)
    assert simulated.marginals[0].scale == 50 * release.marginals[0].scale
