"""What expressions compare with what, and which of it tells that something else was meant."""

import pyarrow as pa
import pytest

from synth_assets.domain import Column
from synth_assets.domain.comparisons import (
    can_be,
    is_rounded,
    possible_texts,
    unlike_sides,
    unlisted_numbers,
    unlisted_texts,
    whole_divisions,
)

_REGIONS = {"c": frozenset({"north", "south"})}


@pytest.mark.parametrize(
    ("text", "unlisted"),
    [
        ("c = 'north'", []),
        ("c <> 'nrth'", [("c", "nrth")]),
        ("'nrth' = c", [("c", "nrth")]),
        ("n > 3 OR NOT c IN ('north', 'nrth', 'west')", [("c", "nrth"), ("c", "west")]),
        ("(c) = 'nrth'", [("(c)", "nrth")]),
        ("COALESCE(c, 'none') = 'nrth'", [("COALESCE(c, 'none')", "nrth")]),
        ("COALESCE(c, 'none') = 'none'", []),
        ("CASE c WHEN 'nrth' THEN 1 ELSE 0 END = 1", [("c", "nrth")]),
        ("CASE WHEN c = 'nrth' THEN 1 ELSE 0 END = 1", [("c", "nrth")]),
        ("CASE WHEN n > 1 THEN 'a' ELSE NULL END = 'b'", [("CASE WHEN n > 1 THEN 'a' ELSE NULL END", "b")]),
        ("c < 'm'", []),
        ("other = 'nrth'", []),
        ("d = DATE '2020-01-02'", []),
        ("c IS NULL", []),
    ],
)
def test_a_text_that_is_compared_with_what_it_never_is_is_listed(text: str, unlisted: list[tuple[str, str]]) -> None:
    assert [(side, literal) for side, literal, _ in unlisted_texts(text, _REGIONS)] == unlisted


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("c", {"north", "south"}),
        ("CASE WHEN n > 1 THEN 'a' WHEN n > 0 THEN c END", {"a", "north", "south"}),
        ("COALESCE(c, NULL, 'none')", {"north", "south", "none"}),
        ("CASE WHEN n > 1 THEN other ELSE 'a' END", None),
        ("n + 1", None),
        ("3", None),
    ],
)
def test_the_texts_of_a_value_are_known_where_its_parts_are(text: str, texts: set[str] | None) -> None:
    assert possible_texts(text, _REGIONS) == texts


@pytest.mark.parametrize(
    ("text", "unlisted"),
    [
        ("n = 5", []),
        ("n = 5.0 OR (n) IN (1, 7)", [("n", "7")]),
        ("6 <> n", [("n", "6")]),
        ("n = -1", [("n", "-1")]),
        ("CASE n WHEN 9 THEN 1 ELSE 0 END = 1", [("n", "9")]),
        ("n > 9", []),
        ("n + 1 = 9", []),
        ("m = 9", []),
        ("n = '9'", []),
        ("n = NULL", []),
    ],
)
def test_a_number_that_is_compared_with_what_it_never_is_is_listed(text: str, unlisted: list[tuple[str, str]]) -> None:
    assert unlisted_numbers(text, {"n": frozenset({1, 5}).__contains__}) == unlisted


def test_a_column_can_be_its_values_or_what_lies_in_its_range() -> None:
    few = can_be(Column(name="n", kind="integer", maximum=3, specials=(999,), nullable=True))
    assert [few(number) for number in (0, 3, 999, 4, 0.5, -1)] == [True, True, True, False, False, False]
    many = can_be(Column(name="n", kind="integer", maximum=1000, edges=(10, 20), specials=(-9,)))
    assert [many(number) for number in (0, 555, 1000, -9, 0.5, 1001)] == [True, True, True, True, False, False]
    real = can_be(Column(name="x", kind="float", maximum=1.0, bins=2))
    assert [real(number) for number in (0.0, 0.123, 1.0, 1.01)] == [True, True, True, False]


_SCHEMA = pa.schema(
    [
        ("n", pa.int64()),
        ("f", pa.float64()),
        ("b", pa.bool_()),
        ("c", pa.string()),
        ("d", pa.date32()),
        ("e", pa.date32()),
    ]
)


@pytest.mark.parametrize(
    ("text", "unlike"),
    [
        ("b = 1", [("b", "1")]),
        ("n > 1 AND b <> 0", [("b", "0")]),
        ("(n = 0) = f", [("n = 0", "f")]),
        ("n = 0 = f = 0", [("n = 0", "f")]),
        ("n = 0 = f = 0 = n = 1", [("n = 0", "f")]),
        ("b = 1 OR n = 0 = f", [("b", "1"), ("n = 0", "f")]),
        ("b BETWEEN 0 AND 1", [("b", "0")]),
        ("CASE b WHEN 1 THEN 2 END = 2", [("b", "1")]),
        ("b = 'yes'", [("b", "'yes'")]),
        ("(n = 0) = (f = 0)", []),
        ("b = TRUE", []),
        ("b = NULL", []),
        ("CASE WHEN b THEN 1 ELSE 0 END = 1", []),
        ("n = 1 OR d - e = d - e", []),
    ],
)
def test_what_is_true_or_false_beside_something_else_is_listed(text: str, unlike: list[tuple[str, str]]) -> None:
    assert [(truth.text, other.text) for truth, other in unlike_sides(text, _SCHEMA)] == unlike


@pytest.mark.parametrize(
    ("text", "divisions"),
    [
        ("n / 100", ["n / 100"]),
        ("f + (n + 1) / n", ["(n + 1) / n"]),
        ("n / 100.0", []),
        ("f / 2", []),
        ("n * 1.0 / 100", []),
        ("n % 2", []),
    ],
)
def test_divisions_of_whole_numbers_are_listed(text: str, divisions: list[str]) -> None:
    assert whole_divisions(text, _SCHEMA) == divisions


@pytest.mark.parametrize(
    ("text", "rounded"),
    [
        ("f / 3", False),
        ("ROUND(f / 3, 2)", True),
        ("ROUND(f, 2) * 1.1", False),
        ("CASE WHEN f / 3 > 1 THEN ROUND(f / 3, 1) ELSE 0.5 END", True),
        ("CASE WHEN b THEN f / 3 ELSE 0.5 END", False),
        ("n / 100.0", False),
        ("n + 1", True),
        ("COALESCE(f, 0.0)", True),
    ],
)
def test_arithmetic_on_reals_is_rounded_or_not(text: str, *, rounded: bool) -> None:
    assert is_rounded(text, _SCHEMA) is rounded
