"""A tally's bound follows from its descriptor; what is not a tally is refused, by a query before paying."""

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit.people import make_contract

from synth_assets.errors import Fault, IntegrityError
from synth_assets.privacy import PrivacyLoss, PrivacyUnit
from synth_assets.release.answers import Audited
from synth_assets.release.kinds.tallies import NoisyTally, TallyQuery
from synth_assets.rowwise.axis import CodeAxis

CONTRACT = make_contract()
DOMAIN = CONTRACT.domain()
MEMBER = CodeAxis(column="member", places_of=(0, 1), labels=("no", "yes"))
CITY = CodeAxis(column="city", places_of=(0, 1, 1), labels=("north", "other"))
WEIGHTS = np.array([[3, 0], [0, -4], [3, 4], [0, 0]])


def query(**changes: Any) -> TallyQuery:
    facts = {"name": "members", "axes": (MEMBER, CITY), "weights": WEIGHTS, "domain": DOMAIN}
    return TallyQuery(**{**facts, **changes})


def answered(asked: TallyQuery, *, rho: float = 0.02) -> NoisyTally:
    noise = asked.noise(unit=PrivacyUnit(), rho=rho, delta=0)
    return NoisyTally.from_journal(asked, noise, np.zeros(asked.shape(), np.int64).tolist(), draw=1)


def audited() -> Audited:
    return Audited(contract=CONTRACT, domain=DOMAIN, charged=PrivacyLoss(nano_rho=10**9))


def test_counts_move_by_the_rows_of_a_unit_and_sums_by_the_largest_norm_as_often() -> None:
    assert answered(query(weights=None)).sensitivity(3) == 3
    assert answered(query()).sensitivity(1) == 5
    assert answered(query()).sensitivity(3) == 15
    assert query(weights=None).shape() == (2, 2)
    assert query().shape() == (2,)


@given(st.lists(st.integers(1 - 2**31, 2**31 - 1), min_size=1, max_size=4).filter(any), st.integers(1, 1000))
def test_a_bound_is_the_least_whole_number_that_is_enough(row: list[int], max_rows: int) -> None:
    asked = query(axes=(MEMBER,), weights=np.array([[0] * len(row), row]))
    noise = asked.noise(unit=PrivacyUnit(column="person", max_rows=max_rows), rho=0.1, delta=0)
    exact = Fraction(max_rows) ** 2 * sum(weight**2 for weight in row)
    assert Fraction(noise.d_in) ** 2 >= exact > Fraction(noise.d_in - 1) ** 2


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_an_honest_tally_fits_and_has_no_fault(weights: Any) -> None:
    tally = answered(query(weights=weights))
    tally.check(DOMAIN, {})
    assert tally.name == "members"
    assert tally.faults(audited()) == []


@pytest.mark.parametrize(
    "changes",
    [{"rho": 0.001}, {"d_in": 4}, {"scale": 1.0}, {"delta": 1e-9}],
    ids=["rho", "d_in", "scale", "delta"],
)
def test_what_does_not_follow_is_a_fault(changes: dict[str, Any]) -> None:
    (fault,) = dataclasses.replace(answered(query()), **changes).faults(audited())
    assert fault.startswith("tally 'members'")


def test_heavier_weights_than_were_paid_for_are_a_fault() -> None:
    tally = answered(query())
    heavier = dataclasses.replace(tally, descriptor={**tally.descriptor, "weights": ((6, 0), *((0, 0),) * 3)})
    assert [fault for fault in heavier.faults(audited()) if "d_in is 5" in fault]
    assert [fault for fault in heavier.faults(audited()) if "cost" in fault]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"weights": np.zeros((4, 2), dtype=np.int64)}, "no weight other than 0"),
        ({"weights": np.ones((3, 2), dtype=np.int64)}, "one row of weights per cell"),
        ({"weights": np.ones(4, dtype=np.int64)}, "of another length"),
        ({"weights": np.ones((4, 1))}, "not whole numbers"),
        ({"weights": np.full((4, 1), 2**31)}, "not whole numbers below"),
        ({"weights": np.ones((4, 2), dtype=np.bool_)}, "not whole numbers"),
        ({"weights": np.ones((4, 1 << 17), dtype=np.int64)}, "more than 262,144 weights"),
        ({"axes": ()}, "1 to 8 axes"),
        ({"axes": (MEMBER,) * 9, "weights": None}, "1 to 8 axes"),
        ({"name": "two\nlines"}, "no name"),
        ({"name": ""}, "no name"),
    ],
)
def test_a_query_that_is_not_a_tally_is_refused_before_it_costs(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(Fault, match=fault):
        query(**changes).noise(unit=PrivacyUnit(), rho=0.1, delta=0)


AXIS = {"of": "code", "size": 2}


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"name": 7},
        {"name": "x" * 201},
        {"axes": [AXIS]},
        {"axes": (7,)},
        {"axes": ({"of": "code"},)},
        {"axes": ({"of": "code", "size": 0},)},
        {"axes": ({"of": "code", "size": True},)},
        {"axes": ({"of": "code", "size": 2.0},)},
        {"axes": ({"of": 7, "size": 2},)},
        {"axes": ({"of": "code", "size": 1 << 15},) * 2},
        {"axes": ({"of": "code", "size": 10**30},)},
        {"axes": ({"of": "code", "size": 3}, AXIS)},
        {"weights": [[1, 2]] * 4},
        {"weights": 7},
        {"weights": ((1, 2),) * 3},
        {"weights": ((1, 2, 3),) * 4},
        {"weights": ((1,), (1, 2), (1, 2), (1, 2))},
        {"weights": (7,) * 4},
        {"weights": (("1", 2),) * 4},
        {"weights": ((1.5, 2),) * 4},
        {"weights": ((True, 2),) * 4},
        {"weights": ((2**31, 2),) * 4},
        {"weights": ((10**39, 2),) * 4},
        {"weights": ((0, 0),) * 4},
        {"weights": None},
    ],
)
def test_a_wild_record_is_refused(change: dict[str, Any]) -> None:
    honest = answered(query())
    wild = dataclasses.replace(honest, descriptor={**honest.descriptor, **change})
    with pytest.raises(IntegrityError, match="is not a release"):
        wild.check(DOMAIN, {})


def test_counts_of_another_shape_than_the_axes_are_refused() -> None:
    tally = dataclasses.replace(answered(query(weights=None)), values=np.zeros(4, np.int64))
    with pytest.raises(IntegrityError, match="another shape"):
        tally.check(DOMAIN, {})


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_a_query_is_rebuilt_from_json(weights: Any) -> None:
    asked = query(weights=weights)
    axes = {"member": MEMBER, "city": CITY}
    again = TallyQuery.from_json(asked.as_json(), domain=DOMAIN, axis_of=lambda axis: axes[axis["column"]])
    assert again.descriptor() == asked.descriptor()
    assert again.shape() == asked.shape()


def test_a_statement_names_a_tally_and_leaves_its_weights_to_the_release() -> None:
    (stated,) = NoisyTally.mechanisms([answered(query())], max_rows=1)
    assert (stated["tallies"], stated["d_in"]) == ({"name": "members", "values": 2}, 5)
    assert "1 tallies" in NoisyTally.verified([answered(query())], audited())
    assert "d_in of its own" in NoisyTally.composition()
