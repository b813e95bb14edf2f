"""An entry's digest covers what decides a verdict, and a name is letters, digits and `_`."""

import pytest

from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.errors import UsageError


def _entry(**changes: object) -> SuiteEntry:
    facts = {"type_": "expect_x", "kwargs": {"most": 1}, "description": "d"} | changes
    return generated("x", **facts)  # type: ignore[arg-type] # what a test says


def test_the_digest_is_that_of_name_type_arguments_and_severity() -> None:
    assert _entry(description="other words").digest() == _entry().digest()
    changed = [_entry(type_="expect_y"), _entry(kwargs={"most": 2}), _entry(severity="warning")]
    assert len({entry.digest() for entry in (_entry(), *changed)}) == 4


def test_a_name_that_cannot_be_one_is_refused() -> None:
    with pytest.raises(UsageError, match="'a b' cannot name a check"):
        generated("a b", type_="expect_x", kwargs={}, description="d")


def test_a_result_is_bound_to_its_entry() -> None:
    result = _entry().result("c1", passed=True, observed={"n": 1}, description="seen")
    assert (result.entry, result.candidate, result.kwargs) == (_entry().digest(), "c1", {"most": 1})
