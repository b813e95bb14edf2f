"""Two amounts are compared by values that bins do not tell apart, and by nothing else."""

import math

import numpy as np
import pytest

from synth_assets.domain import Column, Domain
from synth_assets.domain.amounts import comparable, comparable_pairs, compared, is_amount, several
from synth_assets.domain.codes import encode

BILL = Column(name="bill", kind="integer", minimum=-99, maximum=99, edges=(0, 1), specials=(7,), nullable=True)
PRICE = Column(name="price", kind="float", maximum=2.0, bins=4, step=0.25)
RATE = Column(name="rate", kind="float", minimum=0.0, maximum=1.0, bins=9)
AGE = Column(name="age", kind="integer", maximum=100)
BORN = Column(name="born", kind="date", maximum=9_999, bins=9)
SEEN = Column(name="seen", kind="datetime", maximum=9_999, bins=9)
FAR = Column(name="far", kind="integer", minimum=99, maximum=9_999, bins=9)
CITY = Column(name="city", kind="categorical", categories=("north",))


def test_amounts_are_numbers_and_times_in_bins_of_several_values() -> None:
    listed = Column(name="few", kind="float", values=(1.0, 2.0))
    endless = Column(name="wide", kind="float", maximum=math.inf, edges=(1.0,))
    columns = (BILL, PRICE, RATE, AGE, BORN, CITY, listed, endless)
    assert [column.name for column in columns if is_amount(column)] == ["bill", "price", "rate", "born"]


def test_columns_are_comparable_in_one_unit_and_where_their_ranges_overlap() -> None:
    assert comparable_pairs(Domain(columns=(BILL, CITY, RATE, BORN, FAR, SEEN, AGE, PRICE))) == [
        ("bill", "rate"),
        ("bill", "price"),
        ("rate", "price"),
    ]
    assert comparable(SEEN, Column(name="left", kind="datetime", maximum=99, bins=9))
    assert not comparable(SEEN, Column(name="left", kind="datetime", maximum=99, bins=9, resolution="minute"))


def test_values_are_clamped_and_lie_on_the_grid_and_those_that_codes_know_are_left_out() -> None:
    numbers = np.array([-200.0, -5.5, 0.0, 7.0, 8.9, 200.0, math.nan, math.inf])
    assert compared(BILL, numbers) == pytest.approx(
        [-99, -6, math.nan, math.nan, 8, 99, math.nan, math.nan], nan_ok=True
    )
    assert compared(PRICE, np.array([0.3, 1.99, 9.0])).tolist() == [0.25, 1.75, 2.0]
    assert compared(RATE, np.array([0.1234567, -1.0])).tolist() == [0.1234567, 0.0]


@pytest.mark.parametrize("column", [BILL, PRICE, RATE, BORN])
def test_a_value_is_compared_exactly_if_its_code_stands_for_several(column: Column) -> None:
    numbers = np.linspace(column.minimum - 3, column.maximum + 3, 999)
    codes = encode(column, numbers)
    assert several(column).shape == (column.size,)
    assert np.array_equal(np.isfinite(compared(column, numbers)), several(column)[codes])
