"""Evidence has one digest, whatever the order of its results."""

from dataclasses import replace

from kit.project import Project

from synth_assets.audit.evidence import evidence_digest


def test_the_digest_does_not_depend_on_the_order_of_results(checked: Project) -> None:
    evidence = checked.evidence(0)
    assert replace(evidence, results=evidence.results[::-1]).digest() == evidence.digest()


def test_any_change_of_a_result_changes_the_digest(checked: Project) -> None:
    evidence = checked.evidence(0)
    first = evidence.results[0]
    for changed in (replace(first, passed=False), replace(first, kwargs={"x": 1}), replace(first, observed={"x": 1})):
        assert evidence_digest([changed, *evidence.results[1:]]) != evidence.digest()


def test_the_identity_names_what_the_version_is_made_from(checked: Project) -> None:
    evidence = checked.evidence(0)
    identity = evidence.identity()
    assert identity["release"] == checked.release.digest
    assert identity["candidate"] == evidence.candidate.digest
    assert identity["contract"] == checked.contract.digest()
