"""Features are look-ups in tables that follow from the domain."""

import numpy as np
import pytest
from kit.incomes import DOMAIN
from made_up_scorers import any_codes

from synth_assets.domain import Column, Domain
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.rowwise.features import Features, feature_table, scaled_values

_FEW = 8


def _category(size: int, *, nullable: bool = False) -> Column:
    return Column(name="x", kind="categorical", categories=tuple(map(str, range(size))), nullable=nullable)


def test_numbers_are_scaled_and_null_and_special_values_have_an_indicator_each() -> None:
    income = feature_table(DOMAIN["income"], one_hot=_FEW)
    assert income[:10, 0] == pytest.approx(np.linspace(0, 1, 10))
    assert income[10].tolist() == [0, 1]
    age = feature_table(DOMAIN["age"], one_hot=_FEW)
    assert age[[0, 59, 60]].tolist() == [[0, 0], [1, 0], [0, 1]]


@pytest.mark.parametrize(
    "column",
    [
        Column(name="x", kind="date", minimum=0, maximum=9),
        Column(name="x", kind="datetime", minimum=0, maximum=86_400 * 30, resolution="second"),
        Column(name="x", kind="float", minimum=-5, maximum=5, edges=(0.0, 1.0)),
        Column(name="x", kind="integer", minimum=1, maximum=8, values=(1, 2, 8)),
    ],
)
def test_everything_with_an_order_ascends_from_zero_to_one(column: Column) -> None:
    values = scaled_values(column)
    assert values.shape == (column.regular,)
    assert (values[0], values[-1]) == (0, 1)
    assert (np.diff(values) > 0).all()


def test_categories_have_an_indicator_each_as_long_as_they_are_few() -> None:
    assert feature_table(_category(_FEW - 1, nullable=True), one_hot=_FEW).tolist() == np.eye(_FEW).tolist()
    many = feature_table(_category(_FEW, nullable=True), one_hot=_FEW)
    assert many.shape == (_FEW + 1, 2)
    assert many[[0, _FEW - 1, _FEW]].tolist() == [[0, 0], [1, 0], [0, 1]]


def test_a_column_of_one_value_is_constant() -> None:
    assert feature_table(Column(name="x", kind="integer", minimum=3, maximum=3), one_hot=_FEW).tolist() == [[0]]
    assert feature_table(_category(1), one_hot=_FEW).tolist() == [[1]]


def test_a_row_gets_the_features_of_its_codes_without_the_target() -> None:
    features, codes = Features.of(DOMAIN, one_hot=_FEW, leave_out=("member",)), any_codes(200)
    matrix = features.matrix(codes, DOMAIN)
    assert features.columns == ("age", "income", "region", "joined")
    assert matrix.dtype == np.float32
    assert matrix.shape == (200, features.width)
    assert ((matrix >= 0) & (matrix <= 1)).all()
    for row in (0, 117):
        tables = [
            feature_table(DOMAIN[name], one_hot=_FEW)[codes[DOMAIN.index(name)][row]] for name in features.columns
        ]
        assert matrix[row].tolist() == np.concatenate(tables).tolist()


def test_columns_are_found_by_name_and_must_be_declared_alike() -> None:
    features, codes = Features.of(DOMAIN, one_hot=_FEW, leave_out=("member",)), any_codes(5)
    turned = Domain(columns=DOMAIN.columns[::-1])
    assert (features.matrix(codes[::-1], turned) == features.matrix(codes, DOMAIN)).all()
    renamed = Column(name="region", kind="categorical", categories=("south", "north", "west"))
    other = Domain(columns=tuple(renamed if column.name == "region" else column for column in DOMAIN.columns))
    with pytest.raises(IntegrityError, match="other declarations of age, income, region, joined"):
        features.matrix([column[:0] for column in codes], other)


def test_features_without_a_column_or_with_odd_tables_are_refused() -> None:
    with pytest.raises(UsageError, match="no column is left"):
        Features.of(DOMAIN, one_hot=_FEW, leave_out=DOMAIN.names)
    good = Features.of(DOMAIN, one_hot=_FEW)
    short = (good.tables[0][:-1], *good.tables[1:])
    with pytest.raises(IntegrityError, match="other declarations"):
        Features(columns=good.columns, layout=good.layout, tables=short).matrix(any_codes(0), DOMAIN)
    for tables in (
        good.tables[1:],
        tuple(table.astype(float) for table in good.tables),
        (*good.tables[1:], np.full((2, 1), np.inf, np.float32)),
    ):
        with pytest.raises(IntegrityError, match="one table per column"):
            Features(columns=good.columns, layout=good.layout, tables=tables)
