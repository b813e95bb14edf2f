"""The contract's scenarios: what each is in words, what was checked, and how far label rates were moved on purpose.

The rates are those of the check ``label_rates``: labels of synthetic rows by group, in the whole table and in the
scenario. They say nothing about real people or about a model.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from synth_assets.audit.report.facts import ReportFacts, ScenarioFacts
from synth_assets.audit.report.section import Section
from synth_assets.audit.report.wording import per_hundred
from synth_assets.checks import CheckResult
from synth_assets.checks.kinds.label_rates import LABEL_RATES
from synth_assets.checks.suite import suite_of
from synth_assets.contract import DatasetContract
from synth_assets.contract.scenarios import Scenario

__all__ = ["FIRST_SCENARIOS", "SCENARIOS"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rates:
    """How often the label is true by the values of one column, with the largest difference between two of them."""

    column: str
    lines: list[tuple[str, Mapping[str, Any]]]
    difference: float
    in_table: float | None


def _context(facts: ReportFacts) -> dict[str, Any]:
    return {**_first(facts), "narrow": True}


def _first(facts: ReportFacts) -> dict[str, Any]:
    return {"scenarios": [_shown(facts.contract, scenario) for scenario in facts.scenarios]}


def _shown(contract: DatasetContract, scenario: ScenarioFacts) -> dict[str, Any]:
    name = scenario.table.scenario
    results, asked = _in_order(contract, scenario), contract.scenarios[name]
    rates = next((result for result in results if result.expectation == LABEL_RATES.type), None)
    return {
        "name": name,
        "description": asked.description,
        "words": list(_words(asked)),
        "table": scenario.table,
        "results": results,
        "label": None if rates is None else rates.observed.get("label"),
        "rates": [] if rates is None else list(_rates(rates)),
    }


def _in_order(contract: DatasetContract, scenario: ScenarioFacts) -> list[CheckResult]:
    """Order results as the suite of the scenario does, failed ones first."""
    entries = suite_of(contract, scenario=scenario.table.scenario)
    order = {entry.check: position for position, entry in enumerate(entries)}
    listed = sorted(scenario.results, key=lambda result: (order.get(result.name, len(order)), result.name))
    return sorted(listed, key=lambda result: result.passed)


def _words(asked: Scenario) -> Iterator[tuple[str, str]]:
    """Say what a scenario asks for, one line per word of the contract."""
    if asked.where:
        yield "every row keeps", asked.where
    for column, shares in asked.shares.items():
        total = sum(shares.values())
        wanted = (f"{value} {per_hundred(share / total)}%" for value, share in shares.items())
        yield f"shares of {column}", ", ".join(wanted)
    for subject, factors in asked.weights.items():
        if isinstance(factors, dict):
            yield f"weights of {subject}", ", ".join(f"{value} {factor:g}-fold" for value, factor in factors.items())
        else:
            yield "weighted", f"{subject}: {factors:g}-fold"


def _rates(result: CheckResult) -> Iterator[_Rates]:
    observed = result.observed
    for column, values in observed.get("rates", {}).items():
        in_table = observed.get(f"{column}_difference_in_table")
        yield _Rates(
            column=column,
            lines=list(values.items()),
            difference=float(observed[f"{column}_difference"]),
            in_table=None if in_table is None else float(in_table),
        )


_TEMPLATE = files(__package__).joinpath("scenarios.html")
FIRST_SCENARIOS = Section(
    template=_TEMPLATE, context=_first, since=2, until=4, shown=lambda facts: bool(facts.scenarios)
)
SCENARIOS = Section(template=_TEMPLATE, context=_context, since=5, shown=lambda facts: bool(facts.scenarios))
