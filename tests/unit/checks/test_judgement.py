"""Facts are those of the kinds that a contract asks for, and each kind judges them by its own arguments."""

from collections.abc import Iterator

import pytest
from kit.releases import MadeUp, visits_contract

from synth_assets.candidate import Candidate
from synth_assets.checks.context import NOTHING
from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.judgement import basis_of, facts_of, judge, judge_generated
from synth_assets.checks.kinds import registry
from synth_assets.checks.kinds.kind import CheckKind, Facts, Verdict
from synth_assets.checks.suite import suite_of
from synth_assets.contract import DatasetContract


def test_with_another_schema_only_schema_and_rows_are_judged() -> None:
    facts = {"as_declared": False, "rows": 3, "released_rows": 3, "schema": []}
    messages = {entry.check: judge(entry.type, facts, entry.kwargs)[2] for entry in suite_of(visits_contract(rows=3))}
    assert [name for name, text in messages.items() if not text.startswith("not evaluated")] == ["schema", "row_count"]


def test_without_a_rule_nothing_is_said_of_rules(visits: MadeUp, faithful: Candidate) -> None:
    for rules, known in (({}, False), ({"ages": "age >= 0"}, True)):
        contract = visits_contract(rules=rules)
        basis = basis_of(contract, faithful, visits.release, context=NOTHING)
        assert ("violations" in facts_of(basis)) is known


def _few(contract: DatasetContract) -> Iterator[SuiteEntry]:
    yield generated("few", type_="expect_few", kwargs={"most": contract.rows}, description="Few rows.")


def _is_few(facts: Facts, *, most: int) -> Verdict:
    return facts["rows"] < most, {"twice": facts["twice"]}, f"{facts['rows']} rows"


def test_a_kind_is_a_record_and_nothing_else(
    visits: MadeUp, faithful: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = CheckKind(
        type="expect_few",
        claim="few",
        entries=_few,
        judge=_is_few,
        facts=lambda basis: {"twice": 2 * basis.counts.rows},
    )
    monkeypatch.setitem(registry.KINDS, kind.type, kind)  # type: ignore[arg-type] # a dict behind a mapping
    result = judge_generated(basis_of(visits.contract, faithful, visits.release, context=NOTHING))[-1]
    assert (result.name, result.passed, result.observed) == ("few", False, {"twice": 4000})
