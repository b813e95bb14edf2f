"""A row's place is the bin of its distance."""

import pytest
from kit.incomes import DOMAIN
from made_up_scorers import any_codes, public_rows

from synth_assets.errors import UsageError
from synth_assets.rowwise.edges import bins_of
from synth_assets.rowwise.nearest_axis import NearestAxis


def test_a_place_is_the_bin_of_the_distance() -> None:
    public, codes = public_rows(), any_codes(100)
    axis = NearestAxis(public=public, edges=(1e-9, 0.2))
    assert axis.places(codes, DOMAIN).tolist() == bins_of(public.distances(codes, DOMAIN), (1e-9, 0.2)).tolist()
    assert axis.as_json()["labels"] == ("below 1e-09", "1e-09 to 0.2", "0.2 or more")
    assert axis.as_json()["material"] == public.digest


def test_edges_that_do_not_ascend_are_refused() -> None:
    with pytest.raises(UsageError, match="ascending"):
        NearestAxis(public=public_rows(), edges=(0.2, 0.1))
