"""How far the columns moved since the version and the release before, where the contract asks for it."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section
from synth_assets.checks import CheckResult
from synth_assets.checks.kinds.drift import DRIFT as KIND

__all__ = ["DRIFT"]

_SHOWN_COLUMNS = 12


def _context(facts: ReportFacts) -> dict[str, Any]:
    return {"comparisons": list(_comparisons(facts))}


def _comparisons(facts: ReportFacts) -> Iterator[dict[str, Any]]:
    """Yield one comparison per check, with the columns that moved most."""
    for result in _results(facts):
        by_column = sorted(result.observed.get("by_column", ()), key=lambda moved: (-float(moved[2]), -float(moved[1])))
        yield {
            "previous": result.kwargs["previous"],
            "result": result,
            "columns": by_column[:_SHOWN_COLUMNS],
            "others": max(0, len(by_column) - _SHOWN_COLUMNS),
            "not_compared": result.observed.get("not_compared", ()),
        }


def _results(facts: ReportFacts) -> list[CheckResult]:
    return [result for result in facts.results if result.expectation == KIND.type]


DRIFT = Section(
    template=files(__package__).joinpath("drift.html"), context=_context, shown=lambda facts: bool(_results(facts))
)
