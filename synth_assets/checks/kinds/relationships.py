"""``relationships``: every value of a column exists in a column of another dataset's promoted version.

Values are compared as texts, nulls are left out. Without a promoted version of the
other dataset the check fails: there is nothing that the values could be in.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from synth_assets.checks.context import Context
from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.kinds.kind import ASKED, Basis, CheckKind, Facts, Verdict, whatever_the_condition
from synth_assets.contract import DatasetContract
from synth_assets.release import Release

__all__ = ["RELATIONSHIPS"]

_TYPE = "expect_candidate_values_in_other_datasets"


class _Strangers:
    """Implements ``Tally``: values that the other dataset lacks, by column."""

    def __init__(self, relationships: Mapping[str, str], context: Context) -> None:
        self._known = {
            name: pa.array(context.others[target].values, pa.string())
            for name, target in relationships.items()
            if target in context.others
        }
        self._strangers = Counter[str](dict.fromkeys(self._known, 0))

    def add(self, batch: pa.Table) -> None:
        for name, known in self._known.items():
            values = batch[name].cast(pa.string())
            stranger = pc.and_(pc.is_valid(values), pc.invert(pc.is_in(values, value_set=known)))
            self._strangers[name] += pc.sum(stranger).as_py() or 0

    def counted(self) -> Mapping[str, int]:
        return dict(self._strangers)

    def merge(self, counted: Mapping[str, int]) -> None:
        self._strangers.update(counted)

    def figures(self) -> Mapping[str, Any]:
        return dict(self._strangers)


def _entries(contract: DatasetContract) -> Iterator[SuiteEntry]:
    if contract.checks.relationships:
        kwargs = {"columns": dict(contract.checks.relationships)}
        description = "Every value exists in the promoted version of the other dataset."
        yield generated("relationships", type_=_TYPE, kwargs=kwargs, description=description)


def _tally(contract: DatasetContract, release: Release, context: Context) -> _Strangers:
    del release
    return _Strangers(contract.checks.relationships, context)


def _facts(basis: Basis) -> Facts:
    strangers, others = basis.counts.tallies[_TYPE], basis.context.others
    return {
        "relationships": {
            name: {
                "values": len(others[target].values),
                "compared_with": others[target].version,
                "missing": strangers[name],
            }
            for name, target in basis.contract.checks.relationships.items()
            if target in others
        }
    }


def _judge(facts: Facts, *, columns: Mapping[str, str]) -> Verdict:
    """Every value of each column exists in the column of the other dataset's promoted version; nulls are left out."""
    seen = facts["relationships"]
    faults = [
        f"{name}: {seen[name]['missing']:,} of {facts['rows']:,} values are not in {target}"
        for name, target in columns.items()
        if name in seen and seen[name]["missing"]
    ]
    faults += [f"{name}: no promoted version has {target}" for name, target in columns.items() if name not in seen]
    return not faults, {"columns": dict(seen)}, "; ".join(faults) or f"all values of {len(columns)} columns exist there"


RELATIONSHIPS = CheckKind(
    type=_TYPE,
    claim=ASKED,
    entries=_entries,
    of_scenario=whatever_the_condition(_entries),
    facts=_facts,
    judge=_judge,
    tally=_tally,
    measure=lambda observed, _: (float(sum(seen["missing"] for seen in observed["columns"].values())), 0.0),
)
