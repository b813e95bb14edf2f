"""How strict this epsilon is: beside published ones, in their order, each with delta, unit and source."""

import re
from itertools import pairwise

import pytest
from kit.project import Project
from report_pages import facts_of, text_of

from synth_assets.audit.report.sections.strictness import PUBLISHED, STRICTNESS
from synth_assets.privacy import PrivacyLoss, epsilon_of


def test_this_version_and_its_cap_stand_among_published_ones(checked: Project) -> None:
    facts = facts_of(checked, checked.evidence(0))
    text = text_of(STRICTNESS, facts)
    delta = facts.statement["composition"]["delta"]
    own = f"{epsilon_of(facts.published, delta=delta):.3g}"
    assert re.search(rf"This version of people .*? {re.escape(own)}\b", text)
    assert "The cap of account" in text
    for one in PUBLISHED:
        assert one.what in text
        assert one.source in text


def test_published_ones_are_in_order_and_say_who_is_protected() -> None:
    assert all(low.value <= high.value for low, high in pairwise(PUBLISHED))
    assert all(one.unit and one.delta and one.source for one in PUBLISHED)


@pytest.mark.parametrize(("rho", "delta", "epsilon"), [(2.56, 1e-10, 17.14), (0.015, 1e-7, 1.0)])
def test_what_was_published_as_rho_is_about_the_epsilon_that_is_shown(rho: float, delta: float, epsilon: float) -> None:
    ours = epsilon_of(PrivacyLoss(nano_rho=round(rho * 1e9)), delta=delta)
    assert abs(ours / epsilon - 1) < 0.2
