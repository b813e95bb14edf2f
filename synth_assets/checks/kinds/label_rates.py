"""``label_rates``: how often the target is true in each group of a scenario, beside the same of the whole table.

PUBLIC figures of synthetic rows: they show how far a scenario moves bias on purpose. They say nothing about
real people, and nothing about a model: for that a contract has gates (``fairness.<column>.<measure>``).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from synth_assets.checks.context import Context
from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.kinds.kind import SCENARIOS, Basis, CheckKind, Facts, Verdict
from synth_assets.contract import DatasetContract
from synth_assets.domain.codes import written
from synth_assets.domain.expressions import evaluate, parse
from synth_assets.release import Release

__all__ = ["LABEL_RATES"]

_TYPE = "expect_scenario_label_rates_to_be_known"
_DIGITS = 6
Rates = Mapping[str, Mapping[str, Sequence[int]]]
"""Rows where the label is true, and rows where it is known, by column and value."""


class _Labels:
    """Implements ``Tally``: rows by group, and those of them whose label is true."""

    def __init__(self, contract: DatasetContract, groups: Sequence[str], label: str) -> None:
        self._label = parse(label, contract.table_schema())
        self._counts: dict[str, Counter[tuple[str, bool]]] = {group: Counter() for group in groups}

    def add(self, batch: pa.Table) -> None:
        truth = evaluate([self._label], batch)[0]
        for group, counts in self._counts.items():
            pairs = pa.table({"group": batch[group], "label": truth}).group_by(["group", "label"])
            for row in pairs.aggregate([([], "count_all")]).to_pylist():
                if row["label"] is not None:
                    counts[written(row["group"]) or "", row["label"]] += row["count_all"]

    def counted(self) -> Mapping[str, Mapping[tuple[str, bool], int]]:
        return self._counts

    def merge(self, counted: Mapping[str, Mapping[tuple[str, bool], int]]) -> None:
        for group, counts in self._counts.items():
            counts.update(counted[group])

    def figures(self) -> Rates:
        return {group: _by_value(counts) for group, counts in self._counts.items()}


def _by_value(counts: Counter[tuple[str, bool]]) -> dict[str, list[int]]:
    values = sorted({value for value, _ in counts})
    return {value: [counts[value, True], counts[value, True] + counts[value, False]] for value in values}


def _groups(contract: DatasetContract, scenario: str) -> list[str]:
    """Return the columns that a scenario names or re-weighs; if it does, also those of the gates on fairness."""
    asked = contract.scenarios[scenario]
    gated = [name.split(".")[1] for name in contract.gates if name.startswith("fairness.") and name.count(".") > 1]
    named = dict.fromkeys([*asked.groups, *asked.reweighed, *(gated if asked.reweighed else ())])
    known = (name for name in named if name in contract.columns and name != contract.target)
    columns = (contract.open_column(name, layout=1) for name in known)  # entries follow from the contract alone
    return [column.name for column in columns if column.exact]  # one group per value: bins have too many


def _label(contract: DatasetContract) -> str | None:
    """Return what is true of a row that is labelled yes; ``None`` where the contract does not say."""
    if contract.evaluation.positive is not None or contract.target is None:
        return contract.evaluation.positive
    is_boolean = pa.types.is_boolean(contract.table_schema().field(contract.target).type)
    return f'"{contract.target}" = TRUE' if is_boolean else None


def _of_scenario(contract: DatasetContract, scenario: str) -> Iterator[SuiteEntry]:
    groups, label = _groups(contract, scenario), _label(contract)
    if groups and label is not None:
        kwargs = {"groups": groups, "label": label}
        description = "How often the target is true in each group, here and in the whole table; synthetic rows."
        yield generated("label_rates", type_=_TYPE, kwargs=kwargs, description=description, severity="warning")


def _tally(contract: DatasetContract, release: Release, context: Context) -> _Labels:
    del release
    return _Labels(contract, _groups(contract, context.scenario), str(_label(contract)))


def _columns(contract: DatasetContract, scenario: str) -> tuple[str, ...]:
    label = parse(str(_label(contract)), contract.table_schema())
    return tuple(dict.fromkeys([*_groups(contract, scenario), *label.columns]))


def _facts(basis: Basis) -> Facts:
    return {"label_rates": {"scenario": basis.counts.tallies[_TYPE], "table": basis.table.get(_TYPE, {})}}


def _judge(facts: Facts, *, groups: Sequence[str], label: str) -> Verdict:
    """At least two groups occur, so that there is a difference to be known."""
    here, table = facts["label_rates"]["scenario"], facts["label_rates"]["table"]
    observed: dict[str, Any] = {"class": "PUBLIC", "about": "synthetic rows", "label": label, "rates": {}}
    for group in groups:
        observed["rates"][group] = _shown(here[group], table.get(group, {}))
        observed[f"{group}_difference"] = _difference(here[group])
        if table:
            observed[f"{group}_difference_in_table"] = _difference(table[group])
    single = [f"{group} has fewer than two groups here, so nothing differs" for group in groups if len(here[group]) < 2]  # noqa: PLR2004 - a difference takes two
    parts = [
        f"{group} {observed[f'{group}_difference']:.3f}"
        + (f" ({observed[f'{group}_difference_in_table']:.3f} in the whole table)" if table else "")
        for group in groups
    ]
    sentence = f"largest difference of the rate of `{label}` between groups, in synthetic rows: {', '.join(parts)}"
    return not single, observed, "; ".join([sentence, *single])


def _rate(counts: Sequence[int]) -> float:
    return round(counts[0] / counts[1], _DIGITS)


def _difference(by_value: Mapping[str, Sequence[int]]) -> float:
    """Return the demographic parity difference of the labels: the largest rate minus the smallest."""
    rates = [_rate(counts) for counts in by_value.values()]
    return round(max(rates) - min(rates), _DIGITS) if rates else 0.0


def _shown(here: Mapping[str, Sequence[int]], table: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    return {
        value: {
            "rows": counts[1],
            "rate": _rate(counts),
            **({"rate_in_table": _rate(table[value])} if value in table else {}),
        }
        for value, counts in here.items()
    }


LABEL_RATES = CheckKind(
    type=_TYPE,
    claim=SCENARIOS,
    of_scenario=_of_scenario,
    facts=_facts,
    judge=_judge,
    tally=_tally,
    beside=_columns,
)
