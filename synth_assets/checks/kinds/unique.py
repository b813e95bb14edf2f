"""``unique``: no two rows have the same values in columns that identify a row; rows with a null are left out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from synth_assets.checks.context import Context
from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.keys import KeyCounter
from synth_assets.checks.kinds.kind import ASKED, Basis, CheckKind, Facts, Verdict, whatever_the_condition
from synth_assets.contract import DatasetContract
from synth_assets.release import Release

__all__ = ["UNIQUE"]

_TYPE = "expect_candidate_columns_to_be_unique"


class _Keys:
    """Implements ``Tally`` for several keys."""

    def __init__(self, keys: Sequence[Sequence[str]]) -> None:
        self._counters = {_name(columns): KeyCounter(columns, with_nulls=False) for columns in keys}

    def add(self, batch: pa.Table) -> None:
        for counter in self._counters.values():
            counter.add(batch)

    def counted(self) -> Mapping[str, Any]:
        return {name: counter.counted() for name, counter in self._counters.items()}

    def merge(self, counted: Mapping[str, Any]) -> None:
        for name, counter in self._counters.items():
            counter.merge(counted[name])

    def figures(self) -> Mapping[str, Any]:
        return {name: counter.figures() for name, counter in self._counters.items()}


def _name(columns: Sequence[str]) -> str:
    return ", ".join(columns)


def _entries(contract: DatasetContract) -> Iterator[SuiteEntry]:
    if contract.checks.unique:
        kwargs = {"keys": [list(columns) for columns in contract.checks.unique]}
        description = "No two rows have the same values in the columns of a key."
        yield generated("unique", type_=_TYPE, kwargs=kwargs, description=description)


def _tally(contract: DatasetContract, release: Release, context: Context) -> _Keys:
    del release, context
    return _Keys(contract.checks.unique)


def _facts(basis: Basis) -> Facts:
    return {"unique": dict(basis.counts.tallies[_TYPE])}


def _judge(facts: Facts, *, keys: Sequence[Sequence[str]]) -> Verdict:
    """No two rows have the same values in the columns of a key; rows with a null in one of them are left out."""
    figures = {_name(columns): facts["unique"][_name(columns)] for columns in keys}
    repeated = {name: seen["rows"] - seen["distinct"] for name, seen in figures.items()}
    faults = [
        f"{name}: {count:,} of {figures[name]['rows']:,} rows repeat a key" for name, count in repeated.items() if count
    ]
    sampled = any(seen["looked_at"] < 1 for seen in figures.values())
    fine = f"{len(figures)} keys do not repeat{', as far as a sample of keys shows' if sampled else ''}"
    return not faults, {"keys": figures}, "; ".join(faults) or fine


UNIQUE = CheckKind(
    type=_TYPE,
    claim=ASKED,
    entries=_entries,
    of_scenario=whatever_the_condition(_entries),
    facts=_facts,
    judge=_judge,
    tally=_tally,
    measure=lambda observed, _: (float(sum(key["rows"] - key["distinct"] for key in observed["keys"].values())), 0.0),
)
