"""Expressions become tables over codes, and codes have names and numbers."""

import numpy as np
import pytest
from kit.incomes import DOMAIN, GRIDS

from synth_assets.domain import Column, Domain
from synth_assets.domain.cells import cell_values, code_names, conjuncts, group_names, true_cells
from synth_assets.domain.round_edges import round_edges
from synth_assets.errors import UsageError


def test_an_expression_of_two_columns_is_a_table_over_both() -> None:
    names, cells = true_cells("region = 'west' OR (member AND region = 'north')", domain=DOMAIN)
    assert names == ("region", "member")
    assert cells.tolist() == [[False, True], [False, False], [True, True]]


def test_unknown_is_not_true() -> None:
    _, cells = true_cells("age >= 18", domain=DOMAIN)
    assert cells[:-1].all()
    assert not cells[-1]


def test_two_binned_columns_are_compared_only_where_bins_part_them() -> None:
    bins = {"kind": "float", "minimum": 0, "maximum": 4, "bins": 4}
    domain = Domain(columns=(Column(name="a", **bins), Column(name="b", **bins)))
    with pytest.raises(UsageError, match="cuts through a bin of 'a' and 'b'"):
        true_cells("a > b", domain=domain)
    assert true_cells("a >= 2 OR b < 1", domain=domain)[1].sum() == 10


def test_a_cut_bin_is_named_so_that_its_end_can_be_used() -> None:
    column = Column(name="pay", kind="integer", minimum=0, maximum=2_000_000, edges=round_edges(0, 2_000_000))
    domain = Domain(columns=(column, Column(name="member", kind="boolean")))
    with pytest.raises(UsageError) as caught:
        true_cells("pay > 1234567 AND member", domain=domain)
    assert caught.value.hint == "bins can be parted where they begin, such as `pay >= 1200000` or `pay >= 1250000`"
    assert true_cells("pay >= 1200000 AND member", domain=domain)[1].any()


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (Column(name="c", kind="float", maximum=9.0, bins=3, specials=(0.0,), layout=2), "c > 1.5"),
        (Column(name="c", kind="float", maximum=1.0, bins=7), "c > 0.99"),
        (Column(name="c", kind="date", minimum=19_700, maximum=19_800, bins=4), "c > DATE '2023-12-20'"),
        (
            Column(name="c", kind="datetime", minimum=472_800, maximum=473_800, bins=5, resolution="hour"),
            "c > TIMESTAMP '2023-12-20 13:00'",
        ),
    ],
    ids=["special zero", "last bin", "date", "time"],
)
def test_what_is_written_as_the_end_of_a_cut_bin_parts_the_column(column: Column, text: str) -> None:
    domain = Domain(columns=(column,))
    with pytest.raises(UsageError, match="cuts through a bin of 'c'") as caught:
        true_cells(text, domain=domain)
    conditions = caught.value.hint.split("`")[1::2]
    assert conditions
    for condition in conditions:
        assert true_cells(condition, domain=domain)[1].any()


@pytest.mark.parametrize(
    ("text", "message"),
    [("1 = 1", "read a column"), ("age + 1", "true or false"), ("height > 1", "unknown column")],
)
def test_what_is_not_a_condition_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        true_cells(text, domain=DOMAIN)


def test_a_table_that_is_too_large_is_refused() -> None:
    wide = {"kind": "integer", "minimum": 0, "maximum": 999}
    domain = Domain(columns=tuple(Column(name=name, **wide) for name in "abc"))
    with pytest.raises(UsageError, match="1,000,000,000 cells"):
        true_cells("a + b > c", domain=domain)


def test_conditions_part_at_their_ands_alone() -> None:
    assert conjuncts("(age > 20 AND (member)) AND (age < 5 OR member)") == [
        "age > 20",
        "(member)",
        "(age < 5 OR member)",
    ]
    assert conjuncts("age >") == ["age >"]


def test_codes_stand_for_the_mean_of_their_bin() -> None:
    column = Column(name="days", kind="integer", minimum=0, maximum=9, edges=(1, 4), specials=(99,), nullable=True)
    values, known = cell_values(column)
    assert values.tolist() == [0, 2, 6.5, 99, 0]  # days 1 to 3, days 4 to 9
    assert known.tolist() == [True, True, True, True, False]
    assert cell_values(DOMAIN["member"])[0].tolist() == [0, 1]
    assert cell_values(DOMAIN["joined"])[0][:3].tolist() == [0, 1, 2]
    with pytest.raises(UsageError, match="has no mean"):
        cell_values(DOMAIN["region"])


def test_groups_are_named_by_what_is_in_them() -> None:
    assert group_names(DOMAIN["age"], GRIDS["age"])[:2] == ("18 to 27", "28 to 37")
    assert group_names(DOMAIN["age"], GRIDS["age"])[-1] == "null"
    assert group_names(DOMAIN["region"], np.array([0, 1, 0])) == ("north|west", "south")
    many = Column(name="c", kind="categorical", categories=tuple("abcdef"))
    assert group_names(many, np.zeros(6, np.int64)) == ("a|b|c|3 more",)
    assert code_names(DOMAIN["income"])[0] == "0 to 10"
    assert code_names(DOMAIN["income"])[-1] == "-1"


def test_the_mean_of_a_bin_is_that_of_its_multiples() -> None:
    column = Column(name="x", kind="float", minimum=0, maximum=1, edges=(0.35,), step=0.1)
    assert cell_values(column)[0] == pytest.approx([0.15, 0.7])


def test_zero_has_a_name_and_a_number_of_its_own_and_the_bin_beside_it_begins_at_zero() -> None:
    pay = Column(name="pay", kind="float", minimum=0, maximum=4, edges=(2.0,)).laid_out(2)
    assert code_names(pay) == ("0 to 2", "2 to 4", "0")
    assert cell_values(pay)[0] == pytest.approx([1, 3, 0])
    few = Column(name="few", kind="integer", minimum=0, maximum=3, edges=(3,)).laid_out(2)
    assert cell_values(few)[0] == pytest.approx([1.5, 3, 0])
    domain = Domain(columns=(pay, few))
    assert true_cells("pay > 0", domain=domain)[1].tolist() == [True, True, False]
    assert true_cells("few = 0", domain=domain)[1].tolist() == [False, False, True]
