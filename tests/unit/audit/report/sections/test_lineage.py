"""The chain names every digest from the source to the version."""

from kit.project import Project
from report_pages import facts_of, text_of

from synth_assets.audit.report.sections.lineage import LINEAGE


def test_every_digest_of_the_chain_is_shown(checked: Project) -> None:
    evidence = checked.evidence(0)
    text = text_of(LINEAGE, facts_of(checked, evidence))
    for part in ("release", "generator", "candidate", "contract"):
        assert evidence.identity()[part] in text
    assert "census, version 2026-11" in text
