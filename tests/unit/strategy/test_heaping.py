"""Tables of heaps cost a small share together, single values are asked where bins stand out, otherwise nothing is."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from synth_assets.domain import Column, Domain
from synth_assets.release import NoisyMarginal
from synth_assets.release.kinds.heaping import MOST_LISTED, values_of
from synth_assets.strategy.heaping import HEAPING_SHARE, HeapRound, runs_of_values
from synth_assets.strategy.measurer import Request

AGE = Column(name="age", kind="integer", maximum=100)
PAID = Column(name="paid", kind="integer", maximum=9_999, edges=tuple(range(100, 9_999, 100)))
RATE = Column(name="rate", kind="float", maximum=1.0, bins=50)
DOMAIN = Domain(columns=(AGE, PAID, RATE))


class Asked:
    """A measurer that keeps what it is asked."""

    rho_left = 0.4

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def draw(self, requests: Sequence[Request]) -> list[Any]:
        """Keep the requests of a draw."""
        self.requests += requests
        return list(requests)


def one_ways(*, cap: int = 0) -> list[NoisyMarginal]:
    """Return even tables, in which one bin of payments has so many rows more."""
    tables = []
    for column in DOMAIN.columns:
        counts = np.full(column.size, 1_000)
        counts[42 if column is PAID else 0] += cap if column is PAID else 0
        tables.append(NoisyMarginal.of(attributes=(column.name,), level="fine", counts=counts, scale=5.0, rho=0.02))
    return tables


def test_all_heaps_share_their_part_equally_in_one_draw() -> None:
    measurer = Asked()
    asked = HeapRound(measurer=measurer, domain=DOMAIN, rho=0.4)
    asked.measure(one_ways())
    assert [request.query.descriptor()["column"] for request in asked.answers] == ["paid", "rate"]
    assert [request.rho for request in measurer.requests] == pytest.approx([0.4 * HEAPING_SHARE / 2] * 2)
    assert asked.rho == 0.4 * HEAPING_SHARE


def test_single_values_of_a_bin_that_stands_out_cost_half_as_much_as_heaps() -> None:
    measurer = Asked()
    HeapRound(measurer=measurer, domain=DOMAIN, rho=0.4).measure(one_ways(cap=3_000))
    heaps, _, singles = measurer.requests
    assert singles.query.descriptor() == {"column": "paid", "runs": ((4_200, 1, 100),)}
    assert singles.rho == pytest.approx(heaps.rho / 2)
    assert sum(request.rho for request in measurer.requests) == pytest.approx(0.4 * HEAPING_SHARE)


def test_without_such_a_column_nothing_is_drawn() -> None:
    measurer = Asked()
    asked = HeapRound(measurer=measurer, domain=Domain(columns=(AGE,)), rho=0.4)
    asked.measure(one_ways(cap=3_000))
    assert (asked.rho, asked.answers, measurer.requests) == (0.0, (), [])


def test_a_curve_without_noise_does_not_stand_out() -> None:
    curve = 50_000 * np.exp(-0.5 * ((np.arange(100) - 40) / 8) ** 2)
    assert runs_of_values(PAID, curve, scale=0.1, noise=0.1) == ()


@pytest.mark.parametrize("column", [PAID, RATE, Column(name="far", kind="integer", maximum=10**9, bins=8)])
def test_there_are_never_too_many_values_and_all_lie_in_the_column(column: Column) -> None:
    counts = np.where(np.arange(column.regular) % 5 == 2, 5_000.0, 10.0)
    runs = runs_of_values(column, counts, scale=1.0, noise=1.0)
    assert 0 < sum(many for *_, many in runs) <= MOST_LISTED
    values = values_of(runs, column)
    assert column.minimum <= values[0] <= values[-1] <= column.maximum
    codes = np.searchsorted(column.bounds(), values, side="right") - 1
    assert set(codes.tolist()) == set(range(2, column.regular, 5))
