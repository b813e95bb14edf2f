"""The contract's rules: how many rows break each, and how often rows were drawn again to keep them."""

from importlib.resources import files
from typing import Any

from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section
from synth_assets.checks.kinds.rules import RULES as KIND

__all__ = ["RULES"]


def _context(facts: ReportFacts) -> dict[str, Any]:
    by_text = {result.kwargs["rule"]: result for result in facts.results if result.expectation == KIND.type}
    return {
        "rules": [(name, text, by_text[text]) for name, text in facts.contract.rules.items() if text in by_text],
        "rows": facts.candidate.rows,
        "drawn": sum(shard.drawn for shard in facts.candidate.shards),
    }


RULES = Section(
    template=files(__package__).joinpath("rules.html"),
    context=_context,
    shown=lambda facts: bool(facts.contract.rules and facts.tables),
)
