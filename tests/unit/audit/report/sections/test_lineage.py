"""The chain names every digest from the source to the version."""

from kit.project import Project
from report_pages import facts_of, text_of
from said_of_people import with_answers

from synth_assets.audit.report.sections.lineage import FIRST_LINEAGE, LINEAGE


def test_every_digest_of_the_chain_is_shown(checked: Project) -> None:
    evidence = checked.evidence(0)
    text = text_of(LINEAGE, facts_of(checked, evidence))
    for part in ("release", "generator", "candidate", "contract"):
        assert evidence.identity()[part] in text
    assert "census, version 2026-11" in text


def test_rows_that_were_read_again_are_not_said_to_be_read_once(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    assert text_of(LINEAGE, facts) == text_of(FIRST_LINEAGE, facts)
    text = text_of(LINEAGE, with_answers(facts))
    assert "Read for the release and again for the figures of real people" in text
    assert "Read once" not in text
