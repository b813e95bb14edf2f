"""``domain``: every value is declared or discovered; derived values are what their expression says."""

from collections.abc import Iterator, Mapping
from typing import Any

from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.kinds.kind import Basis, CheckKind, Facts, Verdict, faults_only, whatever_the_condition
from synth_assets.contract import DatasetContract
from synth_assets.contract.lookup import said_of

__all__ = ["DOMAIN"]

_TYPE = "expect_candidate_values_in_domain"


def _entries(contract: DatasetContract) -> Iterator[SuiteEntry]:
    kwargs = {
        "columns": {name: _column_json(contract, name) for name in contract.columns},
        "derived": {name: said_of(derived) for name, derived in contract.derived.items()},
    }
    description = "Every value lies in its declared domain; derived values are what their expression says."
    yield generated("domain", type_=_TYPE, kwargs=kwargs, description=description)


def _column_json(contract: DatasetContract, name: str) -> dict[str, Any]:
    """Say a column's domain; discovered categories stand in the release, which the check looks at."""
    if name in contract.discovered_columns:
        return {"discovered": True, "or": list(contract.open_column(name).categories)}
    column = contract.open_column(name, layout=1)  # what the contract says, whatever the layout of its release
    return column.kind_of.domain_json(column)


def _facts(basis: Basis) -> Facts:
    return {"outside": dict(basis.counts.outside)}


def _judge(facts: Facts, *, columns: Mapping[str, Any], derived: Mapping[str, Any]) -> Verdict:
    """Every value lies in the declared domain of its column; a derived one is what its expression says."""
    names = [*columns, *derived]
    outside = {name: facts["outside"][name] for name in names if facts["outside"][name]}
    sentence = "; ".join(f"{name}: {count:,} values outside" for name, count in outside.items())
    observed = {"columns": len(names), "rows": facts["rows"], "outside": outside}
    return not outside, observed, sentence or f"all values of {len(names)} columns are inside"


DOMAIN = CheckKind(
    type=_TYPE,
    claim="domain",
    entries=_entries,
    of_scenario=whatever_the_condition(_entries),
    facts=_facts,
    judge=_judge,
    measure=faults_only("outside"),
)
