"""Long tails are asked about in segments that widen outwards, for a small share together; otherwise nothing is."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain import Column, Domain
from synth_assets.release import NoisyMarginal
from synth_assets.release.kinds.tails import NoisyTails, TailQuery
from synth_assets.strategy.measurer import Request
from synth_assets.strategy.tailing import LONG, TAIL_SHARE, TailRound, cuts_of

AGE = Column(name="age", kind="integer", maximum=99)
PAID = Column(name="paid", kind="integer", maximum=249, nullable=True)
SEX = Column(name="sex", kind="boolean")
FULL = np.full(100, 500)


class Asked:
    """A measurer that keeps what it is asked."""

    rho_left = 0.4

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def draw(self, requests: Sequence[Request]) -> list[Any]:
        """Keep the requests of a draw."""
        self.requests += requests
        return list(requests)


def table(column: Column, counts: Any, *, rho: float = 0.02) -> NoisyMarginal:
    counts = np.concatenate([counts, np.zeros(column.size - len(counts))]).astype(np.int64)
    return NoisyMarginal.of(attributes=(column.name,), level="fine", counts=counts, scale=5.0, rho=rho)


def measured(columns: Sequence[Column], tables: Sequence[NoisyMarginal]) -> TailRound:
    side = TailRound(measurer=Asked(), domain=Domain(columns=tuple(columns)), rho=0.4)
    side.measure(tables)
    return side


def test_segments_widen_outwards_from_the_body_to_the_end() -> None:
    assert cuts_of(PAID, table(PAID, [0] * 20 + [500] * 30)) == (0, 20, 50, 66, 98, 162, 250)
    assert cuts_of(PAID, table(PAID, [0] * 200 + [500] * 50)) == (0, 88, 152, 184, 200)


def test_tails_at_both_ends_are_measured_outwards() -> None:
    cuts = cuts_of(PAID, table(PAID, [0] * 100 + [500] * 50))
    assert cuts == (0, 52, 84, 100, 150, 166, 198, 250)


def test_all_tails_cost_the_same_in_one_draw() -> None:
    side = measured([AGE, SEX, PAID], [table(AGE, FULL[:50]), table(SEX, [9, 9]), table(PAID, FULL)])
    asked = [(request.query.column.name, request.rho) for request in side.answers]
    assert asked == [("age", pytest.approx(0.4 * TAIL_SHARE)), ("paid", pytest.approx(0.4 * TAIL_SHARE))]


def test_a_table_costs_no_more_than_the_column_s_one_way_table() -> None:
    side = measured([SEX, PAID], [table(SEX, [9, 9]), table(PAID, FULL, rho=0.0003)])
    assert [request.rho for request in side.answers] == [0.0003]


@pytest.mark.parametrize("counts", [FULL, FULL[: 100 - LONG + 1], FULL * 0])
def test_without_a_long_tail_nothing_is_asked(counts: np.ndarray) -> None:
    assert measured([AGE, SEX], [table(AGE, counts), table(SEX, [9, 9])]).answers == ()


@pytest.mark.parametrize("columns", [(SEX, Column(name="old", kind="boolean")), (PAID,)])
def test_without_a_long_column_or_any_pair_nothing_is_set_aside(columns: tuple[Column, ...]) -> None:
    assert TailRound(measurer=Asked(), domain=Domain(columns=columns), rho=0.4).rho == 0


@given(st.integers(0, 249), st.integers(1, 250))
def test_all_cuts_fit_a_release(start: int, length: int) -> None:
    counts = np.zeros(250)
    counts[start : start + length] = 500
    cuts = cuts_of(PAID, table(PAID, counts))
    if not cuts:
        return
    assert min(end - begin for begin, end in pairwise(cuts)) >= 1
    query = TailQuery(column=PAID, cuts=cuts)
    values = np.zeros(query.shape(), np.int64)
    NoisyTails(descriptor=query.descriptor(), values=values, scale=5.0, d_in=1, rho=0.1, draw=2).check(
        Domain(columns=(PAID,)), {}
    )
