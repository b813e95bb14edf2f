"""Rows are counted into the tables of a release as a plain count would do it, however they are cut."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from kit.releases import MadeUp, made_up

from synth_assets.domain.codes import encode_repeated
from synth_assets.release.tabulate import Tabulation


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> MadeUp:
    return made_up(tmp_path_factory.mktemp("visits"))


def test_the_tables_are_those_of_the_rows_in_one_piece_or_many(visits: MadeUp) -> None:
    table = visits.faithful(rows=500).table()
    whole, pieces = Tabulation(visits.release), Tabulation(visits.release)
    whole.add(table)
    for start in range(0, 500, 77):
        pieces.add(table.slice(start, 77))
    for marginal, first, second in zip(visits.release.marginals, whole.tables(), pieces.tables(), strict=True):
        assert first.shape == marginal.counts.shape
        assert first.sum() == 500
        assert np.array_equal(first, second)
    assert whole.tables()[1][-1] == table["age"].null_count


def test_texts_and_nulls_have_their_codes(visits: MadeUp) -> None:
    domain = visits.release.domain
    regions = pa.chunked_array([["north", "west"], ["south", "north"]])
    assert encode_repeated(domain["region"], regions).tolist() == [0, 2, 1, 0]
    ages = pa.chunked_array([pa.array([3, None])])
    assert encode_repeated(domain["age"], ages).tolist() == [3, domain["age"].null_code]
    assert pc.sum(pc.is_null(ages)).as_py() == 1
