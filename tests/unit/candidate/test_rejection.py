"""Rows are drawn again until they keep the rules, and no longer than that can help."""

import numpy as np
import pyarrow as pa
import pytest

from synth_assets.candidate.rejection import MOST_ATTEMPTS, keep_rules, kept
from synth_assets.domain.expressions import Expression, parse

SCHEMA = pa.schema([("x", pa.int64()), ("y", pa.int64())])


def _rules(*texts: str) -> dict[str, Expression]:
    return {text: parse(text, SCHEMA) for text in texts}


class Uniform:
    """Draws x and y uniformly below ``top``; counts what it was asked for."""

    def __init__(self, top: int = 10) -> None:
        self.top = top
        self.asked: list[int] = []

    def __call__(self, rows: int, attempt: int) -> pa.Table:
        assert attempt == len(self.asked)
        self.asked.append(rows)
        random = np.random.default_rng([7, attempt])
        return pa.table({name: random.integers(self.top, size=rows) for name in "xy"}, schema=SCHEMA)


def test_every_row_keeps_a_rule_that_can_be_kept() -> None:
    result = keep_rules(5000, draw=Uniform(), rules=_rules("x < y"))
    assert result.table.num_rows == 5000
    assert result.violations == {"x < y": 0}
    assert (result.table["x"].to_numpy() < result.table["y"].to_numpy()).all()


def test_rows_that_keep_the_rules_stay_where_they_were() -> None:
    first = Uniform()(1000, 0)
    table = keep_rules(1000, draw=Uniform(), rules=_rules("x < y")).table
    good = first["x"].to_numpy() < first["y"].to_numpy()
    assert np.array_equal(table["x"].to_numpy()[good], first["x"].to_numpy()[good])


def test_kept_rows_follow_the_distribution_given_the_rule() -> None:
    # 20,000 rows over 45 equally likely pairs: a chi-squared of 44 degrees stays below 101 but once in 10^6.
    table = keep_rules(20_000, draw=Uniform(), rules=_rules("x < y")).table
    counts = np.bincount(table["x"].to_numpy() * 10 + table["y"].to_numpy(), minlength=100)
    counts = counts[counts > 0]
    assert counts.size == 45
    assert ((counts - 20_000 / 45) ** 2 / (20_000 / 45)).sum() < 101


def test_rare_rows_are_found_when_the_rule_leaves_few() -> None:
    result = keep_rules(200, draw=Uniform(100), rules=_rules("x = 3 AND y = 5"))
    assert result.violations == {"x = 3 AND y = 5": 0}
    assert set(result.table["x"].to_pylist()) == {3}


def test_without_rules_one_draw_is_all() -> None:
    draw = Uniform()
    result = keep_rules(10, draw=draw, rules={})
    assert (draw.asked, result.drawn, result.violations) == ([10], 10, {})


def test_unknown_does_not_break_a_rule() -> None:
    table = pa.table({"x": [None, 1, 5], "y": [1, 1, 1]}, schema=SCHEMA)
    assert kept(table, _rules("x < 3")).tolist() == [[True, True, False]]


def test_an_impossible_rule_ends_and_is_reported() -> None:
    draw = Uniform()
    result = keep_rules(1000, draw=draw, rules=_rules("x > 99"))
    assert result.violations == {"x > 99": 1000}
    assert result.table.num_rows == 1000
    assert draw.asked == [1000, 65_536]


def test_an_impossible_rule_is_not_kept_by_nulls() -> None:
    def draw(rows: int, attempt: int) -> pa.Table:
        random = np.random.default_rng([7, attempt])
        x = pa.array(random.integers(10, size=rows), mask=random.random(rows) < 0.3)
        return pa.table({"x": x, "y": random.integers(10, size=rows)}, schema=SCHEMA)

    result = keep_rules(1000, draw=draw, rules=_rules("x > 99", "y < 5"))
    assert result.violations == {"x > 99": 1000 - result.table["x"].null_count, "y < 5": 0}
    # 30% of 1,000 rows, give or take five standard errors.
    assert abs(result.table["x"].null_count - 300) < 75


def test_an_impossible_rule_does_not_spoil_the_others() -> None:
    result = keep_rules(1000, draw=Uniform(), rules=_rules("x > 99", "x < y"))
    assert result.violations == {"x > 99": 1000, "x < y": 0}


def test_rules_that_exclude_each_other_end_with_rows_that_break_as_few_as_possible() -> None:
    draw = Uniform()
    result = keep_rules(1000, draw=draw, rules=_rules("x < 5", "x >= 5", "y < 9"))
    assert result.violations["x < 5"] + result.violations["x >= 5"] == 1000
    assert result.violations["y < 9"] == 0
    assert len(draw.asked) <= MOST_ATTEMPTS + 1
    assert sum(draw.asked) < 4_000_000


def test_no_more_draws_than_the_bound() -> None:
    class Stubborn(Uniform):
        """Keeps the rule in exactly one row of each draw."""

        def __call__(self, rows: int, attempt: int) -> pa.Table:
            assert attempt == len(self.asked)
            self.asked.append(rows)
            return pa.table({"x": np.arange(rows), "y": np.zeros(rows, dtype=np.int64)}, schema=SCHEMA)

    draw = Stubborn()
    result = keep_rules(100_000, draw=draw, rules=_rules("x = 0"))
    assert len(draw.asked) == MOST_ATTEMPTS + 1
    assert result.violations == {"x = 0": 100_000 - MOST_ATTEMPTS - 1}


def test_of_more_good_rows_than_needed_evenly_spaced_ones_are_taken() -> None:
    def draw(rows: int, attempt: int) -> pa.Table:
        x = np.arange(rows) if attempt else np.full(rows, -1)
        return pa.table({"x": x, "y": np.zeros(rows, dtype=np.int64)}, schema=SCHEMA)

    values = keep_rules(4, draw=draw, rules=_rules("x >= 0")).table["x"].to_pylist()
    assert values == [0, 1024, 2048, 3072]


@pytest.mark.parametrize("rows", [1, 2, 17])
def test_few_rows_are_not_a_special_case(rows: int) -> None:
    result = keep_rules(rows, draw=Uniform(), rules=_rules("x < y"))
    assert (result.table.num_rows, result.violations) == (rows, {"x < y": 0})


def test_rows_that_are_null_do_not_stand_in_for_a_rule_that_nothing_keeps() -> None:
    class WithNulls(Uniform):
        def __call__(self, rows: int, attempt: int) -> pa.Table:
            drawn = super().__call__(rows, attempt)
            x = pa.array(drawn["x"].to_numpy(), mask=np.arange(rows) % 3 == 0)
            return drawn.set_column(0, "x", x)

    result = keep_rules(900, draw=WithNulls(), rules=_rules("x < 0", "y < 5"))
    assert result.table["x"].null_count < 450
    assert result.violations["x < 0"] > 450
    assert result.violations["y < 5"] == 0
