"""Whole numbers keep whole bounds, reals stay inside their bins, and both describe their domain."""

import numpy as np
import pyarrow as pa
import pytest

from synth_assets.domain import FINEST, Column

AGE = Column(name="age", kind="integer", minimum=0, maximum=9, specials=(99,))
SHARE = Column(name="share", kind="float", minimum=0, maximum=1)


def test_bounds_of_whole_numbers_are_whole_and_end_beyond_the_maximum() -> None:
    assert AGE.bounds().tolist() == list(range(11))
    wide = Column(name="w", kind="integer", minimum=0, maximum=10**6)
    assert wide.regular == FINEST
    assert (wide.bounds() == np.round(wide.bounds())).all()
    assert wide.bounds()[-1] == 10**6 + 1


def test_reals_have_64_bins_that_end_at_the_maximum_unless_they_say_otherwise() -> None:
    assert (SHARE.regular, SHARE.bounds()[-1], SHARE.exact) == (64, 1, False)
    assert Column(name="s", kind="float", minimum=0, maximum=1, bins=3).regular == 3


def test_a_real_never_reaches_the_next_bin_by_rounding() -> None:
    column = Column(name="x", kind="float", minimum=0, maximum=0.3, bins=3)
    ends = column.kind_of.decode(column, np.arange(3), within=np.full(3, 1 - 2**-53), null=None).to_numpy()
    assert (ends[:2] < column.bounds()[1:3]).all()
    assert column.kind_of.encode_typed(column, ends).tolist() == [0, 1, 2]  # type: ignore[union-attr] # typed


def test_typed_arrays_are_read_as_numbers_and_others_as_text() -> None:
    kind = AGE.kind_of
    assert kind.encode_typed(AGE, pa.array([3, None])).tolist() == [3, 0]  # type: ignore[union-attr] # typed
    assert kind.encode_typed(AGE, pa.array(["3"])) is None
    assert kind.encode_source(AGE, pa.array(["3"])) is None
    assert kind.encode_source(AGE, pa.array([3]).cast(pa.decimal128(22, 2))).tolist() == [3]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("column", "says"),
    [
        (AGE, {"min": 0, "max": 9, "or": [99]}),
        (SHARE, {"min": 0, "max": 1}),
        (Column(name="y", kind="integer", minimum=1, maximum=4, values=(1.0, 4.0)), {"values": [1, 4]}),
    ],
)
def test_a_number_describes_its_domain(column: Column, says: object) -> None:
    assert column.kind_of.domain_json(column) == says


def test_values_outside_the_range_are_not_inside_but_specials_are() -> None:
    values = pa.chunked_array([pa.array([-1, 0, 9, 10, 99])])
    assert AGE.kind_of.inside(AGE, values).to_pylist() == [False, True, True, False, True]
