"""What each generated check makes of the facts that were counted: pure functions, one per expectation.

Great Expectations calls these with the arguments that stand in the suite, and
an audit calls them again without it. Facts are plain JSON values, see
:func:`synth_assets.checks.public.facts_of`.

Example:
    >>> facts = {"as_declared": True, "rows": 10, "violations": {"age > 3": 2}}
    >>> judge("expect_candidate_rule_to_hold", facts, {"rule": "age > 3"})
    (False, {'rows': 10, 'violations': 2}, '2 of 10 rows break `age > 3`')
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

__all__ = ["KINDS", "Verdict", "judge"]

Facts = Mapping[str, Any]
Verdict = tuple[bool, Mapping[str, Any], str]
"""Whether it holds, what was observed as plain JSON values, and that in one sentence."""

_EXPLAINED = 3
"""Standard errors of a share that count as explained."""


def judge(kind: str, facts: Facts, kwargs: Mapping[str, Any]) -> Verdict:
    """Judge facts by one kind of expectation and its arguments.

    Raises:
        KeyError: when there is no such kind.
    """
    if kind not in _WITHOUT_SCHEMA and not facts["as_declared"]:
        return False, {}, "not evaluated: the schema differs from the contract"
    return KINDS[kind](facts, **kwargs)


def _schema(facts: Facts, *, columns: Sequence[Mapping[str, Any]]) -> Verdict:
    present, wanted = facts["schema"], list(columns)
    differing = sorted({field["name"] for field in [*present, *wanted] if (field in present) != (field in wanted)})
    passed = present == wanted
    sentence = (
        f"{len(present)} columns as declared" if passed else f"columns differ: {', '.join(differing) or 'their order'}"
    )
    return passed, {"columns": len(present), "differing": differing}, sentence


def _row_count(facts: Facts, *, rows: int | None = None) -> Verdict:
    counted, wanted = facts["rows"], facts["released_rows"] if rows is None else rows
    sentence = f"{counted:,} rows" if counted == wanted else f"{counted:,} rows instead of {wanted:,}"
    return counted == wanted, {"rows": counted, "expected": wanted}, sentence


def _domain(facts: Facts, *, columns: Mapping[str, Any], derived: Mapping[str, str]) -> Verdict:
    names = [*columns, *derived]
    outside = {name: facts["outside"][name] for name in names if facts["outside"][name]}
    sentence = "; ".join(f"{name}: {count:,} values outside" for name, count in outside.items())
    observed = {"columns": len(names), "rows": facts["rows"], "outside": outside}
    return not outside, observed, sentence or f"all values of {len(names)} columns are inside"


def _nulls(facts: Facts, *, never: Sequence[str], sometimes: Sequence[str], max_difference: float) -> Verdict:
    shares = facts["null_shares"]
    forbidden = {name: facts["nulls"][name] for name in never if facts["nulls"][name]}
    gaps = {name: max(0.0, abs(shares[name]["gap"]) - _EXPLAINED * shares[name]["error"]) for name in sometimes}
    far = {name: round(gap, 6) for name, gap in gaps.items() if gap > max_difference}
    widest, column = max(((abs(shares[name]["gap"]), name) for name in sometimes), default=(0.0, ""))
    sentence = [f"{name}: {count:,} nulls where none may be" for name, count in forbidden.items()]
    sentence += [f"{name}: share of nulls is off by {gap:.3f} beyond noise" for name, gap in far.items()]
    observed = {"forbidden": forbidden, "far": far, "widest_gap": round(widest, 6), "widest_column": column}
    fine = f"largest gap to the released share of nulls: {widest:.3f}" if sometimes else "no nulls"
    return not forbidden and not far, observed, "; ".join(sentence) or fine


def _rule(facts: Facts, *, rule: str) -> Verdict:
    broken = facts["violations"][rule]
    sentence = f"{broken:,} of {facts['rows']:,} rows break `{rule}`" if broken else "holds in every row"
    return broken == 0, {"rows": facts["rows"], "violations": broken}, sentence


def _fidelity(facts: Facts, *, max_excess_distance: float) -> Verdict:
    fidelity, limit = facts["fidelity"], max_excess_distance
    column, column_sure = fidelity["worst_column"], fidelity["worst_column_sure_excess"]
    excess, sure = fidelity["excess"], fidelity["sure_excess"]
    sentence = f"distance beyond noise and sampling {excess:.3f}, surely {sure:.3f}; limit {limit}"
    if column_sure > limit:
        sentence = f"{sentence}; column {column} alone surely {column_sure:.3f}"
    return sure <= limit and column_sure <= limit, fidelity, sentence


KINDS: Mapping[str, Callable[..., Verdict]] = {
    "expect_candidate_schema_to_match": _schema,
    "expect_candidate_row_count_to_match": _row_count,
    "expect_candidate_values_in_domain": _domain,
    "expect_candidate_null_shares_near_release": _nulls,
    "expect_candidate_rule_to_hold": _rule,
    "expect_candidate_marginals_near_release": _fidelity,
}
_WITHOUT_SCHEMA = ("expect_candidate_schema_to_match", "expect_candidate_row_count_to_match")
