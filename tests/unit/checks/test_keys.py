"""Keys are counted as a set would count them, whatever the types, and by a fair sample where there are too many."""

import datetime as dt
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.checks.keys import KeyCounter

VALUES: dict[str, list[Any]] = {
    "text": ["a", "b", "a", None, ""],
    "whole": [1, 2, 1, None, 0],
    "real": [0.5, -0.0, 0.5, None, 0.0],
    "truth": [True, False, True, None, False],
    "day": [dt.date(2026, 1, day) if day else None for day in (1, 2, 1, 0, 3)],
    "moment": [dt.datetime(2026, 1, 1, hour) if hour else None for hour in (1, 2, 1, 0, 3)],  # noqa: DTZ001 - in UTC
}


@pytest.mark.parametrize("name", VALUES)
def test_values_of_every_type_are_told_apart(name: str) -> None:
    counter = KeyCounter((name,))
    counter.add(pa.table({name: VALUES[name]}))
    figures = counter.figures()
    assert (figures["rows"], figures["distinct"]) == (5, len(set(VALUES[name])))


def test_keys_of_several_columns_are_told_apart_by_their_order() -> None:
    counter = KeyCounter(("a", "b"))
    counter.add(pa.table({"a": [1, 2, 1], "b": [2, 1, 2]}))
    assert counter.figures()["distinct"] == 2


def test_the_pieces_of_a_table_do_not_matter() -> None:
    table = pa.table({"a": np.arange(1000) % 700, "b": [str(row % 350) for row in range(1000)]})
    whole, pieces = KeyCounter(("a", "b")), KeyCounter(("a", "b"))
    whole.add(table)
    for at in range(0, 1000, 7):
        pieces.add(table.slice(at, 7))
    assert whole.figures() == pieces.figures() == {"rows": 1000, "distinct": 700, "single": 400, "looked_at": 1.0}


def test_rows_with_a_null_are_left_out_where_a_key_is_to_be_unique() -> None:
    counter = KeyCounter(("a", "b"), with_nulls=False)
    counter.add(pa.table({"a": [1, 1, None, None], "b": [None, 2, None, None]}))
    assert counter.figures() == {"rows": 1, "distinct": 1, "single": 1, "looked_at": 1.0}


def test_a_table_without_rows_has_no_keys() -> None:
    assert KeyCounter(("a",)).figures() == {"rows": 0, "distinct": 0, "single": 0, "looked_at": 1.0}


def test_with_too_many_keys_all_rows_of_some_are_held() -> None:
    # Of 20,000 keys, each in 2 rows, a sixteenth is expected at most; its share is fair to five standard errors.
    counter = KeyCounter(("a",), most=4_000)
    for _ in range(2):
        counter.add(pa.table({"a": np.arange(20_000)}))
    figures = counter.figures()
    assert figures["rows"] == 2 * figures["distinct"] <= 4_000
    assert figures["single"] == 0
    wanted = 20_000 * figures["looked_at"]
    assert abs(figures["distinct"] - wanted) < 5 * np.sqrt(wanted)


@given(
    shards=st.lists(st.lists(st.lists(st.integers(0, 40), max_size=30), max_size=3), max_size=6),
    most=st.integers(1, 60),
    random=st.randoms(use_true_random=False),
)
def test_it_does_not_matter_who_counts_which_rows(shards: list[list[list[int]]], most: int, random: Random) -> None:
    """Shards of batches, each counted by a counter of its own and merged in any order, also where keys are thinned."""
    whole, merged = KeyCounter(("a",), most=most), KeyCounter(("a",), most=most)
    parts = [KeyCounter(("a",), most=most) for _ in shards]
    for part, batches in zip(parts, shards, strict=True):
        for keys in batches:
            for counter in (whole, part):
                counter.add(pa.table({"a": pa.array(keys, pa.int64())}))
    random.shuffle(parts)
    for part in parts:
        merged.merge(part.counted())
    assert merged.figures() == whole.figures()
