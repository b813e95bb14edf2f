"""The section shows what would give rows away, beside limits; it is shown only where the check judged."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
from kit.project import Project
from report_pages import facts_of, read_page, text_of
from spending import spending_contract, spending_facts, spending_release, spending_values

from synth_assets.audit.report import ReportFacts
from synth_assets.audit.report.sections.realism import FIRST_REALISM, REALISM
from synth_assets.checks.kinds.realism import REALISM as KIND
from synth_assets.checks.policy import CheckResult


def _with_result(project: Project, values: dict[str, Any], *, broken: int = 0) -> ReportFacts:
    """Return the facts of a report whose result of the check is of a table of spending."""
    (entry,) = KIND.entries(spending_contract())
    release = spending_release(spending_values(seed=0))
    passed, observed, sentence = KIND.verdict(spending_facts(release, values, broken=broken), entry.kwargs)
    result = entry.result("c", passed=passed, observed=dict(observed), description=sentence)
    return replace(facts_of(project, project.evidence(0)), results=(result,))


def test_a_good_table_has_its_furthest_figures_and_what_nobody_can_tell(checked: Project) -> None:
    text = text_of(REALISM, _with_result(checked, spending_values(seed=1)))
    assert "✓ passed, and the check only warns." in text
    assert "they hold in every row" in text
    assert "Declared digits: all values of 1 column are multiples of the step." in text
    assert "nothing can tell how many these have: amount, share." in text
    assert "Special values2 looked at; limit 1%" in text
    assert "amount = 0 44.19%, released 44.70% noise alone" in text
    assert "How round numbers are" in text
    assert "Single values that the release counted30 looked at; limit 1%" in text
    assert "✗" not in text


def test_faults_are_marked(checked: Project) -> None:
    values = spending_values(seed=1)
    values["rate"] = values["rate"] * (1 - 1e-9)
    values["amount"] = values["amount"] + 1e-7
    text = text_of(REALISM, _with_result(checked, values, broken=2))
    assert "✗ failed" in text
    assert "2 times one does not hold" in text
    assert "rate has 7,999 values that are not multiples of its step." in text
    assert "amount = 0 0.00%, released 44.70% 44.52% ✗" in text


def test_a_tail_that_was_cut_is_shown_with_where_the_release_has_it(checked: Project) -> None:
    values = spending_values(seed=1)
    inwards = np.random.default_rng(3).uniform(300, 900, values["amount"].size)
    values["amount"] = np.where(values["amount"] > 900, inwards, values["amount"])
    text = text_of(REALISM, _with_result(checked, values))
    assert re.search(
        r"amount [.\d]+% from \d+ on, released [.\d]+%; p99 \d+, released at least \d+; .* [.\d]+% ✗", text
    )


def test_results_from_before_have_the_kinds_of_then_on_pages_of_then_and_of_now(checked: Project) -> None:
    facts = _with_result(checked, spending_values(seed=1))
    (result,) = facts.results
    observed = {name: figure for name, figure in result.observed.items() if name not in KIND.later}
    then = replace(facts, results=(replace(result, observed=observed),))
    for section in (FIRST_REALISM, REALISM):
        assert "Special values" in text_of(section, then)
        assert "How round" not in text_of(section, then)
    assert [section.is_in(3) for section in (FIRST_REALISM, REALISM)] == [True, False]


def test_a_quantile_that_noise_hides_is_said_to_be_hidden(checked: Project) -> None:
    facts = _with_result(checked, spending_values(seed=1))
    (result,) = facts.results
    tail = {"column": "amount", "end": "lower", "beyond": 5.0, "share": 0.1, "released": -0.1, "sure": 0.0}
    tail["quantiles"] = {"0.01": [4.0, None], "0.001": [1.0, 0.5]}
    observed = {**result.observed, "tails": {"looked_at": 1, "worst": [tail]}}
    text = text_of(REALISM, replace(facts, results=(replace(result, observed=observed),)))
    assert (
        "amount 10.00% below 5, released 0.00%; p1 4, released hidden by noise; p0.1 1, released at least 0.5" in text
    )


def test_without_a_judgement_there_is_no_section(checked: Project) -> None:
    facts = _with_result(checked, spending_values(seed=1))
    assert REALISM.shown(facts)
    assert not REALISM.shown(replace(facts, results=()))
    unjudged = CheckResult(name="realism", severity="warning", passed=False, candidate="c", expectation=KIND.type)
    assert not REALISM.shown(replace(facts, results=(unjudged,)))


def test_the_section_of_the_made_up_project_closes_every_tag(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    assert REALISM.shown(facts)
    assert "table" in read_page(str(REALISM.render(facts))).tags


def test_only_what_points_the_way_of_its_kind_is_shown_where_noise_explains_all(checked: Project) -> None:
    facts = _with_result(checked, spending_values(seed=1))
    (result,) = facts.results
    less = {"column": "x", "end": "upper", "beyond": 5.0, "share": 0.1, "released": 0.4, "sure": 0.0, "quantiles": {}}
    for part, shown in (("tails", False), ("light_tails", True)):
        observed = {**result.observed, part: {"looked_at": 1, "worst": [less]}}
        text = text_of(REALISM, replace(facts, results=(replace(result, observed=observed),)))
        assert ("x 10.00% from 5 on, released 40.00% noise alone" in text) == shown
        assert shown or "clear of noise1 looked at; limit 0.5% nothing, not even by the estimate" in text
