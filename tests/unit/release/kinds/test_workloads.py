"""A workload's bound follows from its groups; grids and expected tables are bound to it by digest."""

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
from synth_assets.release.kinds.workloads import NoisyWorkload, WorkloadQuery

CONTRACT = make_contract()
DOMAIN = CONTRACT.domain()
GRIDS = {"age": np.arange(21) // 7, "city": np.arange(3), "member": np.arange(2)}
AGE_CITY, MEMBER = ("age", "city"), ("member",)
EXPECTED = {AGE_CITY: np.arange(9).reshape(3, 3), MEMBER: np.array([20, 16])}


def query(**changes: Any) -> WorkloadQuery:
    facts = {"name": "all", "groups": ((AGE_CITY, MEMBER), (MEMBER,)), "expected": EXPECTED}
    return WorkloadQuery(**{**facts, "domain": DOMAIN, "grids": GRIDS, **changes})


def answered(asked: WorkloadQuery) -> NoisyWorkload:
    noise = asked.noise(unit=PrivacyUnit(), rho=0.02, delta=0)
    return NoisyWorkload.from_journal(asked, noise, [0] * len(asked.groups), draw=1)


def audited() -> Audited:
    return Audited(contract=CONTRACT, domain=DOMAIN, charged=PrivacyLoss(nano_rho=10**9))


def test_a_table_in_several_groups_is_listed_once() -> None:
    assert query().cliques == (AGE_CITY, MEMBER)
    assert query().shape() == (2,)


@given(st.lists(st.integers(1, 3), min_size=1, max_size=9), st.integers(1, 1000))
def test_a_bound_is_the_least_whole_number_that_is_enough(sizes: list[int], max_rows: int) -> None:
    groups = tuple((("age",), ("city",), ("member",))[:size] for size in sizes)
    workload = dataclasses.replace(answered(query()), descriptor={**query().descriptor(), "groups": groups})
    bound, exact = Fraction(workload.sensitivity(max_rows)), Fraction(max_rows) ** 2 * sum(size**2 for size in sizes)
    assert bound**2 >= exact > (bound - 1) ** 2


def test_an_honest_workload_fits_and_has_no_fault() -> None:
    workload = answered(query())
    workload.check(DOMAIN, GRIDS)
    assert (workload.name, workload.groups, workload.d_in) == ("all", query().groups, 3)
    assert workload.faults(audited()) == []


@pytest.mark.parametrize("changes", [{"rho": 0.001}, {"d_in": 2}, {"scale": 1.0}], ids=["rho", "d_in", "scale"])
def test_what_does_not_follow_is_a_fault(changes: dict[str, Any]) -> None:
    (fault,) = dataclasses.replace(answered(query()), **changes).faults(audited())
    assert fault.startswith("workload 'all'")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"expected": {AGE_CITY: EXPECTED[AGE_CITY]}}, "one expected table per clique"),
        ({"expected": {**EXPECTED, ("city",): np.arange(3)}}, "one expected table per clique"),
        ({"expected": {**EXPECTED, AGE_CITY: np.arange(3)}}, "grids' shape"),
        ({"expected": {**EXPECTED, MEMBER: np.array([20.0, 16.0])}}, "int64"),
        ({"expected": {**EXPECTED, MEMBER: np.array([2**61, 0])}}, "too large"),
        ({"groups": (), "expected": {}}, "groups of tables"),
        ({"groups": ((AGE_CITY, MEMBER), ())}, "groups of tables"),
        ({"groups": ((AGE_CITY, MEMBER, MEMBER),)}, "a table twice"),
        ({"groups": ((("nobody",),),), "expected": {("nobody",): np.arange(2)}}, "columns of the release"),
        ({"groups": ((("age", "age"),),), "expected": {("age", "age"): np.zeros((3, 3), int)}}, "different columns"),
        ({"name": "\x1b[2K"}, "no name"),
    ],
)
def test_a_query_that_is_not_a_workload_is_refused_before_it_costs(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(Fault, match=fault):
        query(**changes).noise(unit=PrivacyUnit(), rho=0.1, delta=0)


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"name": None},
        {"groups": [[AGE_CITY]]},
        {"groups": 7},
        {"groups": ((AGE_CITY,), 7)},
        {"groups": ((AGE_CITY,), (7,))},
        {"groups": ((AGE_CITY,), (((),),))},
        {"groups": ((AGE_CITY,), ((7,),))},
        {"groups": ((AGE_CITY,), (("age", "nobody"),))},
        {"groups": ((AGE_CITY,), (("age", "age"),))},
        {"groups": ((AGE_CITY,), (AGE_CITY, ("city", "age")))},
        {"groups": ((AGE_CITY,), ())},
        {"groups": ((AGE_CITY, MEMBER),)},
        {"groups": ((AGE_CITY,), (AGE_CITY,), (AGE_CITY,))},
        {"groups": ((AGE_CITY,), (("age",) * 17,))},
        {"expected": "0" * 63},
        {"expected": 7},
        {"grids": "0" * 64},
        {"grids": None},
    ],
)
def test_a_wild_record_is_refused(change: dict[str, Any]) -> None:
    honest = answered(query())
    wild = dataclasses.replace(honest, descriptor={**honest.descriptor, **change})
    with pytest.raises(IntegrityError, match="is not a release"):
        wild.check(DOMAIN, GRIDS)


def test_a_workload_beside_other_grids_is_refused() -> None:
    with pytest.raises(IntegrityError, match="other grids"):
        answered(query()).check(DOMAIN, {**GRIDS, "age": np.arange(21) // 8})


def test_other_expected_tables_are_another_question() -> None:
    other = query(expected={**EXPECTED, MEMBER: np.array([16, 20])})
    assert other.descriptor() != query().descriptor()
    announced = [
        NoisyWorkload.announced([asked], [asked.noise(unit=PrivacyUnit(), rho=0.1, delta=0)], unit=PrivacyUnit())
        for asked in (query(), other)
    ]
    assert announced[0] != announced[1]


def test_a_query_is_rebuilt_from_json() -> None:
    again = WorkloadQuery.from_json(query().as_json(), domain=DOMAIN, grids=GRIDS)
    assert again.descriptor() == query().descriptor()
    assert [table.tolist() for table in again.tables] == [table.tolist() for table in query().tables]


def test_a_statement_names_a_workload_and_leaves_its_groups_to_the_release() -> None:
    (stated,) = NoisyWorkload.mechanisms([answered(query())], max_rows=1)
    assert (stated["workloads"], stated["d_in"]) == ({"name": "all", "values": 2}, 3)
    assert "1 workloads of 2 sums" in NoisyWorkload.verified([answered(query())], audited())
    assert "d_in of its own" in NoisyWorkload.composition()
