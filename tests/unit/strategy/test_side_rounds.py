"""A side round is drawn from its layout on, and pays out of what was set aside for it."""

import pytest
from kit.people import make_contract

from synth_assets.domain import NEWEST_LAYOUT
from synth_assets.strategy.side_rounds import SIDE_ROUNDS, side_rounds


class Measurer:
    """A measurer that is never asked."""

    rho_left = 0.2


DOMAIN = make_contract(columns={"paid": {"type": "float", "min": 1, "max": 900, "domain_source": "x"}}).domain()


@pytest.mark.parametrize("layout", range(1, NEWEST_LAYOUT + 1))
def test_a_release_has_the_side_rounds_of_its_layout(layout: int) -> None:
    rounds = side_rounds(measurer=Measurer(), domain=DOMAIN, layout=layout)  # type: ignore[arg-type]
    assert [type(side) for side in rounds] == [kind for kind in SIDE_ROUNDS if kind.since <= layout]


def test_nothing_is_drawn_before_it_is_asked_for_and_most_of_the_budget_is_left() -> None:
    rounds = side_rounds(measurer=Measurer(), domain=DOMAIN, layout=NEWEST_LAYOUT)  # type: ignore[arg-type]
    assert [side.answers for side in rounds] == [()] * len(SIDE_ROUNDS)
    assert 0 < sum(side.rho for side in rounds) < 0.5 * Measurer.rho_left


def test_side_rounds_come_in_the_order_of_their_layouts_so_that_older_journals_replay() -> None:
    since = [kind.since for kind in SIDE_ROUNDS]
    assert since == sorted(since)
