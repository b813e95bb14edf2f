"""A new kind defines its sensitivity and its shape; price, journal, statement and audit follow."""

import dataclasses
from typing import Any, ClassVar

import numpy as np
import pytest
from kit.people import make_contract

from synth_assets.domain import Column, Domain
from synth_assets.errors import IntegrityError
from synth_assets.privacy import PrivacyLoss, PrivacyUnit
from synth_assets.privacy.noise import least_gaussian
from synth_assets.release.answers import Answer, Audited, Grids, loss_of, require

DOMAIN = Domain(columns=(Column(name="age", kind="integer", maximum=3),))
AUDITED = Audited(
    contract=make_contract(
        privacy={"unit": {"column": "who", "max_rows": 3}, "spend": {"epsilon": 1.0, "delta": 1e-6}}
    ),
    domain=DOMAIN,
    charged=PrivacyLoss(nano_rho=10**9),
)


class Total(Answer):
    """The number of rows."""

    __slots__ = ()
    kind: ClassVar[str] = "totals"
    page: ClassVar[str] = "docs/privacy/noise.md"
    claim: ClassVar[str] = "total maps"
    absent: ClassVar[str] = "no total was asked"
    ask_for: ClassVar[str] = "a plan of totals"

    def sensitivity(self, max_rows: int) -> int:
        """See ``Answer``."""
        return max_rows

    def check(self, domain: Domain, grids: Grids) -> None:
        """See ``Answer``."""
        del domain, grids
        require(self.values.shape == (), "has an odd total")


NOISE = least_gaussian(d_in=3, rho=0.1)


def total(**changes: Any) -> Total:
    facts: dict[str, Any] = {"descriptor": {}, "values": np.array(7), "draw": 1}
    facts |= {name: getattr(NOISE, name) for name in ("scale", "d_in", "rho", "mechanism")}
    return Total(**{**facts, **changes})


def test_an_honest_answer_has_no_fault() -> None:
    assert total().faults(AUDITED) == []
    assert total().recomputed(3) == (NOISE.rho, 0.0)
    assert "1 totals" in Total.verified([total()], AUDITED)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"d_in": 2}, "d_in is 2, and the descriptor makes it 3"),
        ({"rho": 0.01}, "cost"),
        ({"scale": NOISE.scale / 2}, "other noise"),
        ({"delta": 1e-9}, "has none"),
    ],
)
def test_what_does_not_follow_is_a_fault(changes: dict[str, Any], fault: str) -> None:
    (message,) = total(**changes).faults(AUDITED)
    assert fault in message


def test_the_journal_keeps_values_and_the_statement_states_what_they_cost() -> None:
    assert Total.journaled([total().noted()]) == [7]
    stated = Total.mechanisms([total()], max_rows=3)
    assert (stated[0]["d_in"], stated[0]["d_out"], stated[0]["totals"]) == (3, NOISE.rho, {})
    assert Total.spending([total(), total(draw=2)]) == [
        {"draw": draw, "totals": 1, "rho": loss_of([total()]).rho} for draw in (1, 2)
    ]
    assert Total.counted([total()]) == {"totals": 1}
    assert Total.counted([]) == {}


def test_losses_are_summed_exactly_and_rounded_up_once() -> None:
    third = dataclasses.replace(total(), rho=1 / 3, delta=1e-9)
    assert loss_of([third] * 3) == PrivacyLoss(nano_rho=10**9, atto_delta=3 * 10**9 + 1)
    assert loss_of([]) == PrivacyLoss(nano_rho=0)


def test_a_query_is_announced_with_all_that_its_answer_depends_on() -> None:
    class Query:
        def descriptor(self) -> dict[str, Any]:
            return {"of": "all"}

    asked = Total.announced([Query()], [NOISE], unit=PrivacyUnit(column="who", max_rows=3))
    noise = [{"mechanism": NOISE.mechanism, "rho": NOISE.rho}]
    assert asked == {"totals": [{"of": "all"}], "noise": noise, "max_rows": 3}


def test_what_does_not_fit_is_refused_with_a_hint() -> None:
    with pytest.raises(IntegrityError, match="this is not a release: it is odd\n  hint"):
        require(False, "is odd")
