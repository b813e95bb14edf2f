"""A domain lays out its columns, finds them by name and survives JSON."""

from dataclasses import replace
from typing import Any

import pytest

from synth_assets.domain import Column, Domain

EDUC = Column(name="educ", kind="integer", minimum=0, maximum=20, nullable=True)
CITY = Column(name="city", kind="categorical", categories=("north", "south", "rest"), other="rest")
DAY = Column(name="day", kind="date", minimum=0, maximum=999, nullable=True)
AT = Column(name="at", kind="datetime", resolution="hour", minimum=0, maximum=999, nullable=True)


def test_a_column_and_a_domain_survive_json() -> None:
    column = Column(name="a", kind="float", minimum=0, maximum=1, edges=(0.5,), specials=(9.0,), null_tokens=("x",))
    domain = Domain(columns=(column, CITY, EDUC, DAY, AT))
    assert Domain.from_json(domain.as_json()) == domain


def test_a_domain_finds_columns_by_name() -> None:
    domain = Domain(columns=(EDUC, CITY))
    assert domain["city"] is CITY
    assert domain.shape() == (22, 3)
    assert domain.shape(["city"]) == (3,)
    assert domain.arrow_schema().names == ["educ", "city"]
    with pytest.raises(KeyError, match="nothing"):
        domain.index("nothing")


def test_times_have_bins_on_the_clock_unless_the_column_says_otherwise() -> None:
    clock = Column(name="t", kind="datetime", minimum=1800, maximum=31 * 86400 - 1)
    assert clock.regular == 31 * 24
    assert clock.bounds()[:3].tolist() == [1800, 3600, 7200]
    assert clock.bounds()[-1] == 31 * 86400
    assert replace(clock, bins=7).regular == 7
    assert replace(clock, edges=(3600,)).bounds().tolist() == [1800, 3600, 31 * 86400]
    assert replace(clock, maximum=2800).exact
    assert not clock.exact


def test_a_step_is_written_only_where_there_is_one_and_must_be_one() -> None:
    column = Column(name="x", kind="float", maximum=1, step=0.01)
    assert column.as_json()["step"] == 0.01
    assert Column.from_json(column.as_json()) == column
    for step in (-1, 1e-300, 1e300, float("nan")):
        with pytest.raises(ValueError, match="must be 0, or between"):
            Column.from_json({**column.as_json(), "step": step})


@pytest.mark.parametrize(
    ("kind", "facts", "specials"),
    [
        ("float", {"minimum": -1, "maximum": 1}, (0.0,)),
        ("float", {"maximum": 1, "specials": (9.0,)}, (9.0, 0.0)),
        ("float", {"maximum": 1, "step": 0.01, "bins": 4}, (0.0,)),
        ("integer", {"maximum": 5000, "bins": 10}, (0,)),
        ("integer", {"minimum": 1, "maximum": 5000, "bins": 10, "specials": (777,)}, (777,)),
        ("integer", {"maximum": 5000, "edges": (1, 500), "specials": (777,)}, (777,)),
    ],
)
def test_zero_is_a_special_value_of_numbers_in_layout_2(kind: str, facts: dict[str, Any], specials: Any) -> None:
    column = Column(name="x", kind=kind, **facts)
    laid_out = column.laid_out(2)
    assert (laid_out.specials, laid_out.layout, laid_out.regular) == (specials, 2, column.regular)
    assert laid_out.as_json()["specials"] == list(specials)
    assert type(laid_out.specials[-1]) is (float if kind == "float" else int)
    assert Column.from_json(laid_out.as_json()) == laid_out
    assert column.laid_out(1) is column
    assert "layout" not in column.as_json()


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("float", {"minimum": 0.5, "maximum": 1}),
        ("float", {"maximum": 1, "null_tokens": ("-", "0.0")}),
        ("float", {"maximum": 1, "edges": (0.5, 1.0), "step": 0.5}),
        ("float", {"minimum": -1, "maximum": 0, "edges": (-0.5, 0.0)}),
        ("integer", {"maximum": 9}),
        ("integer", {"maximum": 9, "specials": (5, 99)}),
        ("integer", {"maximum": 5000, "edges": (1, 500)}),
        ("integer", {"minimum": 1, "maximum": 7, "values": (1, 7)}),
        ("date", {"maximum": 5000, "bins": 3}),
        ("boolean", {}),
    ],
)
def test_a_column_is_the_same_in_both_layouts_where_zero_has_a_code_or_is_not_a_value(
    kind: str, facts: dict[str, Any]
) -> None:
    column = Column(name="x", kind=kind, **facts)
    assert column.laid_out(2) == column


def test_a_layout_that_is_not_known_is_refused() -> None:
    for layout in (0, 3, "2"):
        with pytest.raises(ValueError, match="layout="):
            Column.from_json({"name": "x", "kind": "float", "layout": layout})
