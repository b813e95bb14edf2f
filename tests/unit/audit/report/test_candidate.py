"""The page of a candidate: the same bytes for the same verdicts, and nothing that only a promoted version has."""

from dataclasses import replace

import pytest
from kit.project import Project
from report_pages import read_page

from synth_assets.audit.report import candidate_page
from synth_assets.candidate import Candidate
from synth_assets.checks import CheckResult, recompute_checks
from synth_assets.checks.kinds.kind import Basis


@pytest.fixture
def candidate(checked: Project) -> Candidate:
    return checked.candidate(0)


@pytest.fixture
def judged(checked: Project, candidate: Candidate) -> tuple[list[CheckResult], Basis]:
    return recompute_checks(checked.contract, candidate, checked.release, suite=checked.suite)


def test_a_page_says_what_it_is_and_shows_every_check_and_column(
    checked: Project, candidate: Candidate, judged: tuple[list[CheckResult], Basis]
) -> None:
    results, basis = judged
    html = candidate_page(basis, candidate, results, suite=checked.suite)
    assert html == candidate_page(basis, candidate, results[::-1], suite=checked.suite)
    assert f"<title>people: candidate {candidate.digest[:12]}</title>" in html
    text = " ".join(read_page(html).text.split())
    assert "A candidate, not a promoted version." in text
    assert "✓ Passed: every blocking check passed" in text
    assert all(result.name.replace("_", " ") in text for result in results)
    assert "This candidate has no others." in text
    for absent in ("What real people say", "This version", "audit verify", "What is guaranteed", "How the software"):
        assert absent not in text


def test_nothing_of_this_machine_is_on_it(
    checked: Project, candidate: Candidate, judged: tuple[list[CheckResult], Basis]
) -> None:
    html = candidate_page(judged[1], candidate, judged[0], suite=checked.suite)
    assert str(checked.root) not in html
    assert "<script" not in html
    assert "http" not in html.replace("http://www.w3.org", "")


def test_rows_of_another_schema_are_refused_without_figures_that_nobody_counted(
    checked: Project, candidate: Candidate, judged: tuple[list[CheckResult], Basis]
) -> None:
    results, basis = judged
    other = replace(basis, counts=replace(basis.counts, as_declared=False))
    failed = [replace(result, passed=False, observed={}) for result in results]
    text = read_page(candidate_page(other, candidate, failed, suite=checked.suite)).text
    assert "Refused" in text
    assert "How close it is" not in text
    assert "Column by column" not in text
