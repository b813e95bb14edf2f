"""A code axis sends each code to its place."""

import numpy as np
import pytest
from kit.incomes import DOMAIN
from made_up_scorers import REGION, any_codes

from synth_assets.domain import Column, Domain
from synth_assets.errors import IntegrityError
from synth_assets.rowwise.axis import CodeAxis, count_rows


def test_a_row_is_at_the_place_of_its_code() -> None:
    codes = any_codes(50)
    assert REGION.places(codes, DOMAIN).tolist() == [min(code, 1) for code in codes[2].tolist()]


def test_rows_are_counted_by_their_places_on_each_axis() -> None:
    codes = any_codes(50)
    counts = count_rows([REGION, REGION], codes, DOMAIN)
    assert counts.tolist() == np.diag(np.bincount(REGION.places(codes, DOMAIN), minlength=2)).tolist()


def test_a_column_of_another_size_is_refused_before_a_row_is_looked_at() -> None:
    wide = Domain(columns=(Column(name="region", kind="categorical", categories=("a", "b", "c", "d")),))
    with pytest.raises(IntegrityError, match="made for another 'region'"):
        REGION.places([np.zeros(0, dtype=np.uint8)], wide)


@pytest.mark.parametrize("places", [[0, 2, 1], [0, -1, 1], []])
def test_a_place_that_does_not_exist_is_refused(places: list[int]) -> None:
    with pytest.raises(IntegrityError, match="a place that it does not have"):
        CodeAxis.from_json({**REGION.as_json(), "places": places}, {}.__getitem__)
