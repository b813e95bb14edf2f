"""Distances are computed once for all sections."""

from kit.project import Project
from report_pages import facts_of

from synth_assets.checks.fidelity import compare


def test_distances_are_those_of_the_gate_and_computed_once(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    assert facts.distances == compare(checked.release, facts.tables)
    assert facts.distances is facts.distances
