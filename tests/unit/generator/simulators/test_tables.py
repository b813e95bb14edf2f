"""The released tables as one vector, and simulated rows counted the same way."""

from itertools import pairwise

import numpy as np
import pytest
from kit.incomes import DOMAIN, make_release

from synth_assets.generator.simulators.tables import Tables
from synth_assets.release import Release


@pytest.fixture(scope="module")
def exact(world_codes: np.ndarray) -> Tables:
    return Tables.of(make_release(codes=world_codes, scale=1e-9, triples=[("age", "region", "member")]))


def test_shares_of_each_table_add_up_to_one(world_release: Release) -> None:
    tables = Tables.of(world_release)
    starts = tables.cells.starts
    sums = [tables.shares[begin:end].sum() for begin, end in pairwise(starts)]
    assert sums == pytest.approx([1.0] * len(world_release.marginals))
    assert tables.cells.attributes == tuple(table.attributes for table in world_release.marginals)


def test_rows_are_counted_as_the_release_counted_them(exact: Tables, world_codes: np.ndarray) -> None:
    places = exact.cells.places([world_codes[:, column] for column in range(len(DOMAIN.names))])
    assert places.shape == (len(exact.cells.attributes), len(world_codes))
    assert exact.counted(places) == pytest.approx(exact.shares)


def test_the_variance_is_that_of_noise_and_of_both_samples(world_release: Release, world_codes: np.ndarray) -> None:
    tables, rows = Tables.of(world_release), len(world_codes)
    group = tables.cells.attributes.index(("region",))
    cells = slice(tables.cells.starts[group], tables.cells.starts[group + 1])
    shares = np.bincount(world_codes[:, 2]) / rows
    expected = (10 / rows) ** 2 + shares * (1 - shares) * (1 / rows + 1 / 500)
    assert tables.variance(500)[cells] == pytest.approx(expected, rel=0.05)


def test_a_table_is_off_by_what_noise_and_sampling_explain_and_a_wrong_one_by_more(
    world_release: Release, exact: Tables
) -> None:
    tables = Tables.of(world_release)
    exact_shares = exact.shares[: tables.shares.size]  # without the triple
    for fit in tables.fits(exact_shares, rows=10**9):
        assert fit.distance < 3 * fit.explained
    even = np.full(tables.shares.size, 1 / 6)
    (region,) = [fit for fit in tables.fits(even, rows=10**9) if fit.attributes == ("region",)]
    begin = tables.cells.starts[tables.cells.attributes.index(("region",))]
    assert region.distance == pytest.approx(np.abs(tables.shares[begin : begin + 3] - 1 / 6).sum() / 2)
    assert region.distance > 20 * region.explained
