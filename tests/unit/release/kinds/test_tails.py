"""A table of tails has the shape that its cuts decide, and the price of its mechanism."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from kit.people import make_contract

from synth_assets.domain import Column, Domain
from synth_assets.errors import IntegrityError
from synth_assets.privacy import PrivacyLoss, PrivacyUnit
from synth_assets.release.answers import Audited
from synth_assets.release.kinds.tails import NoisyTails, TailQuery

PAID = Column(name="paid", kind="integer", maximum=99)
DOMAIN = Domain(columns=(PAID, Column(name="sex", kind="boolean")))
AUDITED = Audited(contract=make_contract(), domain=DOMAIN, charged=PrivacyLoss(nano_rho=10**9))


def table(**changes: Any) -> NoisyTails:
    asked = TailQuery(column=PAID, cuts=(0, 10, 80, 100))
    noise = asked.noise(unit=PrivacyUnit(), rho=0.02, delta=0)
    answer = NoisyTails.from_journal(asked, noise, np.zeros(asked.shape(), np.int64).tolist(), draw=1)
    return dataclasses.replace(answer, **changes)


def test_an_honest_table_fits_and_has_no_fault() -> None:
    table().check(DOMAIN, {})
    assert table().faults(AUDITED) == []
    assert table().sensitivity(3) == 3
    assert (table().column, table().cuts) == ("paid", (0, 10, 80, 100))


@pytest.mark.parametrize("changes", [{"rho": 0.001}, {"scale": 99.0}, {"d_in": 2}])
def test_what_does_not_follow_is_a_fault(changes: dict[str, Any]) -> None:
    (fault,) = table(**changes).faults(AUDITED)
    assert fault.startswith("tails of 'paid'")


@pytest.mark.parametrize(
    "descriptor",
    [
        {"column": "nobody"},
        {"column": "sex"},
        {"column": ["paid"]},
        {"more": 1},
        {"cuts": [0, 10, 80, 100]},
        {"cuts": (0, 10, 80, 101)},
        {"cuts": (-1, 10, 80, 100)},
        {"cuts": (0, 10, 10, 100)},
        {"cuts": (0, 80, 10, 100)},
        {"cuts": (0, 10.0, 80, 100)},
        {"cuts": (False, 10, 80, 100)},
        {"cuts": (0,)},
        {"cuts": ()},
        {"cuts": None},
        {"cuts": (0, 10, 100)},
    ],
)
def test_tails_that_do_not_fit_the_columns_are_refused(descriptor: dict[str, Any]) -> None:
    wild = table(descriptor={**table().descriptor, **descriptor})
    with pytest.raises(IntegrityError, match="is not a release"):
        wild.check(DOMAIN, {})
