"""Expressions are read node by node; what is not known leaves the rest of an OR to decide. See `test_possible` too."""

import numpy as np
import pyarrow as pa
import pytest

from synth_assets.domain import Column
from synth_assets.domain.expressions import parse
from synth_assets.domain.reach import Reader, reach_of

A = Column(name="a", kind="integer", maximum=99, edges=(10, 20), nullable=True)
T = Column(name="t", kind="categorical", categories=("p", "q"))
READER = Reader(columns={"a": A, "t": T}, derived={})
SCHEMA = pa.schema([("a", pa.int64()), ("t", pa.string())])


def can_be_true(text: str) -> list[bool] | None:
    reach = reach_of(parse(text, SCHEMA), READER)
    codes = {"a": np.arange(4), "t": np.zeros(4, dtype=np.int64)}
    return None if reach is None else np.broadcast_to(reach(codes).true, 4).tolist()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a < 10", [True, False, False, False]),
        ("a BETWEEN 12 AND 30 OR t = 'q'", [False, True, True, False]),
        ("a IN (3, 50)", [True, False, True, False]),
        ("a IS NULL", [False, False, False, True]),
        ("NOT (a >= 10) AND t = 'p'", [True, False, False, False]),
        ("CASE WHEN a < 10 THEN a + 100 ELSE -a END > 0", [True, False, False, False]),
        ("a % 2 = 0 OR a > 50", [True, True, True, True]),
        ("a % 2 = 0 AND a > 50", [False, False, True, False]),
    ],
)
def test_codes_tell_what_an_expression_can_be(text: str, wanted: list[bool]) -> None:
    assert can_be_true(text) == wanted


@pytest.mark.parametrize(
    "text",
    ["a / 2 = 3", "t < 'q'", "CAST(a AS DOUBLE) = 1", "a IN (" + ", ".join(map(str, range(300))) + ")", "1 * 2 > 3"],
)
def test_what_can_be_anything_is_left_to_others(text: str) -> None:
    assert can_be_true(text) is None


def test_codes_broadcast() -> None:
    reach = reach_of(parse("a > 50 AND t = 'p'", SCHEMA), READER)
    assert reach is not None
    assert reach({"a": np.arange(4)[:, None], "t": np.arange(2)[None, :]}).true.shape == (4, 2)
