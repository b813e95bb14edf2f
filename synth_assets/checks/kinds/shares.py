"""``shares``: the values of a scenario's columns have the shares that were asked for, within the error of sampling.

Shares hold in what is drawn first. Rules and conditions between columns are met by drawing again, which can
move them: then this check fails and says how far, because the table is not what the contract calls it.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth_assets.candidate.scenarios import numbers_by_value
from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.kinds.kind import SCENARIOS, Basis, CheckKind, Facts, Verdict
from synth_assets.contract import DatasetContract
from synth_assets.domain.codes import decode
from synth_assets.release import Release

__all__ = ["SHARES"]

_TYPE = "expect_scenario_shares_to_match"
_EXPLAINED = 5
"""Standard errors of a share that sampling explains: one value in a million is further away by chance."""
_DIGITS = 6


def _of_scenario(contract: DatasetContract, scenario: str) -> Iterator[SuiteEntry]:
    if shares := contract.scenarios[scenario].shares:
        kwargs = {"shares": {column: dict(wanted) for column, wanted in shares.items()}}
        description = "Values have the shares that the scenario asks for, within the error of sampling."
        yield generated("shares", type_=_TYPE, kwargs=kwargs, description=description)


def _facts(basis: Basis) -> Facts:
    shares = basis.contract.scenarios[basis.context.scenario].shares
    return {"shares": {column: _seen(basis, column, wanted) for column, wanted in shares.items()}}


def _seen(basis: Basis, column: str, wanted: Mapping[str, float]) -> dict[str, float]:
    """Return the share of each wanted value in the rows, by its text as the contract has it."""
    of_column = basis.release.domain[column]
    values = decode(of_column, np.arange(of_column.size)).to_pylist()
    counts = _counts(basis.release, basis.counts.tables, column)[basis.release.grids[column]]
    codes = {text: values.index(value) for text in wanted for value in numbers_by_value(of_column, {text: 1.0})}
    return {text: int(counts[code]) / basis.counts.rows for text, code in codes.items()}


def _counts(release: Release, tables: Sequence[NDArray[np.int64]], column: str) -> NDArray[Any]:
    """Return the rows of each coarse code of a column, from any released table that has it."""
    for marginal, table in zip(release.marginals, tables, strict=True):
        if column in marginal.attributes:
            axis = marginal.attributes.index(column)
            counts = table.sum(axis=tuple(other for other in range(table.ndim) if other != axis))
            grid = release.grids[column]
            return counts if marginal.level != "fine" else np.bincount(grid, weights=counts)
    raise KeyError(column)


def _judge(facts: Facts, *, shares: Mapping[str, Mapping[str, float]]) -> Verdict:
    """Each value's share is the wanted one within five standard errors, and no other value occurs."""
    rows, faults, observed = facts["rows"], [], {}
    for column, wanted in shares.items():
        seen, total = facts["shares"][column], sum(wanted.values())
        aims = {text: number / total for text, number in wanted.items()}
        gaps = {text: abs(seen[text] - aim) for text, aim in aims.items()}
        faults += [
            f"{column}: {text} has a share of {seen[text]:.3f} instead of {aims[text]:.3f}"
            for text, gap in gaps.items()
            if gap > _EXPLAINED * math.sqrt(aims[text] * (1 - aims[text]) / rows) + 1 / rows
        ]
        others = round((1 - sum(seen.values())) * rows)
        if others:
            faults.append(f"{column}: {others:,} rows have other values")
        observed[column] = {
            text: {"wanted": round(aims[text], _DIGITS), "seen": round(seen[text], _DIGITS)} for text in aims
        }
    return not faults, {"shares": observed}, "; ".join(faults) or "shares are as asked, within the error of sampling"


SHARES = CheckKind(type=_TYPE, claim=SCENARIOS, of_scenario=_of_scenario, facts=_facts, judge=_judge)
