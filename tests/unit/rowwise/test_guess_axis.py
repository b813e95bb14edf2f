"""A guess is right where the highest score is that of the row's own class."""

from dataclasses import replace

import pytest
from kit.incomes import DOMAIN
from made_up_scorers import REGION, any_codes, fitted

from synth_assets.errors import UsageError
from synth_assets.rowwise.axis import CodeAxis
from synth_assets.rowwise.guess_axis import GuessAxis


def test_a_place_says_whether_the_highest_score_is_the_rows_own() -> None:
    scorer, codes = fitted(), any_codes(200)
    places = GuessAxis(fitted=scorer, target=REGION).places(codes, DOMAIN)
    guesses = scorer.score(codes, DOMAIN).argmax(axis=1)
    assert places.tolist() == [int(guess == min(code, 1)) for guess, code in zip(guesses, codes[2], strict=True)]
    assert set(places.tolist()) == {0, 1}


def test_other_classes_than_the_scorers_are_refused() -> None:
    with pytest.raises(UsageError, match="other classes than 'region' here"):
        GuessAxis(fitted=fitted(), target=replace(REGION, labels=("elsewhere", "north")))


def test_a_scorer_that_reads_what_it_guesses_is_refused() -> None:
    member = CodeAxis(column="member", places_of=(0, 1), labels=REGION.labels)
    with pytest.raises(UsageError, match="reads 'member', which it guesses"):
        GuessAxis(fitted=fitted(), target=member)
