"""Each value is in exactly one heap, which follows from the column and the value alone."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain import Column
from synth_assets.domain.codes import encode
from synth_assets.domain.heaping import ELSEWHERE, HeapedColumn, Heaping, has_heaps
from synth_assets.source.encoding import encode_column

AMOUNT = Column(
    name="amount", kind="integer", minimum=-5_000, maximum=99_999, edges=(0, 100), specials=(999,), null_tokens=("-1",)
)
PRICE = Column(name="price", kind="float", maximum=500.0, step=0.01, bins=10)
RATE = Column(name="rate", kind="float", maximum=1.0, bins=50)


def labels(column: Column, *numbers: float) -> list[str]:
    heaping = Heaping.of(column)
    return [heaping.label(heap) for heap in heaping.heaps_of(np.array(numbers)).tolist()]


def test_whole_numbers_are_told_apart_by_their_size_their_zeros_and_what_stands_before_them() -> None:
    assert labels(AMOUNT, 1_200, -1_200) == ["4 digits, 2 zeros, even"] * 2
    assert labels(AMOUNT, 99, 995, 1_250, 45) == [
        "2 digits, 0 zeros, 99",
        "3 digits, 0 zeros, 95",
        "4 digits, 1 zeros, 25 or 75",
        "2 digits, 0 zeros, 5",
    ]
    assert labels(AMOUNT, 50, 5, 3_000, 0) == [
        "2 digits, 1 zeros, 5",
        "1 digits, 0 zeros, 5",
        "4 digits, 3 zeros, 3",
        "zero",
    ]


def test_multiples_of_a_step_are_counted_in_steps() -> None:
    assert labels(PRICE, 12.99, 12.5, 0.07) == [
        "4 digits, 0 zeros, 99",
        "4 digits, 1 zeros, 25 or 75",
        "1 digits, 0 zeros, 7",
    ]


def test_reals_have_about_ten_digits_and_finer_ones_are_told_apart() -> None:
    assert labels(RATE, 0.1234, 0.5) == ["9 digits, 5 zeros, even", "9 digits, 8 zeros, 5"]
    assert labels(RATE, 1 / 3, 0.1 + 0.2) == ["9 digits, finer"] * 2


def test_what_has_no_digits_is_elsewhere_and_what_is_out_of_range_is_clamped() -> None:
    heaps = Heaping.of(AMOUNT).heaps_of(np.array([np.nan, np.inf, 999, -1]))
    assert heaps.tolist() == [ELSEWHERE] * 4
    assert labels(AMOUNT, 1e300, -1e300) == labels(AMOUNT, 99_999, -5_000)


@given(st.floats(allow_nan=True, allow_infinity=True) | st.integers(-(10**9), 10**9).map(float))
@pytest.mark.parametrize("column", [AMOUNT, PRICE, RATE], ids=lambda column: column.name)
def test_any_number_has_a_heap(column: Column, number: float) -> None:
    heaping = Heaping.of(column)
    assert 0 <= int(heaping.heaps_of(np.array([number]))[0]) < heaping.size


def test_a_column_is_read_as_it_reads_its_codes() -> None:
    column = HeapedColumn.of(AMOUNT)
    values = np.array(["1200", " 1200 ", "north", None, "-1", "1e3"], dtype=object)
    heaps = encode(column, values).tolist()
    assert heaps[0] == heaps[1]
    assert heaps[2:5] == [ELSEWHERE] * 3
    assert encode_column(column, pa.array(list(values))).tolist() == heaps
    assert column != AMOUNT


@pytest.mark.parametrize(
    "column",
    [
        Column(name="age", kind="integer", maximum=100),
        Column(name="wave", kind="integer", values=(1, 5)),
        Column(name="city", kind="categorical", categories=("a",)),
        Column(name="day", kind="date", maximum=5_000, edges=(5, 90)),
        Column(name="huge", kind="float", maximum=1e300, bins=4),
        Column(name="tiny", kind="float", maximum=1e-300, bins=4),
        Column(name="odd", kind="float", minimum=-1e308, maximum=1e308, bins=4),
    ],
    ids=lambda column: column.name,
)
def test_a_column_whose_bins_say_all_or_whose_numbers_are_beyond_doubles_has_none(column: Column) -> None:
    assert not has_heaps(column)


def test_numbers_in_bins_have_heaps() -> None:
    assert all(map(has_heaps, (AMOUNT, PRICE, RATE)))


def test_listed_values_have_codes_of_their_own_unless_they_are_special() -> None:
    heaping = Heaping.of(AMOUNT)
    numbers = np.array([1_200.0, 1_200.7, 999.0, np.nan, 1_201.0, 1e9])
    codes = heaping.codes_of(numbers, listed=(999.0, 1_200.0, 99_999.0)) - heaping.size
    assert codes.tolist()[:2] == [1, 1]
    assert codes.tolist()[5] == 2
    assert heaping.codes_of(numbers[2:5], listed=(999.0, 1_200.0)).tolist() == heaping.heaps_of(numbers[2:5]).tolist()
    assert HeapedColumn.of(AMOUNT, listed=(1_200.0,)).size == heaping.size + 1
