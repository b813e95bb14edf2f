"""Parts are frozen and strict, and ranges, edges, bins and special values make sense."""

from typing import Any

import pytest
from pydantic import ValidationError

from synth_assets.contract.columns import IntegerColumn
from synth_assets.contract.declared import (
    LARGEST_DOMAIN,
    Part,
    check_bins,
    check_order,
    check_range,
    check_specials,
    open_places,
)


def test_parts_are_frozen_and_know_their_keys() -> None:
    found = IntegerColumn(type="integer", min=0, max=9, domain_source="definition")
    assert isinstance(found, IntegerColumn)
    assert isinstance(found, Part)
    with pytest.raises(ValidationError, match="frozen"):
        found.min = 3  # type: ignore[misc] # that is the point


@pytest.mark.parametrize(
    ("low", "high", "edges", "said"),
    [
        (3, 1, (), "min=3 must not be above max=1"),
        (0, 11, (), "must lie within 10 of zero"),
        (-11, 0, (), "must lie within 10 of zero"),
        (0, 9, (5, 5), "edges must ascend"),
        (0, 9, (0,), "edges must ascend and lie between min and max"),
        (0, 9, (10,), "edges must ascend and lie between min and max"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(low: int, high: int, edges: tuple[int, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_range(low, high, edges, largest=10)


def test_a_range_that_makes_sense_is_not_refused() -> None:
    check_range(-10, 10, (-9, 10), largest=10)
    check_order("a", "c", ("b",))
    check_bins(3, ())
    check_specials((-1, -2), (1, 2))


def test_edges_are_not_more_than_can_be_measured() -> None:
    with pytest.raises(ValueError, match="too many to measure"):
        check_order(0, LARGEST_DOMAIN + 1, tuple(range(1, LARGEST_DOMAIN + 1)))


@pytest.mark.parametrize(
    ("specials", "said"),
    [((1, 1), "once each"), (tuple(range(100)), "at most 64"), ((7,), "one of values too"), ((2**60,), "within")],
)
def test_special_values_are_few_and_apart(specials: tuple[Any, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_specials(specials, (7,))


def test_open_places_are_listed_by_their_paths_keys_too() -> None:
    value = {"a": "TODO: x", "b": ["fine", "TODO: y"], "TODO: z": {"c": 1}, "d": "the TODO: of another", "e": "TODO"}
    assert open_places(value) == [
        (("a",), "is not answered yet: x"),
        (("b", 1), "is not answered yet: y"),
        (("TODO: z",), "is not answered yet: z"),
    ]


def test_an_alias_that_holds_itself_is_looked_at_once() -> None:
    value: dict[str, Any] = {"a": "TODO: x"}
    value["again"] = [value, value]
    assert len(open_places(value)) == 1
