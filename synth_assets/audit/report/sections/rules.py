"""The contract's rules: which were kept and which set aside, and how many rows were changed to keep them."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section
from synth_assets.checks import CheckResult
from synth_assets.checks.kinds.rules import RULES as KIND

__all__ = ["RULES"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One rule: how many rows broke it before rows were changed, and what its check says of the table.

    ``broken`` is ``None`` where that was not counted: the rule is newer than the candidate.
    """

    name: str
    text: str
    result: CheckResult
    broken: int | None
    set_aside: bool


def _context(facts: ReportFacts) -> dict[str, Any]:
    by_text = {result.kwargs["rule"]: result for result in facts.results if result.expectation == KIND.type}
    candidate = facts.candidate
    drawn = candidate.as_drawn
    return {
        "lines": [
            _Line(
                name=name,
                text=text,
                result=by_text[text],
                broken=None if drawn is None else drawn.broken.get(name),
                set_aside=name in candidate.set_aside,
            )
            for name, text in facts.contract.rules.items()
            if text in by_text
        ],
        "changed": None if drawn is None else drawn.changed,
        "set_aside": candidate.set_aside,
        "rows": candidate.rows,
        "drawn": sum(shard.drawn for shard in facts.candidate.shards),
    }


RULES = Section(
    template=files(__package__).joinpath("rules.html"),
    context=_context,
    since=4,
    shown=lambda facts: bool(facts.contract.rules and facts.tables),
)
