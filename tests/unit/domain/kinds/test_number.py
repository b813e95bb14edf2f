"""Whole numbers keep whole bounds, reals stay inside their bins, and both describe their domain."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from synth_assets.domain import FINEST, Column
from synth_assets.domain.kinds.number import Number

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


def test_values_of_a_column_with_a_step_are_multiples_of_it_inside_their_bins() -> None:
    column = Column(name="rate", kind="float", minimum=0, maximum=1, edges=(0.1, 0.5), specials=(9.0,), step=0.0001)
    codes, random = np.repeat([0, 1, 2, 3], 500), np.random.default_rng(0)
    values = column.kind_of.decode(column, codes, within=random.random(2000), null=None).to_numpy()
    assert all(len(str(value)) <= len("0.1234") for value in values)
    assert column.kind_of.encode_typed(column, values).tolist() == codes.tolist()  # type: ignore[union-attr] # typed
    assert not column.exact
    assert len(set(values)) > 1200


def test_a_column_is_exact_where_each_bin_holds_one_multiple() -> None:
    assert Column(name="n", kind="integer", minimum=0, maximum=9, edges=(5,), step=5).exact
    assert not Column(name="n", kind="integer", minimum=0, maximum=10, edges=(5,), step=5).exact


def test_a_number_that_is_not_a_multiple_is_not_inside_and_the_step_is_part_of_the_domain() -> None:
    column = Column(name="rate", kind="float", minimum=0, maximum=1, specials=(-0.5,), step=0.1)
    values = pa.chunked_array([pa.array([0.3, 0.31, 1.1, -0.5, 1.0])])
    assert column.kind_of.inside(column, values).to_pylist() == [True, False, False, True, True]
    assert column.kind_of.domain_json(column) == {"min": 0, "max": 1, "step": 0.1, "or": [-0.5]}
    whole = Column(name="n", kind="integer", minimum=0, maximum=9, step=5)
    whole_values = pa.chunked_array([pa.array([5, 6, None], pa.int64())])
    assert whole.kind_of.inside(whole, whole_values).to_pylist()[:2] == [True, False]


@pytest.mark.parametrize(
    "column",
    [AGE, SHARE, Column(name="n", kind="integer", minimum=0, maximum=5000, step=25, bins=9)],
    ids=["whole", "real", "step"],
)
def test_where_in_its_bin_a_number_lies_leads_back_to_it(column: Column) -> None:
    random = np.random.default_rng(0)
    codes = random.integers(column.regular, size=500)
    bounds, kind = column.bounds(), column.kind_of
    assert isinstance(kind, Number)
    numbers = kind.inside_bins(column, codes, bounds=bounds, share=random.random(500))
    shares = kind.shares_of(column, codes, numbers)
    assert kind.inside_bins(column, codes, bounds=bounds, share=shares) == pytest.approx(numbers, rel=1e-12)


PAY = Column(name="pay", kind="float", minimum=0, maximum=100, edges=(1.0, 10.0), specials=(0.0, 50.0), layout=2)


def test_a_bin_leaves_out_the_special_values_inside_it_in_layout_2_only() -> None:
    ends = PAY.kind_of.decode(
        PAY, np.array([0, 0, 2, 3, 4]), within=np.array([0, 0.5, 4 / 9, 0, 0]), null=None
    ).to_numpy()
    assert 0 < ends[0] < 1e-300
    assert (ends[1], ends[2], ends[3], ends[4]) == (0.5, np.nextafter(50, 100), 0, 50)
    assert PAY.kind_of.encode_typed(PAY, ends).tolist() == [0, 0, 2, 3, 4]  # type: ignore[union-attr] # typed
    before = replace(PAY, layout=1)
    assert before.kind_of.decode(before, np.array([0]), within=np.zeros(1), null=None).to_pylist() == [0]


def test_whole_numbers_in_a_bin_do_without_zero_and_their_mean_too() -> None:
    column = Column(name="n", kind="integer", minimum=-3, maximum=9, edges=(5,), specials=(0,), layout=2)
    shares = np.linspace(0, 1, 700, endpoint=False)
    drawn = column.kind_of.decode(column, np.zeros(700, dtype=int), within=shares, null=None).to_pylist()
    assert {value: drawn.count(value) for value in set(drawn)} == dict.fromkeys([-3, -2, -1, 1, 2, 3, 4], 100)
    means = column.kind_of.bin_means(column)
    assert means is not None
    assert means[:2].tolist() == pytest.approx([4 / 7, 7])
    assert AGE.kind_of.bin_means(AGE) is PAY.kind_of.bin_means(PAY) is None


@pytest.mark.parametrize(("layout", "code"), [(1, 0), (2, 3)])
def test_what_is_clamped_to_a_special_value_is_that_one_from_layout_2_on(layout: int, code: int) -> None:
    column = replace(PAY, layout=layout)
    codes = column.kind_of.encode_typed(column, np.array([-7.0, 0.0, 1e-9, np.nan]))
    assert codes.tolist() == [code, 3, 0, 0]  # type: ignore[union-attr] # typed
