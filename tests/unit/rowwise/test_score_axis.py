"""A row's place is the bin of its score."""

import pytest
from kit.incomes import DOMAIN
from made_up_scorers import any_codes, fitted

from synth_assets.errors import UsageError
from synth_assets.rowwise.edges import bins_of
from synth_assets.rowwise.score_axis import ScoreAxis


@pytest.mark.parametrize("of_class", [0, 1])
def test_a_place_is_the_bin_of_the_score_of_one_class(of_class: int) -> None:
    scorer, codes, edges = fitted(), any_codes(100), (0.4, 0.5, 0.6)
    axis = ScoreAxis(fitted=scorer, of_class=of_class, edges=edges)
    assert axis.places(codes, DOMAIN).tolist() == bins_of(scorer.score(codes, DOMAIN)[:, of_class], edges).tolist()
    assert (axis.size, axis.as_json()["class"], axis.as_json()["material"]) == (4, of_class, scorer.digest)


@pytest.mark.parametrize("of_class", [-1, 2])
def test_a_class_that_the_scorer_lacks_is_refused(of_class: int) -> None:
    with pytest.raises(UsageError, match="not one of the scorer's 2"):
        ScoreAxis(fitted=fitted(), of_class=of_class, edges=(0.5,))


def test_edges_that_do_not_ascend_are_refused() -> None:
    with pytest.raises(UsageError, match="ascending"):
        ScoreAxis(fitted=fitted(), of_class=0, edges=())
