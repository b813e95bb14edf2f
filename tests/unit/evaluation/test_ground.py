"""What is public about a candidate: halves of its rows, its model, the label, groups, and how many real rows."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from asked_exactly import gated_contract, ground
from kit.people import COLUMNS

from synth_assets.errors import UsageError
from synth_assets.evaluation.ground import MOST_GROUPS, Ground, label_of, taken_together
from synth_assets.privacy import HELD_OUT, MEASURED


def other(**evaluation: Any) -> Ground:
    about = ground()
    target = evaluation.pop("target", "member")
    contract = gated_contract(evaluation=evaluation).model_copy(update={"target": target})
    return Ground(contract, about.release, about.candidate)


def test_no_row_that_a_model_was_fitted_to_is_in_the_other_half() -> None:
    about = ground()
    halves = [about.fitted_rows[0], about.other_rows[0]]
    assert [half.size for half in halves] == [2000, 2000]
    assert (np.stack(halves, axis=1).ravel() == about.rows[0]).all()


def test_a_part_has_its_share_of_the_rows_that_the_release_says_there_are() -> None:
    about = ground()
    assert about.rows_in(MEASURED) == pytest.approx(3000, abs=30)
    assert about.rows_in(HELD_OUT) == pytest.approx(3000 * 3 / 7, abs=15)
    assert about.rows_in(None) == pytest.approx(3000 * 10 / 7, abs=45)
    nobody = replace(about.release, answers=tuple(_emptied(table) for table in about.release.answers))
    assert Ground(about.contract, nobody, about.candidate).rows_in(HELD_OUT) == 1.0


def _emptied(table: Any) -> Any:
    return replace(table, values=table.values * 0)


def test_how_many_are_held_out_is_chance_and_how_many_were_read_is_noise() -> None:
    """In many splits of so many people, the deviation of held-out ones around the estimate from the others is this."""
    about = ground()
    assert about.rows_deviation(MEASURED) == about.release.total_standard_error()
    rng = np.random.default_rng(4)
    held_out = rng.binomial(4286, 0.3, 4000)
    off = held_out - (4286 - held_out) * 3 / 7
    assert about.rows_deviation(HELD_OUT) == pytest.approx(off.std(), rel=0.1)


def test_the_label_is_the_second_of_two_values_or_what_the_contract_says() -> None:
    assert ground().label.places_of == (0, 1)
    adults = other(target="age", positive="age >= 10").label
    assert adults.places_of == (*[0] * 10, *[1] * 10, 0)
    assert adults.labels == ("otherwise", "age >= 10")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target": None}, "no `target`"),
        ({"target": "city"}, "3 values, so it must be said"),
        ({"positive": "age > 3"}, "is not about 'member'"),
        ({"positive": "member ="}, "member ="),
    ],
)
def test_a_label_that_is_not_one_is_refused(changes: dict[str, Any], message: str) -> None:
    about = other(**changes)
    with pytest.raises(UsageError, match=message):
        label_of(about.contract, about.domain)


def test_groups_are_the_released_bins_and_neighbours_of_too_many_are_taken_together() -> None:
    about = ground()
    age = about.groups("age")
    assert age.size == 11
    assert age.places_of[:4] == (0, 0, 1, 1)
    fine = replace(about.release, grids={**about.release.grids, "age": np.arange(21)})
    together = Ground(about.contract, fine, about.candidate).groups("age")
    assert 2 < together.size <= MOST_GROUPS
    ages, missing = together.places_of[:-1], together.places_of[-1]
    assert sorted(ages) == list(ages)
    assert missing not in ages
    assert together.labels[0].startswith("0")


def test_of_groups_without_an_order_the_rare_ones_are_taken_together() -> None:
    rows = np.array([5, 90, 1, 40, 2, 70])
    assert taken_together(rows, ordered=0, most=4).tolist() == [3, 0, 3, 1, 3, 2]


def test_groups_in_an_order_become_parts_of_about_as_many_rows_and_missing_ones_stay() -> None:
    rows = np.array([10, 10, 10, 10, 40, 0, 0, 40, 7])
    assert taken_together(rows, ordered=8, most=4).tolist() == [0, 0, 0, 0, 1, 2, 2, 2, 3]
    assert taken_together(np.zeros(5, dtype=np.int64), ordered=5, most=3).max() < 3


def test_the_label_and_the_groups_of_one_column_are_predicted_by_two_models() -> None:
    """The label is one value of the target against all others; the groups of the target are all of its values."""
    about = other(target="city", positive="city = 'north'")
    label, groups = about.label, about.groups("city")
    for order in ((label, groups), (groups, label)):
        fresh = Ground(about.contract, about.release, about.candidate)
        scorers = {axis: fresh.scorer(axis) for axis in order}
        assert scorers[label].classes == label.labels
        assert scorers[groups].classes == groups.labels


def test_a_model_is_fitted_once_and_kept_for_the_measuring_process() -> None:
    about, messages = ground(), []
    fresh = Ground(about.contract, about.release, about.candidate, progress=messages.append)
    scorer = fresh.scorer(fresh.label)
    assert fresh.scorer(fresh.label) is scorer
    assert len(messages) == 1
    assert "member" not in scorer.features.columns
    assert fresh.materials == {scorer.digest: scorer}
    assert set(COLUMNS) == set(about.domain.names)
