"""Rules: which hold, how many rows break the others, and what it took."""

from dataclasses import replace

from kit.project import Project
from report_pages import facts_of, text_of

from synth_assets.audit.report.sections.rules import RULES


def test_each_rule_is_shown_with_its_words_and_what_it_took(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    text, ((name, wanted),) = text_of(RULES, facts), facts.contract.rules.items()
    drawn = sum(shard.drawn for shard in facts.candidate.shards)
    assert f"{drawn:,} rows were drawn for {facts.candidate.rows:,} that are in the table" in text
    assert f"✓ holds {name.replace('_', ' ')} {wanted} holds in every row" in text


def test_a_broken_rule_is_recognised(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    broken = [
        replace(result, passed=False, description="3 of 9 rows break it") if result.name.startswith("rule_") else result
        for result in facts.results
    ]
    assert "✗ broken" in (text := text_of(RULES, replace(facts, results=tuple(broken))))
    assert "3 of 9 rows break it" in text
    assert not RULES.shown(replace(facts, contract=facts.contract.model_copy(update={"rules": {}})))
