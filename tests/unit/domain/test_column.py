"""A domain lays out its columns, finds them by name and survives JSON."""

from dataclasses import replace

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
