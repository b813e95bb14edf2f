"""Rows of the released distribution are at 1, and others are further away."""

import numpy as np
from kit.incomes import DOMAIN, GRIDS, dependent_codes, make_release, release_of

from synth_assets.generator.cells.closeness import Closeness


def _coarse(codes: np.ndarray) -> np.ndarray:
    return np.stack([GRIDS[name][codes[:, column]] for column, name in enumerate(DOMAIN.names)], axis=1)


def test_rows_of_the_same_distribution_are_as_close_as_noise_and_the_draw_explain() -> None:
    release = make_release(codes=dependent_codes(200_000), scale=300.0)
    level = Closeness.of(release).level(_coarse(dependent_codes(20_000, seed=3)))
    assert 0.7 < level < 1.3  # the mean of about a hundred cells, each with a mean of 1


def test_rows_of_columns_that_were_shuffled_are_far() -> None:
    closeness = Closeness.of(make_release(codes=dependent_codes(200_000), scale=300.0))
    rows, rng = _coarse(dependent_codes(20_000, seed=3)), np.random.default_rng(0)
    shuffled = np.stack([rng.permutation(column) for column in rows.T], axis=1)
    assert closeness.level(shuffled) > 5


def test_where_nothing_is_clear_everything_is_close() -> None:
    release = make_release(scale=1e6)
    assert Closeness.of(release).level(_coarse(dependent_codes(100))) == 0.0


def test_a_pair_that_was_not_measured_does_not_count() -> None:
    release = make_release()
    alone = release_of(tuple(marginal for marginal in release.marginals if len(marginal.attributes) == 1))
    rng = np.random.default_rng(0)
    shuffled = np.stack([rng.permutation(column) for column in _coarse(dependent_codes(5000)).T], axis=1)
    assert Closeness.of(alone).level(shuffled) < 1.5
