"""The head of a candidate's page: one sentence says what its checks made of it."""

from dataclasses import replace

import pytest
from kit.project import Project
from report_pages import facts_of, text_of

from synth_assets.audit.report import ReportFacts
from synth_assets.audit.report.sections.candidate import CANDIDATE, verdict_on
from synth_assets.checks import CheckResult

PASSED = CheckResult(name="fidelity", severity="critical", passed=True, candidate="c" * 64, expectation="e")
FAILED = replace(PASSED, passed=False, description="too far")
GATE = replace(PASSED, name="gate_tstr_auc", kind="MEASURED", kwargs={"figure": "tstr_auc"})
UNASKED = replace(GATE, passed=False, observed={"asked": False})
WARNED = replace(PASSED, name="outliers", passed=False, severity="warning", description="many")


@pytest.fixture
def facts(checked: Project) -> ReportFacts:
    plain = facts_of(checked, checked.evidence(0))
    return replace(plain, identity={**plain.identity}, promoted=False)


@pytest.mark.parametrize(
    ("results", "sentence"),
    [
        ([PASSED, GATE, WARNED], "Passed: every blocking check passed, so it may be promoted."),
        ([PASSED, UNASKED], "Not decided: its public checks passed, and real people were not asked yet."),
        ([FAILED, UNASKED], "Refused: the blocking check fidelity failed, so real people were not asked."),
        ([PASSED, replace(GATE, passed=False)], "Refused: the blocking check tstr_auc failed."),
        (
            [replace(FAILED, name="rule_a"), FAILED, replace(GATE, passed=False)],
            "Refused: the blocking checks rule a, fidelity and tstr_auc failed.",
        ),
    ],
)
def test_one_sentence_says_which_check_failed_or_was_not_asked(results: list[CheckResult], sentence: str) -> None:
    verdict = verdict_on(results)
    assert f"{verdict.state}: {verdict.because}" == sentence
    assert verdict.reasons == tuple(one for one in results if not one.passed and one.asked and one is not WARNED)


def test_the_page_begins_with_what_it_is_and_why_it_was_refused(facts: ReportFacts) -> None:
    text = text_of(CANDIDATE, replace(facts, results=(FAILED, WARNED, PASSED)))
    assert text.startswith("A candidate, not a promoted version.")
    assert "✗ Refused: the blocking check fidelity failed." in text
    assert "fidelity: too far" in text
    assert "outliers, which warns and does not block: many" in text
    assert "checks passed 1 of 3" in text
    assert "real people asked no gates" in text
    assert all(facts.identity[word] in text for word in ("candidate", "release", "generator", "contract"))


def test_what_is_not_decided_says_how_to_ask(facts: ReportFacts) -> None:
    assert "synth-assets check with --measure" in text_of(CANDIDATE, replace(facts, results=(PASSED, UNASKED)))
    assert "--measure" not in text_of(CANDIDATE, replace(facts, results=(PASSED,)))
