"""Laws of the fidelity check: the truth passes, broken relations fail, noise cannot fail what is good.

Each example draws its own tables from the seed that Hypothesis chose. The check
stands at a one-sided 1% and its threshold adds to that: in 600 draws of an
equal distribution none had a sure excess above zero, so a false failure of the
first law needs an excess of .05 that is not there.
"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from kit.releases import made_up_codes, made_up_release, visits_contract
from numpy.typing import NDArray

from synth_assets.checks.fidelity import compare, mean_excess, worst_column
from synth_assets.contract import DatasetContract
from synth_assets.release import NoisyMarginal, Release

THRESHOLD = 0.05
CONTRACT: DatasetContract = visits_contract()
SEEDS = st.integers(0, 2**32 - 1)


def _counts(release: Release, marginal: NoisyMarginal, codes: NDArray[np.int64]) -> NDArray[np.int64]:
    places = [release.domain.index(name) for name in marginal.attributes]
    columns = [codes[:, at] for at in places]
    if marginal.level == "coarse":
        columns = [release.grids[name][column] for name, column in zip(marginal.attributes, columns, strict=True)]
    flat = np.ravel_multi_index(columns, marginal.counts.shape)
    return np.bincount(flat, minlength=marginal.counts.size).reshape(marginal.counts.shape)


def _sure_excess(release: Release, codes: NDArray[np.int64]) -> float:
    """Return what the gate compares with its limit."""
    distances = compare(release, [_counts(release, marginal, codes) for marginal in release.marginals])
    return max(mean_excess(distances)[1], worst_column(distances)[0])


def _table(seed: int, *, rows: int, dependence: float) -> NDArray[np.int64]:
    return made_up_codes(CONTRACT.domain(), rows=rows, dependence=dependence, seed=seed)


def _resampled(codes: NDArray[np.int64], seed: int, rows: int) -> NDArray[np.int64]:
    return codes[np.random.default_rng(seed).integers(len(codes), size=rows)]


def _shuffled(codes: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    return np.random.default_rng(seed).permuted(codes, axis=0)


@given(
    seed=SEEDS,
    rows=st.integers(50, 20_000),
    sampled=st.integers(50, 20_000),
    dependence=st.floats(0, 1),
    scale=st.floats(0.3, 1000),
)
def test_a_sample_of_the_true_table_passes(seed: int, rows: int, sampled: int, dependence: float, scale: float) -> None:
    codes = _table(seed, rows=rows, dependence=dependence)
    release = made_up_release(CONTRACT, codes, scale=scale, seed=seed)
    assert _sure_excess(release, _resampled(codes, seed, sampled)) <= THRESHOLD


@given(seed=SEEDS, rows=st.integers(5_000, 30_000), dependence=st.floats(0.7, 1), share=st.floats(0.0001, 0.005))
def test_independent_columns_of_a_dependent_table_fail(seed: int, rows: int, dependence: float, share: float) -> None:
    codes = _table(seed, rows=rows, dependence=dependence)
    release = made_up_release(CONTRACT, codes, scale=max(0.5, share * rows), seed=seed)
    assert _sure_excess(release, _shuffled(codes, seed)) > THRESHOLD


@given(seed=SEEDS, at=st.integers(0, 5), scale=st.floats(0.5, 30))
def test_one_constant_column_fails(seed: int, at: int, scale: float) -> None:
    codes = _table(seed, rows=5_000, dependence=0.5)
    release = made_up_release(CONTRACT, codes, scale=scale, seed=seed)
    spoiled = codes.copy()
    spoiled[:, at] = 0
    assert _sure_excess(release, spoiled) > THRESHOLD


@given(seed=SEEDS, scale=st.floats(1e3, 1e6))
def test_noise_that_drowns_everything_fails_nothing(seed: int, scale: float) -> None:
    codes = _table(seed, rows=2000, dependence=0.9)
    release = made_up_release(CONTRACT, codes, scale=scale, seed=seed)
    assert _sure_excess(release, _resampled(codes, seed, 2000)) <= THRESHOLD


@given(seed=SEEDS, mixed=st.floats(0, 1))
def test_a_worse_table_is_not_judged_better(seed: int, mixed: float) -> None:
    # Replacing all rows by independent ones is at least as far as replacing a part, up to half a percent of chance.
    codes = _table(seed, rows=10_000, dependence=0.9)
    release = made_up_release(CONTRACT, codes, scale=2.0, seed=seed)
    shuffled = _shuffled(codes, seed)
    part = np.where(np.random.default_rng(seed).random((10_000, 1)) < mixed, shuffled, codes)
    assert _sure_excess(release, part) <= _sure_excess(release, shuffled) + 0.005


@given(seed=SEEDS, factor=st.integers(2, 5))
def test_repeating_every_row_changes_little(seed: int, factor: int) -> None:
    # The same shares from more rows: less is put down to sampling, so the distance can only grow, from zero.
    codes = _table(seed, rows=5_000, dependence=0.5)
    release = made_up_release(CONTRACT, codes, scale=5.0, seed=seed)
    assert _sure_excess(release, np.tile(codes, (factor, 1))) <= 0.01
