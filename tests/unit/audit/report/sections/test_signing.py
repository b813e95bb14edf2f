"""What whoever signs reads: days of the ledger, who attests what, and what the contract states or does not."""

from dataclasses import replace

import pytest
from kit.project import Project
from report_pages import facts_of, text_of

from synth_assets.audit.report import ReportFacts
from synth_assets.audit.report.sections.signing import SIGNING
from synth_assets.contract.governance import Governance


@pytest.fixture
def facts(checked: Project) -> ReportFacts:
    return facts_of(checked, checked.evidence(0))


def test_days_and_names_are_those_of_the_ledger(facts: ReportFacts) -> None:
    text = text_of(SIGNING, facts)
    by_kind = {str(line.get("kind")): line for line in facts.lines}
    assert f"released {by_kind['OPENED']['time'][:10]} when private rows were read" in text
    assert "checked and promoted 2026-11-02" in text
    for kind, does in (("ACCOUNT_OPENED", "opened the account"), ("SOURCE_ADDED", "registered the source")):
        line = by_kind[kind]
        assert f"{line['by']}, who {does} with this unit on {line['time'][:10]}" in text
    assert "who says that one row is one person" in text
    assert facts.contents in text


def test_what_nobody_stated_is_said_to_be_missing(facts: ReportFacts) -> None:
    text = text_of(SIGNING, replace(facts, lines=(), decided="", contents=""))
    for words in (
        "released",
        "checked and promoted",
        "digest of the contents",
        "is one person",
        "controller",
        "approved by",
    ):
        assert f"{words} not stated" in text
    stated = Governance(
        controller="A hospital\nIts street 1", legal_basis="GDPR Art. 6", retention="Ten years", approvals=("A. Doe",)
    )
    signed = text_of(SIGNING, replace(facts, contract=facts.contract.model_copy(update={"governance": stated})))
    for words in ("controller A hospital Its street 1", "GDPR Art. 6", "retention Ten years", "approved by A. Doe"):
        assert words in signed


def test_a_releases_other_readings_are_not_its_day(facts: ReportFacts) -> None:
    others = [{**line, "reservation_id": "0" * 64} if line.get("kind") == "OPENED" else line for line in facts.lines]
    assert "released not stated" in text_of(SIGNING, replace(facts, lines=others))
