"""What the generated checks make of a candidate: facts from what was counted, and a verdict for each entry.

Great Expectations calls :func:`judge` with the arguments that stand in the suite;
the gate and an audit call it again without it. Facts are plain JSON values. Each
kind says in ``checks.kinds`` which facts it needs and how it judges them.

Example:
    >>> facts = {"as_declared": True, "rows": 10, "violations": {"age > 3": 2}}
    >>> judge("expect_candidate_rule_to_hold", facts, {"rule": "age > 3"})
    (False, {'rows': 10, 'violations': 2}, '2 of 10 rows break `age > 3`')
"""

import json
from collections.abc import Mapping
from concurrent.futures import Executor
from functools import partial
from typing import Any

from synth_assets.candidate import Candidate, expected_rows
from synth_assets.checks.context import Context
from synth_assets.checks.counts import count_candidate, count_rows
from synth_assets.checks.kinds.kind import Basis, Facts, Verdict
from synth_assets.checks.kinds.registry import KINDS
from synth_assets.checks.policy import CheckResult
from synth_assets.checks.suite import suite_of
from synth_assets.contract import DatasetContract
from synth_assets.files import canonical_json
from synth_assets.release import Release

__all__ = ["basis_of", "facts_of", "judge", "judge_generated"]


def judge(kind: str, facts: Facts, kwargs: Mapping[str, Any]) -> Verdict:
    """Judge facts by one kind of expectation and its arguments.

    Raises:
        KeyError: when there is no such kind.
    """
    return KINDS[kind].verdict(facts, kwargs)


def basis_of(
    contract: DatasetContract,
    candidate: Candidate,
    release: Release,
    *,
    context: Context,
    executor: Executor | None = None,
) -> Basis:
    """Count in one pass over the rows what the checks of a contract look at; shards by ``executor``, or else here."""
    kinds = [KINDS[name] for name in _asked(contract, context)]
    makers = {kind.type: partial(kind.tally, contract, release, context) for kind in kinds if kind.tally is not None}
    counts = count_candidate(contract, candidate, release, tallies=makers, executor=executor)
    table: dict[str, Mapping[str, Any]] = {}
    for kind in kinds:
        if kind.beside is not None and context.table is not None:
            columns, maker = kind.beside(contract, context.scenario), {kind.type: makers[kind.type]}
            table |= count_rows(context.table, maker, columns=columns, executor=executor)
    return Basis(
        contract=contract, candidate=candidate.digest, counts=counts, release=release, context=context, table=table
    )


def facts_of(basis: Basis) -> dict[str, Any]:
    """Return what the checks of a contract judge, as plain JSON values."""
    counts = basis.counts
    facts: dict[str, Any] = {
        "as_declared": counts.as_declared,
        "schema": list(counts.schema),
        "rows": counts.rows,
        "released_rows": expected_rows(basis.contract, basis.release),
    }
    for name in _asked(basis.contract, basis.context) if counts.as_declared else ():
        facts |= KINDS[name].facts(basis)
    return facts


def judge_generated(basis: Basis) -> list[CheckResult]:
    """Judge what was counted in a candidate by every check that follows from the contract."""
    facts = json.loads(canonical_json(facts_of(basis)))
    entries = suite_of(basis.contract, scenario=basis.context.scenario)
    verdicts = [(entry, judge(entry.type, facts, entry.kwargs)) for entry in entries]
    return [
        entry.result(basis.candidate, passed=passed, observed=observed, description=sentence)
        for entry, (passed, observed, sentence) in verdicts
    ]


def _asked(contract: DatasetContract, context: Context) -> list[str]:
    """Return the kinds that a contract has entries of, for the whole table or for a scenario."""
    return list(dict.fromkeys(entry.type for entry in suite_of(contract, scenario=context.scenario)))
