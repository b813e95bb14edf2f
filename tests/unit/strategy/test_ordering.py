"""One vector of orders costs a small share, of the pairs whose values share a bin most often; otherwise nothing is."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from synth_assets.domain import Column, Domain
from synth_assets.release import NoisyMarginal
from synth_assets.release.kinds.orders import MOST_PAIRS
from synth_assets.strategy.measurer import Request
from synth_assets.strategy.ordering import MOST_ORDER_SHARE, ORDER_SHARE, OrderRound, nearest_pairs

DUE = Column(name="due", kind="integer", maximum=999, bins=10)
DOMAIN = Domain(columns=(DUE, replace(DUE, name="paid"), Column(name="sex", kind="boolean")))


class Asked:
    """A measurer that keeps what it is asked."""

    rho_left = 0.4

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def draw(self, requests: Sequence[Request]) -> list[Any]:
        """Keep the requests of a draw."""
        self.requests += requests
        return list(requests)


def one_ways(domain: Domain) -> list[NoisyMarginal]:
    return [
        NoisyMarginal.of(attributes=(c.name,), level="fine", counts=np.full(c.size, 50), scale=5.0, rho=0.02)
        for c in domain.columns
    ]


def test_comparable_columns_are_asked_in_one_vector_for_a_small_share() -> None:
    measurer = Asked()
    asked = OrderRound(measurer=measurer, domain=DOMAIN, rho=0.4)
    asked.measure(one_ways(DOMAIN))
    (request,) = measurer.requests
    assert request.query.descriptor()["pairs"] == (("due", "paid"),)
    assert request.rho == asked.rho == pytest.approx(0.4 * ORDER_SHARE)
    assert len(asked.answers) == 1


def test_many_pairs_cost_no_more_than_a_part_and_a_count_of_few_has_the_same_noise() -> None:
    for columns, share in ((4, 6 * ORDER_SHARE), (20, MOST_ORDER_SHARE)):
        domain, measurer = Domain(columns=tuple(replace(DUE, name=f"c{index:02}") for index in range(columns))), Asked()
        OrderRound(measurer=measurer, domain=domain, rho=0.4).measure(one_ways(domain))
        assert measurer.requests[0].rho == pytest.approx(0.4 * share)


def test_columns_that_are_not_comparable_cost_nothing() -> None:
    measurer = Asked()
    asked = OrderRound(measurer=measurer, domain=Domain(columns=DOMAIN.columns[1:]), rho=0.4)
    asked.measure(one_ways(DOMAIN))
    assert (asked.rho, asked.answers, measurer.requests) == (0.0, (), [])


def test_of_too_many_pairs_those_are_asked_that_share_bins_and_none_that_do_not() -> None:
    domain = Domain(columns=tuple(replace(DUE, name=f"c{index:02}") for index in range(30)))
    pairs = list(combinations(domain.names, 2))
    low, high = np.array([900, *[0] * 9]), np.array([*[0] * 9, 900])
    counts = {name: low if name < "c15" else high for name in domain.names}
    chosen = nearest_pairs(pairs, domain, counts=counts)
    assert len(chosen) == MOST_PAIRS
    assert all((a < "c15") == (b < "c15") for a, b in chosen)
    assert chosen == sorted(chosen)
    apart = nearest_pairs([("c00", "c01"), ("c00", "c20")], domain, counts=counts)
    assert apart == [("c00", "c01")]


def test_columns_that_never_share_a_bin_are_not_paid_for() -> None:
    measurer = Asked()
    tables = one_ways(DOMAIN)
    for table, half in zip(tables[:2], (slice(0, 5), slice(5, 10)), strict=True):
        table.counts[half] = 0
    OrderRound(measurer=measurer, domain=DOMAIN, rho=0.4).measure(tables)
    assert measurer.requests == []
