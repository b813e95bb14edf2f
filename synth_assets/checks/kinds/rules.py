"""``rule_<name>``: each of the contract's rules is true or unknown in every row, as with SQL's CHECK."""

from collections.abc import Iterator

from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.kinds.kind import Basis, CheckKind, Facts, Verdict, faults_only, whatever_the_condition
from synth_assets.contract import DatasetContract

__all__ = ["RULES"]

_TYPE = "expect_candidate_rule_to_hold"


def _entries(contract: DatasetContract) -> Iterator[SuiteEntry]:
    for name, text in contract.rules.items():
        description = f"Every row keeps the rule {name}."
        yield generated(f"rule_{name}", type_=_TYPE, kwargs={"rule": text}, description=description)


def _facts(basis: Basis) -> Facts:
    return {"violations": {text: basis.counts.violations[name] for name, text in basis.contract.rules.items()}}


def _judge(facts: Facts, *, rule: str) -> Verdict:
    """The expression is true or unknown in every row, as with SQL's CHECK."""
    broken = facts["violations"][rule]
    sentence = f"{broken:,} of {facts['rows']:,} rows break `{rule}`" if broken else "holds in every row"
    return broken == 0, {"rows": facts["rows"], "violations": broken}, sentence


RULES = CheckKind(
    type=_TYPE,
    claim="rules",
    entries=_entries,
    of_scenario=whatever_the_condition(_entries),
    facts=_facts,
    judge=_judge,
    measure=faults_only("violations"),
)
