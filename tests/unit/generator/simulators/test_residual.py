"""What a simulator leaves of the released tables, and the mixture that learns it."""

import numpy as np
import pytest

from synth_assets.generator.simulators.rendering import Rendering
from synth_assets.generator.simulators.residual import fit_residual, residual_release
from synth_assets.release import Release


def test_what_is_left_and_what_is_simulated_make_the_released_tables(
    world_release: Release, rendering: Rendering, truth: np.ndarray
) -> None:
    left = residual_release(world_release, rendering, truth, share=0.6, rng=np.random.default_rng(0))
    assert [table.attributes for table in left.marginals] == [table.attributes for table in world_release.marginals]
    assert left.digest == ""
    for before, after in zip(world_release.marginals, left.marginals, strict=True):
        assert after.counts.sum() == pytest.approx(before.counts.sum() - 0.6 * world_release.total(), abs=50)
        # the release is of such a world, so that what is left is like it in each cell
        assert np.abs(after.counts - 0.4 * before.counts).max() < 6 * before.scale + 300


def test_a_mixture_learns_what_is_left(world_release: Release, rendering: Rendering, truth: np.ndarray) -> None:
    others = np.array([8.0, 45.0, 0.1])  # so that what is left has more of the west than either
    left = residual_release(world_release, rendering, others, share=0.25, rng=np.random.default_rng(0))
    said: list[str] = []
    mixture = fit_residual(left, seed=0, progress=said.append)
    table = mixture.marginal(("region",))
    released = left.one_way("region").counts
    assert table == pytest.approx(released / released.sum(), abs=0.02)
    assert said
