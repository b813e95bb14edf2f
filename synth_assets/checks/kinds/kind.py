"""What a kind of generated check is: its entries, the facts that it needs, and its judgement.

One module of this folder per kind, and one line in the registry. Great
Expectations, the suite's file, the gate and the audit loop over the registry and
name no kind: the expectation is made from the judgement's arguments.

Example:
    >>> def enough(facts, *, least: int):
    ...     return facts["rows"] >= least, {"rows": facts["rows"]}, f"{facts['rows']} rows"
    >>> kind = CheckKind(type="expect_enough", claim="rows", entries=lambda contract: (), judge=enough)
    >>> kind.verdict({"as_declared": True, "rows": 3}, {"least": 5})
    (False, {'rows': 3}, '3 rows')
    >>> kind.verdict({"as_declared": False}, {"least": 5})[2]
    'not evaluated: the schema differs from the contract'
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from synth_assets.checks.context import NOTHING, Context
from synth_assets.checks.counts import CandidateCounts, Tally
from synth_assets.checks.entry import SuiteEntry
from synth_assets.contract import DatasetContract
from synth_assets.release import Release

__all__ = ["ASKED", "SCENARIOS", "Basis", "CheckKind", "Facts", "Verdict", "faults_only", "whatever_the_condition"]

ASKED = "checks asked for"
"""The claim of checks that a contract has to ask for."""
SCENARIOS = "scenarios"
"""The claim of all checks of scenarios, whatever their kind."""
Entries = Callable[[DatasetContract], Iterable[SuiteEntry]]
OfScenario = Callable[[DatasetContract, str], Iterable[SuiteEntry]]
Facts = Mapping[str, Any]
"""Plain JSON values by name; every kind can read ``as_declared``, ``schema``, ``rows`` and ``released_rows``."""
Verdict = tuple[bool, Mapping[str, Any], str]
"""Whether it holds, what was observed as plain JSON values, and that in one sentence."""
Measure = Callable[[Facts, Facts], tuple[float, float]]
"""From what was observed and the entry's arguments: the one number that tells how far off a table is, and its limit."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Basis:
    """What facts are made from. All of it is public.

    Attributes:
        contract: what the checks follow from.
        candidate: digest of the candidate.
        counts: what was counted in the candidate's rows.
        release: the release that the candidate came from.
        context: what it is compared with besides.
        table: of a scenario, what the tallies of kinds with ``beside`` counted in the whole table, by type.
    """

    contract: DatasetContract
    candidate: str
    counts: CandidateCounts
    release: Release
    context: Context = NOTHING
    table: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def _no_facts(basis: Basis) -> Facts:
    del basis  # what every kind can read is enough
    return {}


def _not_of_the_table(contract: DatasetContract) -> Iterable[SuiteEntry]:
    """Return no entry: such checks are of scenarios alone."""
    del contract
    return ()


def _not_of_scenarios(contract: DatasetContract, scenario: str) -> Iterable[SuiteEntry]:
    del contract, scenario  # such checks compare with the release, which has other marginals than a scenario
    return ()


def whatever_the_condition(entries: Entries) -> OfScenario:
    """Return the same entries for every scenario as for the whole table: they are about rows, not about shares."""

    def of_scenario(contract: DatasetContract, scenario: str) -> Iterable[SuiteEntry]:
        del scenario
        return entries(contract)

    return of_scenario


def faults_only(name: str) -> Measure:
    """Return the measure of a check that allows no fault: how many there are, by a count or by counts per column.

    Example:
        >>> faults_only("outside")({"outside": {"age": 2, "city": 1}}, {})
        (3.0, 0.0)
    """

    def measure(observed: Facts, kwargs: Facts) -> tuple[float, float]:
        del kwargs
        counted = observed[name]
        return float(sum(counted.values()) if isinstance(counted, Mapping) else counted), 0.0

    return measure


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckKind:
    """One kind of generated check.

    Attributes:
        type: snake-case type of the expectation; stands in suites and results for ever.
        claim: the claim of an audit that such checks stand behind.
        entries: the suite's entries that follow from a contract; none where it does not ask for any.
        of_scenario: those of one of its scenarios; none where a check makes sense for the whole table only.
        judge: a pure function of facts and, by keyword, of the entry's arguments.
        facts: what ``judge`` reads beside what every kind can read.
        tally: counts rows for it in the one pass over the table, where the usual counts are not enough; a function of
            a module, because every shard may be counted by another process.
        beside: columns that its tally reads, if it also counts the whole table that a scenario stands beside.
        later: names of what it observes since results of it were stored; an audit compares older ones without that.
        fact: the one fact that it observes whole, by which a result can be judged again without what is later.
        needs_schema: whether it needs rows of the contract's schema; else it fails without being judged.
        measure: the number that is worth following over time beside its limit, if there is one.
    """

    type: str
    claim: str
    judge: Callable[..., Verdict]
    entries: Entries = _not_of_the_table
    of_scenario: OfScenario = _not_of_scenarios
    facts: Callable[[Basis], Facts] = _no_facts
    tally: Callable[[DatasetContract, Release, Context], Tally] | None = None
    beside: Callable[[DatasetContract, str], Sequence[str]] | None = None
    later: tuple[str, ...] = ()
    fact: str = ""
    needs_schema: bool = True
    measure: Measure | None = None

    def measured(self, observed: Facts, kwargs: Facts) -> tuple[float, float] | None:
        """Return what was observed and its limit as two numbers; ``None`` if nothing was compared with a limit."""
        try:
            return self.measure(observed, kwargs) if self.measure is not None else None
        except (KeyError, TypeError, AttributeError):  # not evaluated, or a result of an older version
            return None

    def verdict(self, facts: Facts, kwargs: Mapping[str, Any]) -> Verdict:
        """Judge facts by the arguments of one entry."""
        if self.needs_schema and not facts["as_declared"]:
            return False, {}, "not evaluated: the schema differs from the contract"
        return self.judge(facts, **kwargs)

    def as_of(self, stored: Mapping[str, Any], observed: Mapping[str, Any], kwargs: Mapping[str, Any]) -> Verdict:
        """Judge what is observed today as when a result was stored: without the figures that are there since.

        Args:
            stored: what the stored result observed.
            observed: what is observed today.
            kwargs: the arguments of the entry.
        """
        figures = {name: figure for name, figure in observed.items() if name in stored or name not in self.later}
        return self.verdict({"as_declared": True, self.fact: figures}, kwargs)
