"""What the table is: its use, who answers for it, and its columns with the origin of their domains."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import numpy as np

from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section
from synth_assets.audit.report.wording import joined, value_text
from synth_assets.domain import Column
from synth_assets.domain.codes import decode
from synth_assets.release import Discovery

__all__ = ["FIRST_PURPOSE", "PURPOSE", "domain_text"]


def _context(facts: ReportFacts) -> dict[str, Any]:
    """Columns are listed in two cells each, for which a telephone has room."""
    return {**_first(facts), "narrow": True}


def _first(facts: ReportFacts) -> dict[str, Any]:
    return {
        "contract": facts.contract,
        "release": facts.release,
        "columns": list(_columns(facts)),
        "promoted": facts.promoted,
    }


def _columns(facts: ReportFacts) -> Iterator[dict[str, str]]:
    """Yield what is said of each column, the derived ones last."""
    rules = {discovery.column: _found_by(discovery) for discovery in facts.release.discoveries}
    for column in facts.release.domain.columns:
        origin = facts.contract.columns[column.name].domain_source
        yield {
            "name": column.name,
            "kind": column.kind,
            "domain": domain_text(column),
            "null": "yes" if column.nullable else "no",
            "origin": f"{origin}: {rules[column.name]}" if column.name in rules else origin,
        }
    for name, derived in facts.contract.derived.items():
        text = derived if isinstance(derived, str) else derived.described()
        yield {"name": name, "kind": "derived", "domain": text, "null": "", "origin": "computed on synthetic rows"}


def _found_by(discovery: Discovery) -> str:
    if discovery.rule == "above":
        return f"more than {discovery.threshold} noisy rows"
    return f"{discovery.threshold} noisy rows or more"


def domain_text(column: Column) -> str:
    """Say the values of a column: all categories if they are few, else the two ends."""
    if not column.numeric:
        return joined(column.kind_of.names(column))
    if column.layout > 1:  # what lies at the ends may be a special value, with a code of its own
        says = column.kind_of.domain_json(column)
        return f"{value_text(says['min'])} to {value_text(says['max'])}"
    ends = decode(column, np.array([0, column.regular - 1]), within=np.array([0.0, 1 - 2**-53])).to_pylist()
    return " to ".join(dict.fromkeys(map(value_text, ends)))


_TEMPLATE = files(__package__).joinpath("purpose.html")
FIRST_PURPOSE = Section(template=_TEMPLATE, context=_first, until=4)
PURPOSE = Section(template=_TEMPLATE, context=_context, since=5)
