"""A table of heaps has the shape that its column decides, and the price of its mechanism."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from kit.people import make_contract

from synth_assets.domain import Column, Domain
from synth_assets.errors import IntegrityError
from synth_assets.privacy import PrivacyLoss, PrivacyUnit
from synth_assets.release.answers import Audited
from synth_assets.release.kinds.heaping import MOST_LISTED, HeapingQuery, NoisyHeaping, Runs, values_of

PAID = Column(name="paid", kind="integer", maximum=9_999, edges=(100, 1_000))
DOMAIN = Domain(columns=(PAID, Column(name="sex", kind="boolean")))
AUDITED = Audited(contract=make_contract(), domain=DOMAIN, charged=PrivacyLoss(nano_rho=10**9))


RUNS = ((1_000, 1, 3), (5_000, 100, 2))


def table(*, runs: Runs = (), **changes: Any) -> NoisyHeaping:
    asked = HeapingQuery(column=PAID, runs=runs)
    noise = asked.noise(unit=PrivacyUnit(), rho=0.02, delta=0)
    answer = NoisyHeaping.from_journal(asked, noise, np.zeros(asked.shape(), np.int64).tolist(), draw=1)
    return dataclasses.replace(answer, **changes)


@pytest.mark.parametrize("runs", [(), RUNS])
def test_an_honest_table_fits_and_has_no_fault(runs: Runs) -> None:
    table(runs=runs).check(DOMAIN, {})
    assert table(runs=runs).faults(AUDITED) == []
    assert table(runs=runs).sensitivity(3) == 3
    assert table(runs=runs).runs == runs


def test_runs_are_values_in_units() -> None:
    assert values_of(RUNS, PAID) == (1_000, 1_001, 1_002, 5_000, 5_100)
    price = Column(name="price", kind="float", maximum=9.0, edges=(1.0,), step=0.01)
    assert values_of(((3, 10, 2), (2, 1, 2)), price) == (0.02, 0.03, 0.13)


@pytest.mark.parametrize(
    "runs",
    [
        (),
        [[0, 1, 1]],
        ((0, 1),),
        ((0, 1, 0),),
        ((0, 0, 2),),
        ((0, -1, 2),),
        ((0, 1.0, 2),),
        ((True, 1, 1),),
        ((9_999, 1, 2),),
        ((-1, 1, 2),),
        ((2**60, 1, 2),),
        ((0, 2**60, 2),),
        ((0, 1, MOST_LISTED + 1),),
        ((0, 1, MOST_LISTED), (0, 1, MOST_LISTED)),
    ],
)
def test_runs_that_are_not_values_of_the_column_are_refused(runs: Any) -> None:
    wild = table(runs=RUNS)
    with pytest.raises(IntegrityError, match="is not a release"):
        dataclasses.replace(wild, descriptor={"column": "paid", "runs": runs}).check(DOMAIN, {})


@pytest.mark.parametrize("changes", [{"rho": 0.001}, {"scale": 99.0}, {"d_in": 2}])
def test_what_does_not_follow_is_a_fault(changes: dict[str, Any]) -> None:
    (fault,) = table(**changes).faults(AUDITED)
    assert fault.startswith("heaps of 'paid'")


@pytest.mark.parametrize(
    "descriptor",
    [{"column": "nobody"}, {"column": "sex"}, {"column": ["paid"]}, {"coding": 2}, {"coding": True}, {"more": 1}],
)
def test_heaps_that_do_not_fit_the_columns_are_refused(descriptor: dict[str, Any]) -> None:
    wild = table(descriptor={**table().descriptor, **descriptor})
    with pytest.raises(IntegrityError, match="is not a release"):
        wild.check(DOMAIN, {})


def test_a_table_of_another_size_is_refused() -> None:
    with pytest.raises(IntegrityError, match="odd shape"):
        table(values=np.zeros(3, np.int64)).check(DOMAIN, {})
