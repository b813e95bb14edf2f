"""The types that suites name are registered with Great Expectations, and carry their thresholds."""

from synth_assets.checks import expectations
from synth_assets.checks.judgement import KINDS


def test_every_kind_is_registered_under_its_name() -> None:
    assert {getattr(expectations, name).expectation_type for name in expectations.__all__} == set(KINDS)


def test_thresholds_are_serialised() -> None:
    expectation = expectations.ExpectCandidateMarginalsNearRelease(max_excess_distance=0.03)
    assert expectation.configuration.to_json_dict()["kwargs"] == {"max_excess_distance": 0.03}


def test_what_is_judged_is_all_that_is_given() -> None:
    for name in expectations.__all__:
        expectation = getattr(expectations, name)
        assert set(expectation.success_keys) <= set(expectation.__fields__)
