"""The types that suites name are registered with Great Expectations, and carry their thresholds."""

import pytest
from great_expectations.expectations.registry import get_expectation_impl

from synth_assets.checks.expectations import EXPECTATIONS
from synth_assets.checks.kinds.registry import KINDS


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_registered_under_its_name(name: str) -> None:
    assert EXPECTATIONS[name].expectation_type == name
    assert get_expectation_impl(name) is EXPECTATIONS[name]
    assert EXPECTATIONS[name].__doc__


def test_thresholds_are_serialised() -> None:
    expectation = EXPECTATIONS["expect_candidate_marginals_near_release"](max_excess_distance=0.03)
    assert expectation.configuration.to_json_dict()["kwargs"] == {"max_excess_distance": 0.03}


def test_what_is_judged_is_all_that_is_given() -> None:
    for expectation in EXPECTATIONS.values():
        assert set(expectation.success_keys) <= set(expectation.__fields__)


def test_an_argument_without_a_default_must_be_given() -> None:
    with pytest.raises(ValueError, match="max_excess_distance"):
        EXPECTATIONS["expect_candidate_marginals_near_release"]()
