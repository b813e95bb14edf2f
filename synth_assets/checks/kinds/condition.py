"""``condition``: every row of a scenario meets the scenario's ``where``; unknown does not."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from synth_assets.candidate.rejection import kept
from synth_assets.checks.context import Context
from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.kinds.kind import SCENARIOS, Basis, CheckKind, Facts, Verdict, faults_only
from synth_assets.contract import DatasetContract
from synth_assets.domain.expressions import parse
from synth_assets.release import Release

__all__ = ["CONDITION"]

_TYPE = "expect_scenario_condition_to_hold"


class _Unmet:
    """Implements ``Tally``: rows that do not meet a condition."""

    def __init__(self, contract: DatasetContract, where: str) -> None:
        self._condition, self._unmet = {where: parse(where, contract.table_schema())}, 0

    def add(self, batch: pa.Table) -> None:
        self._unmet += int(np.count_nonzero(~kept(batch, self._condition, unknown=False)))

    def counted(self) -> int:
        return self._unmet

    def merge(self, counted: int) -> None:
        self._unmet += counted

    def figures(self) -> Mapping[str, Any]:
        return dict.fromkeys(self._condition, self._unmet)


def _of_scenario(contract: DatasetContract, scenario: str) -> Iterator[SuiteEntry]:
    if where := contract.scenarios[scenario].where:
        description = "Every row meets the condition of the scenario."
        yield generated("condition", type_=_TYPE, kwargs={"where": where}, description=description)


def _tally(contract: DatasetContract, release: Release, context: Context) -> _Unmet:
    del release
    return _Unmet(contract, contract.scenarios[context.scenario].where)


def _facts(basis: Basis) -> Facts:
    return {"unmet": dict(basis.counts.tallies[_TYPE])}


def _judge(facts: Facts, *, where: str) -> Verdict:
    """The condition is true in every row."""
    unmet = facts["unmet"][where]
    sentence = f"{unmet:,} of {facts['rows']:,} rows do not meet `{where}`" if unmet else "holds in every row"
    return unmet == 0, {"rows": facts["rows"], "unmet": unmet}, sentence


CONDITION = CheckKind(
    type=_TYPE,
    claim=SCENARIOS,
    of_scenario=_of_scenario,
    facts=_facts,
    judge=_judge,
    measure=faults_only("unmet"),
    tally=_tally,
)
