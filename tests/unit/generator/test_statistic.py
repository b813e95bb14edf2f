"""Statistics of a table of counts are what SQL computes from its rows, and are refused where nothing was measured."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from kit.incomes import DOMAIN, GRIDS, dependent_codes, make_release, release_of

from synth_assets.errors import UsageError
from synth_assets.generator.statistic import make_statistic
from synth_assets.release import NoisyMarginal, Release

CODES = dependent_codes(4000)


def _exact(release: Release) -> Release:
    """Return the release without its noise."""

    def counted(marginal: NoisyMarginal) -> NoisyMarginal:
        columns = [CODES[:, DOMAIN.index(name)] for name in marginal.attributes]
        if marginal.level == "coarse":
            columns = [GRIDS[name][column] for name, column in zip(marginal.attributes, columns, strict=True)]
        counts = np.zeros_like(marginal.counts)
        np.add.at(counts, tuple(columns), 1)
        return replace(marginal, values=counts)

    return replace(release, answers=tuple(counted(marginal) for marginal in release.marginals))


EXACT = _exact(make_release(codes=CODES, triples=[("age", "region", "member")]))
AGE, REGION, MEMBER = CODES[:, 0] + 18, CODES[:, 2], CODES[:, 3] == 1
KNOWN = CODES[:, 0] < 60


def _answer(**asked: object) -> np.ndarray:
    statistic = make_statistic(EXACT, **asked)
    return statistic.answer(EXACT.project(statistic.attributes, level=statistic.level)[0])


def test_counts_of_cells_are_the_rows_in_them() -> None:
    assert _answer(by=["region", "member"])[2, 1] == np.count_nonzero((REGION == 2) & MEMBER)
    assert _answer(by=["member", "region"])[1, 2] == np.count_nonzero((REGION == 2) & MEMBER)
    assert _answer(by=["age"]).size == 61


def test_conditions_may_join_columns_by_or_and_compare_three() -> None:
    assert _answer(where="member OR region = 'west'") == np.count_nonzero(MEMBER | (REGION == 2))
    answer = _answer(where="age >= 28 AND age < 58 AND (member OR region = 'west')")
    assert answer == np.count_nonzero(KNOWN & (AGE >= 28) & (AGE < 58) & (MEMBER | (REGION == 2)))


def test_a_condition_may_stand_on_a_column_that_cells_go_by() -> None:
    answer = _answer(by=["region"], where="region <> 'south' AND member")
    assert answer.tolist() == [np.count_nonzero((REGION == 0) & MEMBER), 0, np.count_nonzero((REGION == 2) & MEMBER)]


def test_shares_and_means_are_of_the_rows_of_a_condition() -> None:
    assert _answer(share="member", where="region = 'west'") == pytest.approx(MEMBER[REGION == 2].mean())
    assert _answer(by=["region"], share="member")[2] == pytest.approx(MEMBER[REGION == 2].mean())
    assert _answer(by=["region"], shares=True).sum() == pytest.approx(1)
    assert _answer(by=["region"], shares=True, where="member")[2] == pytest.approx((REGION[MEMBER] == 2).mean())
    assert _answer(mean="age") == pytest.approx(AGE[KNOWN].mean())
    assert _answer(mean="member", by=["region"])[0] == pytest.approx(MEMBER[REGION == 0].mean())


def test_one_column_is_asked_at_its_own_codes_even_between_groups() -> None:
    assert _answer(where="age = 33") == np.count_nonzero(AGE[KNOWN] == 33)
    assert make_statistic(EXACT, where="age = 33").level == "fine"
    assert make_statistic(EXACT, by=["region"]).level == "coarse"


def test_a_mean_by_another_column_declares_that_it_uses_values_inside_groups() -> None:
    assert make_statistic(EXACT, mean="age", by=["region"]).inside
    assert not make_statistic(EXACT, mean="age").inside
    assert not make_statistic(EXACT, mean="member", by=["region"]).inside
    # Groups are ten years wide, and ages inside them lie evenly in both regions but for the cut at 40.
    assert _answer(mean="age", by=["region"])[2] == pytest.approx(AGE[KNOWN & (REGION == 2)].mean(), abs=1)


def test_a_mean_over_no_rows_is_not_a_number() -> None:
    empty = make_statistic(EXACT, mean="member", by=["region"])
    assert np.isnan(empty.answer(np.zeros((3, 2)))).all()


def test_columns_that_were_not_measured_together_are_refused_with_what_was() -> None:
    pairs = [
        marginal
        for marginal in EXACT.marginals
        if set(marginal.attributes) != {"age", "income"} and len(marginal.attributes) < 3
    ]
    release = release_of(tuple(pairs))
    with pytest.raises(UsageError, match="age, income were not measured together") as refused:
        make_statistic(release, by=["age"], where="income >= 20")
    assert "each of them alone" in refused.value.hint
    with pytest.raises(UsageError, match="not measured together") as refused:
        make_statistic(release, by=["age", "income"], share="member")
    assert "age+member" in refused.value.hint
    assert "income+member" in refused.value.hint


def test_every_measured_clique_is_answered_and_no_other() -> None:
    for triple in combinations(DOMAIN.names, 3):
        if triple == ("age", "region", "member"):
            assert make_statistic(EXACT, by=triple).attributes == triple
        else:
            with pytest.raises(UsageError, match="not measured together"):
                make_statistic(EXACT, by=triple)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "no column is named"),
        ({"by": ["height"]}, "'height' is not a measured column"),
        ({"by": ["age", "age"]}, "named twice"),
        ({"by": ["age"], "mean": "age"}, "named twice"),
        ({"mean": "age", "shares": True}, "one statistic at a time"),
        ({"mean": "region"}, "has no mean"),
        ({"by": ["region"], "where": "age > 20"}, "cuts through values that were measured as one group"),
        ({"where": "income > 15"}, "cuts through a bin"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make_statistic(EXACT, **asked)


def test_a_cut_is_refused_with_the_groups_that_there_are() -> None:
    with pytest.raises(UsageError) as refused:
        make_statistic(EXACT, by=["region"], where="age > 20")
    assert "18 to 27, 28 to 37" in refused.value.hint


def test_a_statistic_is_described_in_words() -> None:
    assert make_statistic(EXACT, mean="age", by=["region"], where="member").text == "mean of age by region where member"
    assert make_statistic(EXACT, share="member", by=["region"]).text == "share of `member` by region"
