"""What a release says of pairs, values and special values is told from noise and sampling, whatever the noise."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from spending import ROWS, spending_contract, spending_counts, spending_release, spending_values

from synth_assets.checks.realism import DigitCounter, Mass, PairExcess, impossible_pairs, impossible_values, masses
from synth_assets.release import Release


@pytest.fixture(scope="module")
def release() -> Release:
    return spending_release(spending_values(seed=0))


def _pair(release: Release, values: dict[str, Any], *names: str) -> PairExcess:
    figures = impossible_pairs(release, spending_counts(release, values).tables)
    return next(figure for figure in figures if figure.attributes == names)


def _zeros(release: Release, values: dict[str, Any]) -> Mass:
    return next(one for one in masses(release, spending_counts(release, values).tables) if one.column == "amount")


def test_other_rows_of_the_same_table_are_surely_off_in_nothing(release: Release) -> None:
    tables = spending_counts(release, spending_values(seed=1)).tables
    for figures in (impossible_pairs(release, tables), impossible_values(release, tables), masses(release, tables)):
        assert figures
        assert max(figure.sure for figure in figures) == 0


def test_rows_in_cells_that_nobody_has_are_counted(release: Release) -> None:
    values = spending_values(seed=1)
    moved = np.flatnonzero(values["plan"] == "free")[:400]  # 5 of 100 rows
    values["level"] = values["level"].copy()
    values["level"][moved] = "high"
    figure = _pair(release, values, "plan", "level")
    assert figure.share == pytest.approx(0.05, abs=0.005)
    assert 0.03 < figure.sure < figure.share


def test_rows_at_values_that_nobody_has_are_counted() -> None:
    real, values = spending_values(seed=0), spending_values(seed=1)
    for table in (real, values):
        table["rate"] = np.round(table["rate"] * 20) / 20  # one rate in five is had by somebody
    noisy = spending_release(real)
    assert max(one.share for one in impossible_values(noisy, spending_counts(noisy, values).tables)) < 0.02
    values["rate"] = np.where(np.arange(ROWS) % 20 == 0, np.round(values["rate"] + 0.01, 2).clip(0, 1), values["rate"])
    figures = impossible_values(noisy, spending_counts(noisy, values).tables)
    figure = next(one for one in figures if one.attributes == ("rate",))
    assert figure.share == pytest.approx(0.05, abs=0.01)
    assert figure.sure > 0.03


@pytest.mark.slow
@pytest.mark.statistical
def test_the_estimate_of_impossible_rows_has_no_bias() -> None:
    # Cells with few rows beside noise of twenty: each mean of 60 is within 4 standard errors, once in 10^4 it is not.
    real = spending_values(seed=0)
    shares: dict[tuple[str, ...], list[float]] = {}
    for seed in range(60):
        noisy = spending_release(real, scale=20.0, seed=seed)
        exact = spending_counts(noisy, real).tables  # the synthetic shares are those of the real rows
        for figure in impossible_pairs(noisy, exact):
            shares.setdefault(figure.attributes, []).append(figure.share)
            assert figure.sure == 0
    for estimates in shares.values():
        assert abs(np.mean(estimates)) < 4 * np.std(estimates) / np.sqrt(len(estimates))


def test_zeros_that_became_tiny_are_missed(release: Release) -> None:
    values = spending_values(seed=1)
    values["amount"] = np.where(values["amount"] == 0, 1e-7, values["amount"])
    figure = _zeros(release, values)
    assert (figure.value, figure.share) == (0.0, 0.0)
    assert figure.sure > 0.4


def test_zeros_that_nobody_has_are_too_many(release: Release) -> None:
    values = spending_values(seed=1)
    values["amount"] = np.where(np.arange(ROWS) < ROWS // 2, 0.0, values["amount"])
    assert _zeros(release, values).sure > 0.2


@pytest.mark.slow
@pytest.mark.statistical
def test_noise_and_sampling_alone_are_rarely_sure() -> None:
    # Each kind of figure is wrong once in a hundred draws at most; more than 5 of 60 happen less than once in 10^4.
    real, wrong = spending_values(seed=0), {impossible_pairs: 0, impossible_values: 0, masses: 0}
    for seed in range(60):
        noisy = spending_release(real, scale=30.0, seed=seed)
        tables = (
            spending_counts(noisy, spending_values(seed=1)).tables if seed % 2 else spending_counts(noisy, real).tables
        )
        for figures in wrong:
            wrong[figures] += any(figure.sure > 0 for figure in figures(noisy, tables))
    assert max(wrong.values()) <= 5


def test_values_off_the_declared_grid_are_counted_and_reals_without_one_are_named() -> None:
    counter = DigitCounter(spending_contract())
    rates = [0.25, 0.1 + 0.2, 1 / 3, None]
    whole = {"amount": [0.0] * 4, "share": [0.5] * 4, "plan": ["free"] * 4, "level": ["none"] * 4}
    counter.add(pa.table({"rate": pa.array(rates, pa.float64()), **whole}))
    assert counter.figures() == {"off": {"rate": 2}, "undeclared": ["amount", "share"]}
