"""A model moves towards the released orders as far as they are clear of noise, and strange orders are refused."""

import json
from typing import Any

import numpy as np
import pytest

from synth_assets.domain import Column, Domain
from synth_assets.errors import IntegrityError
from synth_assets.generator.cells.layout import Layout
from synth_assets.generator.cells.ordering import (
    Amount,
    Order,
    largest_orders,
    open_groups,
    orders_from_json,
    orders_json,
    orders_of,
)
from synth_assets.release import NoisyMarginal, Release
from synth_assets.release.kinds.orders import NoisyOrders

COLUMNS = tuple(Column(name=name, kind="integer", maximum=99, edges=(1, 50)) for name in ("due", "paid"))
DOMAIN = Domain(columns=COLUMNS)
GRIDS = {name: np.arange(3) for name in DOMAIN.names}
LAYOUT = Layout.of(DOMAIN, GRIDS)


def release(*counts: int, scale: float = 1.0) -> Release:
    orders = NoisyOrders(
        descriptor={"pairs": (("due", "paid"),), "coding": 1},
        values=np.array([counts]),
        scale=scale,
        d_in=1,
        rho=0.1,
        draw=2,
    )
    table = NoisyMarginal.of(attributes=("due",), level="fine", counts=np.array([0, 500, 500]), scale=1.0, rho=0.1)
    return Release(
        dataset="made_up", source="nowhere", version="1", fingerprint="f", reservation="r",
        domain=DOMAIN, grids=GRIDS, answers=(table, orders), privacy={}, digest="ab" * 32,
    )  # fmt: skip


def drawn() -> dict[str, Any]:
    """A quarter of the rows is decided as less, a quarter as greater, and a half is open and never equal."""
    due, paid = np.array([10, 70, 20, 80] * 250), np.array([70, 10, 21, 79] * 250)
    numbers = {"due": due.astype(np.float64), "paid": paid.astype(np.float64)}
    return {"codes": [np.where(values < 50, 1, 2).astype(np.uint16) for values in (due, paid)], "numbers": numbers}


def test_groups_that_overlap_leave_the_order_open_and_single_values_do_not() -> None:
    amount = Amount.of(LAYOUT, "due")
    assert open_groups(amount, amount).tolist() == [[False] * 3, [False, True, False], [False, False, True]]


def test_clear_counts_are_taken_off_what_is_decided() -> None:
    (order,) = orders_of(release(350, 300), LAYOUT, **drawn())
    assert (order.less, order.equal) == pytest.approx((0.2, 0.6), abs=1e-3)


def test_what_noise_explains_is_left_as_the_model_has_it() -> None:
    (order,) = orders_of(release(530, 20, scale=100.0), LAYOUT, **drawn())
    assert (order.less, order.equal) == (0.5, 0.0)


def test_shares_stay_possible_where_counts_are_not() -> None:
    (order,) = orders_of(release(-20, 900), LAYOUT, **drawn())
    assert (order.less, order.equal) == (0.0, 1.0)


def test_orders_are_written_and_read() -> None:
    orders, content = (Order("due", "paid", 0.25, 0.5),), json.dumps(orders_json((Order("due", "paid", 0.25, 0.5),)))
    assert orders_from_json(content.encode(), DOMAIN, release=release(1, 1)) == orders
    assert orders_json(()) == {}
    assert len(content) <= largest_orders(release(1, 1))


@pytest.mark.parametrize(
    "listed",
    [
        {},
        ["due"],
        [["due", "paid", 0.1]],
        [["due", "nobody", 0.1, 0.1]],
        [["due", "due", 0.1, 0.1]],
        [["due", "paid", 1, 0.0]],
        [["due", "paid", -0.1, 0.0]],
        [["due", "paid", 0.6, 0.6]],
        [["due", "paid", 0.1, 0.1], ["paid", "due", 0.1, 0.1]],
        [["due", ["paid"], 0.1, 0.1]],
    ],
)
def test_odd_orders_are_refused(listed: Any) -> None:
    with pytest.raises(IntegrityError):
        orders_from_json(json.dumps({"orders": listed}).encode(), DOMAIN, release=None)


def test_orders_of_other_pairs_than_the_release_has_are_refused() -> None:
    with pytest.raises(IntegrityError, match="other columns"):
        orders_from_json(b"{}", DOMAIN, release=release(1, 1))
