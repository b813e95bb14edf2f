"""A discovery records which categories, how sure, at what cost; what does not follow from it is found."""

import dataclasses
from typing import Any

import pytest
from found import FOUND
from kit.people import make_contract

from synth_assets.domain import Column, Domain
from synth_assets.errors import IntegrityError
from synth_assets.privacy import PrivacyLoss, PrivacyUnit
from synth_assets.privacy.noise import least_threshold
from synth_assets.release import Discovery, categories_of
from synth_assets.release.answers import Audited
from synth_assets.release.kinds.thresholds import OLD_RULE, ThresholdQuery

OPEN = {"type": "categorical", "categories": "discover", "other": "other", "domain_source": "discovered"}
SPEND = {"epsilon": 2.0, "delta": 1e-6, "threshold_delta": 1e-9}
CONTRACT = make_contract(privacy={"unit": "rows", "spend": SPEND}, columns={"city": OPEN})
NOISE = least_threshold(max_rows=1, rho=0.02, delta=1e-9)


def discovery(**changes: Any) -> Discovery:
    facts = {"column": "city", "categories": ("north", "south"), "counts": (120, 80), "left_out": 0, "draw": 0}
    facts |= {name: getattr(NOISE, name) for name in ("scale", "threshold", "rho", "delta", "mechanism", "d_in")}
    return Discovery.of(**{**facts, **changes})


def audited(atto_delta: int = 10**9) -> Audited:
    domain = CONTRACT.domain(found={"city": ("north", "south")})
    return Audited(contract=CONTRACT, domain=domain, charged=PrivacyLoss(nano_rho=10**9, atto_delta=atto_delta))


def test_categories_are_given_as_a_contract_takes_them() -> None:
    assert categories_of([FOUND]) == {"city": ("north", "süd")}


def test_the_journal_keeps_what_a_record_is_made_from() -> None:
    query = ThresholdQuery(column=Column(name="city", kind="categorical"))
    part = Discovery.kept([("north", 120), ("south", 80)])
    again = Discovery.from_journal(query, NOISE, part, draw=0)
    assert again.noted() == part == {"released": [["north", 120], ["south", 80]], "left_out": 0}
    assert again.described() == discovery().described()
    assert query.noise(unit=PrivacyUnit(), rho=0.02, delta=1e-9) == NOISE


def test_an_honest_record_has_no_fault() -> None:
    assert discovery().faults(audited()) == []
    assert Discovery.faults_together([discovery()], audited()) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"rho": NOISE.rho / 2}, "cost rho"),
        ({"delta": NOISE.delta / 2}, "cost rho"),
        ({"scale": NOISE.scale * 2}, "other noise"),
        ({"threshold": NOISE.threshold - 1}, "another threshold"),
        ({"d_in": 2}, "other noise"),
        ({"counts": (80, 120)}, "order"),
        ({"counts": (120, NOISE.threshold)}, "does not let through"),
    ],
)
def test_what_does_not_follow_is_a_fault(changes: dict[str, Any], fault: str) -> None:
    assert any(fault in message for message in discovery(**changes).faults(audited()))


def test_other_columns_than_the_contract_leaves_open_are_a_fault() -> None:
    (fault,) = Discovery.faults_together([], audited())
    assert "leaves open" in fault


def test_the_old_rule_is_held_against_the_charge() -> None:
    old = discovery(rule=OLD_RULE)
    cost = old.recomputed(1)[1]
    assert cost > NOISE.delta
    assert Discovery.faults_together([old], audited(10**12)) == []
    (fault,) = Discovery.faults_together([old], audited(int(cost * 1e18) - 1))
    assert "correction is not in these entries" in fault


@pytest.mark.parametrize(
    "change",
    [
        {"column": 7},
        {"categories": [1, 2]},
        {"categories": ("a",)},
        {"left_out": None},
        {"threshold": 5.0},
        {"threshold": 2**70},
        {"rule": "below"},
        {"more": 1},
    ],
)
def test_a_wild_record_is_refused(change: dict[str, Any]) -> None:
    wild = dataclasses.replace(FOUND, descriptor={**FOUND.descriptor, **change})
    with pytest.raises(IntegrityError, match="is not a release"):
        wild.check(Domain(columns=()), {})
