"""Rules: which hold, how many rows break the others, and what it took."""

from dataclasses import replace

from kit.project import Project
from report_pages import facts_of, text_of

from synth_assets.audit.report import report_page
from synth_assets.audit.report.sections.rules import RULES
from synth_assets.candidate import AsDrawn


def test_each_rule_is_shown_with_its_words_and_what_it_took(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    text, ((name, wanted),) = text_of(RULES, facts), facts.contract.rules.items()
    drawn = sum(shard.drawn for shard in facts.candidate.shards)
    assert f"{drawn:,} rows were drawn for {facts.candidate.rows:,} that are in the table" in text
    broken = facts.candidate.as_drawn.broken[name]  # type: ignore[union-attr]
    assert f"✓ holds {name.replace('_', ' ')} {wanted} {broken:,} holds in every row" in text


def test_what_rules_changed_and_what_was_set_aside_is_said(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    (name,) = facts.contract.rules
    changed = replace(facts.candidate, as_drawn=AsDrawn(changed=123, broken={name: 123}))
    text = text_of(RULES, replace(facts, candidate=changed))
    assert f"123 of {facts.candidate.rows:,} rows broke a rule as the generator draws them without rules" in text
    assert "Set aside" not in text
    never = replace(facts.candidate, as_drawn=AsDrawn(changed=0, broken={name: 390}), violations={name: 390})
    failed = [replace(result, passed=not result.name.startswith("rule_")) for result in facts.results]
    text = text_of(RULES, replace(facts, candidate=never, results=tuple(failed)))
    assert f"Set aside: {name}. Too few rows could keep it" in text
    assert "✗ set aside" in text
    assert "rows break no rule but those that were set aside" in text


def test_a_rule_that_is_newer_than_the_candidate_is_said_to_be(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    before = replace(facts.candidate, as_drawn=AsDrawn(changed=0, broken={}))
    assert "drawn without it" in text_of(RULES, replace(facts, candidate=before))


def test_pages_of_candidates_from_before_it_was_counted_say_nothing_of_it(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    text = text_of(RULES, replace(facts, candidate=replace(facts.candidate, as_drawn=None)))
    assert "rows were drawn for" in text
    assert "as the generator draws them" not in text


def test_reports_have_it_since_template_4(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    assert 'id="rules"' in report_page(facts)
    assert 'id="rules"' not in report_page(facts, template=3)


def test_a_broken_rule_is_recognised(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    broken = [
        replace(result, passed=False, description="3 of 9 rows break it") if result.name.startswith("rule_") else result
        for result in facts.results
    ]
    assert "✗ broken" in (text := text_of(RULES, replace(facts, results=tuple(broken))))
    assert "3 of 9 rows break it" in text
    assert not RULES.shown(replace(facts, contract=facts.contract.model_copy(update={"rules": {}})))
