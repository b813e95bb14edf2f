"""A kind without rows of the contract's schema is not judged, unless it says that it can be."""

import pytest
from kit.project import Project

from synth_assets.checks.kinds.kind import CheckKind, faults_only
from synth_assets.checks.kinds.registry import KINDS


def test_a_kind_that_needs_the_schema_fails_without_it() -> None:
    for kind in KINDS.values():
        if kind.needs_schema:
            assert kind.verdict({"as_declared": False}, {})[0] is False


def test_what_is_measured_is_beyond_the_limit_only_if_the_check_failed(checked: Project) -> None:
    for result in checked.evidence(0).results:
        measured = KINDS[result.expectation].measured(result.observed, result.kwargs)
        assert measured is not None, result.name
        assert (measured[0] <= measured[1]) == result.passed, result.name


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.measure], ids=lambda kind: kind.type)
def test_what_was_not_evaluated_has_no_measure(kind: CheckKind) -> None:
    if kind.needs_schema:
        _, observed, _ = kind.verdict({"as_declared": False}, {})
        assert kind.measured(observed, {}) is None


def test_faults_are_counted_by_column_or_at_once() -> None:
    assert faults_only("outside")({"outside": {"age": 2, "city": 1}}, {}) == (3.0, 0.0)
    assert faults_only("violations")({"violations": 4}, {}) == (4.0, 0.0)
