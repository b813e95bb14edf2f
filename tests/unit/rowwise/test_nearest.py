"""The distance to the nearest public row is the least over all of them, exactly."""

from typing import Any

import numpy as np
import pytest
from kit.incomes import DOMAIN, dependent_codes
from made_up_scorers import any_codes, codes_of, public_rows

from synth_assets.domain import Column, Domain
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.rowwise import nearest as module
from synth_assets.rowwise.features import scaled_values
from synth_assets.rowwise.nearest import MOST_ROWS, PublicRows


def _apart(column: Column, one: int, other: int) -> float:
    if column.numeric and max(one, other) < column.regular:
        values = scaled_values(column)
        return float(abs(values[one] - values[other]))
    return float(one != other)


def test_a_distance_is_the_least_mean_over_columns() -> None:
    public, rows = dependent_codes(40), any_codes(30)
    distances = PublicRows.of(codes_of(public), domain=DOMAIN).distances(rows, DOMAIN)
    for row, distance in enumerate(distances):
        codes = [int(column[row]) for column in rows]
        means = [np.mean(list(map(_apart, DOMAIN.columns, codes, other))) for other in public.tolist()]
        assert distance == pytest.approx(min(means), abs=1e-4)


def test_null_and_special_values_are_far_from_everything_else() -> None:
    age = Domain(columns=(Column(name="age", kind="integer", maximum=9, specials=(77.0, 88.0), nullable=True),))
    every = [np.arange(13, dtype=np.uint16)]
    expected = {
        0: [*np.arange(10) / 9, 1, 1, 1],
        10: [*[1] * 10, 0, 1, 1],
        12: [*[1] * 10, 1, 1, 0],
    }
    for code, distances in expected.items():
        public = PublicRows.of([np.array([code], dtype=np.uint16)], domain=age)
        assert public.distances(every, age) == pytest.approx(distances, abs=1e-4)


def test_a_public_row_is_at_distance_zero_and_repeated_rows_are_kept_once() -> None:
    distinct = np.unique(dependent_codes(20), axis=0)
    codes = codes_of(np.repeat(distinct, 3, axis=0))
    public = PublicRows.of(codes, domain=DOMAIN)
    assert len(public.points) == len(distinct)
    assert (public.distances(codes, DOMAIN) == 0).all()


def test_only_the_named_columns_are_compared() -> None:
    codes = codes_of(dependent_codes(20))
    public = PublicRows.of(codes, domain=DOMAIN, columns=("member", "region"))
    moved = [*codes[:2], *codes[2:4], np.zeros(20, dtype=np.uint16)]
    assert (public.distances(moved, DOMAIN) == 0).all()


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    public, rows = public_rows(50), any_codes(40)
    distances = public.distances(rows, DOMAIN).tolist()
    monkeypatch.setattr(module, "_POINTS", 7)
    monkeypatch.setattr(module, "_CELLS", 21)
    assert public.distances(rows, DOMAIN).tolist() == distances


def test_many_columns_are_added_without_overflow() -> None:
    columns = tuple(Column(name=f"c{index}", kind="boolean") for index in range(300))
    domain = Domain(columns=columns)
    public = PublicRows.of([np.zeros(1, dtype=np.uint16)] * 300, domain=domain)
    assert public.distances([np.array([1, 0], dtype=np.uint16)] * 300, domain).tolist() == [1, 0]


def test_too_many_rows_or_none_or_no_columns_are_refused() -> None:
    for rows in (0, MOST_ROWS + 1):
        with pytest.raises(UsageError, match="rows to compare with"):
            PublicRows.of([np.zeros(rows, dtype=np.uint16)] * 5, domain=DOMAIN)
    with pytest.raises(UsageError, match="0 columns cannot be compared"):
        PublicRows.of(any_codes(2), domain=DOMAIN, columns=())


def test_other_columns_are_refused() -> None:
    other = Domain(columns=DOMAIN.columns[1:])
    with pytest.raises(IntegrityError, match="other declarations"):
        public_rows().distances(any_codes(0)[1:], other)


@pytest.mark.parametrize(
    ("name", "part"),
    [("full", 0), ("full", 65535), ("full", -1), ("ordered", [True]), ("columns", [])],
)
def test_facts_that_are_not_those_of_public_rows_are_refused(name: str, part: Any) -> None:
    public = public_rows()
    with pytest.raises(IntegrityError, match="cannot be compared"):
        PublicRows.from_parts({**public.facts(), name: part}, public.arrays())


def test_arrays_that_are_not_those_of_public_rows_are_refused() -> None:
    public = public_rows()
    points = public.arrays()["points"]
    for name, array in (
        ("points", points[:0]),
        ("points", points[:, :2]),
        ("points", points.astype(np.int32)),
        ("scale.0", points),
    ):
        with pytest.raises(IntegrityError, match="cannot be compared"):
            PublicRows.from_parts(public.facts(), {**public.arrays(), name: array})
