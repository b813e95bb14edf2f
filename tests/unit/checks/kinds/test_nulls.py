"""Nulls are forbidden where the contract has none, and elsewhere as frequent as released, up to noise."""

import pytest

from synth_assets.checks.kinds.kind import Verdict
from synth_assets.checks.kinds.nulls import NULLS


def _nulls(gap: float, error: float, forbidden: int = 0) -> Verdict:
    facts = {
        "as_declared": True,
        "nulls": {"sex": forbidden, "age": 5},
        "null_shares": {"age": {"gap": gap, "error": error}},
    }
    return NULLS.verdict(facts, {"never": ["sex"], "sometimes": ["age"], "max_difference": 0.05})


@pytest.mark.parametrize(
    ("gap", "error", "passed"),
    [(0.04, 0.0, True), (0.06, 0.0, False), (-0.06, 0.0, False), (0.06, 0.01, True), (0.09, 0.01, False)],
)
def test_a_gap_counts_as_far_as_three_standard_errors_do_not_explain_it(gap: float, error: float, passed: bool) -> None:  # noqa: FBT001
    assert _nulls(gap, error)[0] is passed


def test_nulls_where_none_may_be_fail() -> None:
    passed, observed, message = _nulls(0.0, 0.0, forbidden=3)
    assert (passed, observed["forbidden"], message) == (False, {"sex": 3}, "sex: 3 nulls where none may be")


def test_a_table_without_nullable_columns_has_no_shares_to_compare() -> None:
    facts = {"as_declared": True, "nulls": {"sex": 0}, "null_shares": {}}
    kwargs = {"never": ["sex"], "sometimes": [], "max_difference": 0.05}
    assert NULLS.verdict(facts, kwargs)[0::2] == (True, "no nulls")
