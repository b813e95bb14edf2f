"""A fitted scorer knows its features and its classes, also those that no synthetic row had."""

import numpy as np
import pytest
from kit.incomes import DOMAIN
from made_up_scorers import any_codes, fitted, linear, trees

from synth_assets.errors import IntegrityError
from synth_assets.rowwise import fitted as module
from synth_assets.rowwise.features import Features
from synth_assets.rowwise.fitted import SCORERS, FittedScorer
from synth_assets.rowwise.shared import SharedRows

_FEATURES = Features.of(DOMAIN, one_hot=8, leave_out=("region",))
_REGIONS = ("north", "south", "west")


@pytest.mark.parametrize("scorer", [linear(_FEATURES.width), trees(_FEATURES.width)])
def test_a_row_gets_the_score_of_its_features(scorer: module.Scorer) -> None:
    codes = any_codes(100)
    assert type(scorer) in SCORERS.values()
    expected = scorer.score(_FEATURES.matrix(codes, DOMAIN))
    assert (fitted(scorer).score(codes, DOMAIN) == expected).all()


def test_a_class_that_was_never_seen_has_a_score_of_zero() -> None:
    scorer = FittedScorer(scorer=linear(_FEATURES.width), features=_FEATURES, classes=_REGIONS, seen=(0, 2))
    scores = scorer.score(any_codes(20), DOMAIN)
    assert scores.shape == (20, 3)
    assert (scores[:, 1] == 0).all()
    assert scores.sum(axis=1) == pytest.approx(1)


def test_many_rows_are_scored_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = any_codes(50)
    together = fitted().score(codes, DOMAIN)
    monkeypatch.setattr(module, "_AT_ONCE", 7)
    assert (fitted().score(codes, DOMAIN) == together).all()
    assert fitted().score(any_codes(0), DOMAIN).shape == (0, 2)


def test_shared_rows_are_scored_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, scorer = SharedRows(any_codes(50)), fitted()
    scores = scorer.score(rows, DOMAIN)
    assert (scores == scorer.score(any_codes(50), DOMAIN)).all()
    monkeypatch.setattr(Features, "matrix", None)
    assert scorer.score(rows, DOMAIN) is scores


@pytest.mark.parametrize(
    ("width", "classes", "seen"),
    [(3, _REGIONS, (0, 1)), (0, _REGIONS, (0, 3)), (0, _REGIONS, (1, 0)), (0, _REGIONS, (1, 1)), (0, _REGIONS, (0,))],
)
def test_parts_that_do_not_belong_together_are_refused(
    width: int, classes: tuple[str, ...], seen: tuple[int, ...]
) -> None:
    with pytest.raises(IntegrityError, match="do not belong together"):
        FittedScorer(scorer=linear(width or _FEATURES.width), features=_FEATURES, classes=classes, seen=seen)


def test_the_same_parts_have_the_same_digest_and_others_another() -> None:
    assert fitted().digest == fitted().digest
    assert fitted().digest != fitted(linear(_FEATURES.width, seed=1)).digest
    assert fitted().digest != fitted(trees(_FEATURES.width)).digest


def test_parts_come_back() -> None:
    scorer = fitted(trees(_FEATURES.width))
    again = FittedScorer.from_parts(scorer.facts(), scorer.arrays())
    assert again.digest == scorer.digest
    assert np.array_equal(again.score(any_codes(10), DOMAIN), scorer.score(any_codes(10), DOMAIN))
