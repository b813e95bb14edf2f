"""A vector of orders has two numbers per pair, and the price of so many pairs."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from kit.people import make_contract

from synth_assets.domain import Column, Domain
from synth_assets.errors import Fault, IntegrityError
from synth_assets.privacy import PrivacyLoss, PrivacyUnit
from synth_assets.release.answers import Audited
from synth_assets.release.kinds.orders import MOST_PAIRS, NoisyOrders, OrderQuery

AMOUNTS = tuple(Column(name=name, kind="integer", maximum=9_999, bins=9) for name in ("due", "paid", "left"))
DOMAIN = Domain(columns=(*AMOUNTS, Column(name="sex", kind="boolean")))
PAIRS = (("due", "paid"), ("due", "left"), ("paid", "left"))
AUDITED = Audited(contract=make_contract(), domain=DOMAIN, charged=PrivacyLoss(nano_rho=10**9))


def vector(**changes: Any) -> NoisyOrders:
    asked = OrderQuery(pairs=PAIRS, domain=DOMAIN)
    noise = asked.noise(unit=PrivacyUnit(), rho=0.02, delta=0)
    answer = NoisyOrders.from_journal(asked, noise, np.zeros(asked.shape(), np.int64).tolist(), draw=1)
    return dataclasses.replace(answer, **changes)


def test_an_honest_vector_fits_and_has_no_fault() -> None:
    vector().check(DOMAIN, {})
    assert vector().faults(AUDITED) == []
    assert vector().pairs == PAIRS


def test_the_bound_grows_with_the_root_of_the_pairs() -> None:
    assert vector().sensitivity(5) == 9  # sqrt(75), rounded up
    unit = PrivacyUnit(column="person", max_rows=5)
    assert OrderQuery(pairs=PAIRS, domain=DOMAIN).noise(unit=unit, rho=0.1, delta=0).d_in == 9


@pytest.mark.parametrize("pairs", [(), (("due", "paid"), ("paid", "due"))])
def test_a_pair_twice_or_none_is_not_asked(pairs: Any) -> None:
    with pytest.raises(Fault, match="each once"):
        OrderQuery(pairs=pairs, domain=DOMAIN).noise(unit=PrivacyUnit(), rho=0.1, delta=0)


@pytest.mark.parametrize("changes", [{"rho": 0.001}, {"scale": 99.0}, {"d_in": 1}])
def test_what_does_not_follow_is_a_fault(changes: dict[str, Any]) -> None:
    (fault,) = vector(**changes).faults(AUDITED)
    assert fault.startswith("orders of 3 pairs")


@pytest.mark.parametrize(
    "descriptor",
    [
        {"coding": 2},
        {"coding": True},
        {"more": 1},
        {"pairs": ()},
        {"pairs": [["due", "paid"]]},
        {"pairs": (("due",),)},
        {"pairs": (("due", 3),)},
        {"pairs": (("due", "nobody"),)},
        {"pairs": (("due", "due"),)},
        {"pairs": (("due", "sex"),)},
        {"pairs": (("due", "paid"), ("paid", "due"))},
        {"pairs": (("due", "paid"),) * (MOST_PAIRS + 1)},
    ],
)
def test_orders_that_do_not_fit_the_columns_are_refused(descriptor: dict[str, Any]) -> None:
    wild = vector(descriptor={**vector().descriptor, **descriptor})
    with pytest.raises(IntegrityError, match="is not a release"):
        wild.check(DOMAIN, {})


def test_a_vector_of_another_size_is_refused() -> None:
    with pytest.raises(IntegrityError, match="odd shape"):
        vector(values=np.zeros((3, 3), np.int64)).check(DOMAIN, {})
