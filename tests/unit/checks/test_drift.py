"""Drift is zero where nothing moved whatever the noise of both, and the true distance where something did."""

import numpy as np
import pytest
from numpy.typing import NDArray

from synth_assets.checks.context import Earlier, EarlierColumn
from synth_assets.checks.drift import column_distances, describe_drift

CELLS = 40
ROWS = 10_000


def _skewed() -> NDArray[np.float64]:
    shares = 1 / np.arange(1, CELLS + 1)
    return shares / shares.sum()


def _moved() -> NDArray[np.float64]:
    shares = _skewed() * np.where(np.arange(CELLS) % 2, 1.4, 0.6)
    return shares / shares.sum()


def _released(shares: NDArray[np.float64], *, scale: float, random: np.random.Generator, columns: int = 1) -> Earlier:
    exact = np.rint(ROWS * shares)
    counts = [np.rint(exact + random.normal(0, scale, CELLS)).astype(int).tolist() for _ in range(columns)]
    tables = {f"c{at}": EarlierColumn(layout="l", counts=tuple(one), scale=scale) for at, one in enumerate(counts)}
    return Earlier(digest="r", rows=float(ROWS), rows_error=scale, columns=tables)


def _sampled(shares: NDArray[np.float64], *, rows: int, random: np.random.Generator) -> Earlier:
    counts = tuple(random.multinomial(rows, shares).tolist())
    return Earlier(
        digest="v", rows=float(rows), rows_error=0.0, columns={"c0": EarlierColumn(layout="l", counts=counts)}
    )


@pytest.mark.statistical
@pytest.mark.parametrize("scale", [1.0, 30.0, 150.0])
def test_two_releases_of_the_same_table_are_not_apart(scale: float) -> None:
    # The mean of 300 estimates, five of its own standard errors wide, and what weights by noisy shares cost; and of
    # 300 one-sided tests at 1%, more than 15 fail once in 10^7.
    random = np.random.default_rng(1)
    pairs = [[_released(_skewed(), scale=scale, random=random) for _ in range(2)] for _ in range(300)]
    distances = [column_distances(now, before)[0] for now, before in pairs]
    squared = np.array([distance.squared for distance in distances])
    assert squared.mean() < 5 * squared.std() / np.sqrt(300)
    assert sum(distance.sure_excess > 0 for distance in distances) <= 15


@pytest.mark.statistical
@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_the_distance_between_two_releases_is_found_below_the_noise(scale: float) -> None:
    random = np.random.default_rng(2)
    pairs = [[_released(shares, scale=scale, random=random) for shares in (_skewed(), _moved())] for _ in range(200)]
    distances = [column_distances(now, before)[0] for now, before in pairs]
    wanted = ((_skewed() - _moved()) ** 2 / (0.25 * (_skewed() + _moved()) + 0.5 / CELLS)).sum()
    squared = np.array([distance.squared for distance in distances])
    assert abs(squared.mean() - wanted) < 5 * squared.std() / np.sqrt(200) + 0.1 * wanted
    assert 0.5 * np.abs(_skewed() - _moved()).sum() < distances[0].excess + 0.05


@pytest.mark.statistical
@pytest.mark.parametrize("rows", [200, 5_000])
def test_two_samples_of_the_same_table_are_not_apart(rows: int) -> None:
    # As above: more than 15 of 300 fail once in 10^7.
    random = np.random.default_rng(3)
    pairs = [[_sampled(_skewed(), rows=size, random=random) for size in (rows, ROWS)] for _ in range(300)]
    assert sum(column_distances(now, before)[0].sure_excess > 0 for now, before in pairs) <= 15


def test_samples_of_different_tables_are_apart() -> None:
    random = np.random.default_rng(4)
    now, before = (_sampled(shares, rows=ROWS, random=random) for shares in (_skewed(), _moved()))
    drift = describe_drift(now, before)
    assert drift["sure_excess"] > 0.15
    assert (drift["compared_with"], drift["columns"], drift["worst_column"]) == ("v", 1, "c0")


def test_columns_that_are_new_or_laid_out_otherwise_are_named_and_not_compared() -> None:
    same = EarlierColumn(layout="l", counts=(5, 5))
    other = EarlierColumn(layout="m", counts=(5, 5))
    torn = EarlierColumn(layout="l", counts=(10,))
    columns = {"same": same, "wider": same, "torn": same, "fresh": same}
    now = Earlier(digest="", rows=10.0, rows_error=0.0, columns=columns)
    before = Earlier(
        digest="b", rows=10.0, rows_error=0.0, columns={"same": same, "wider": other, "torn": torn, "gone": same}
    )
    drift = describe_drift(now, before)
    assert drift["not_compared"] == ["wider", "torn", "fresh", "gone"]
    assert drift["by_column"] == [["same", 0.0, 0.0]]


def _cities(labels: tuple[str | None, ...], counts: tuple[int, ...], *, scale: float = 0.0) -> EarlierColumn:
    other = labels.index("elsewhere")
    return EarlierColumn(layout=",".join(map(str, labels)), counts=counts, scale=scale, labels=labels, other=other)


def _towns(column: EarlierColumn) -> Earlier:
    return Earlier(digest="c", rows=float(sum(column.counts)), rows_error=0.0, columns={"city": column})


def test_categories_that_one_side_lacks_count_as_unknown_on_both() -> None:
    # A category that was discovered since was among `elsewhere` before.
    before = _towns(_cities(("north", "south", "elsewhere", None), (400, 300, 250, 50)))
    now = _towns(_cities(("south", "east", "north", "elsewhere", None), (300, 150, 400, 100, 50)))
    (distance,) = column_distances(now, before)
    assert (distance.cells, distance.distance) == (4, 0.0)
    moved = _towns(_cities(("south", "east", "north", "elsewhere", None), (500, 150, 200, 100, 50)))
    (distance,) = column_distances(moved, before)
    assert distance.distance == pytest.approx(0.2)


def test_the_noise_of_a_cell_is_that_of_all_its_codes() -> None:
    random, north = np.random.default_rng(6), 1000
    squared = []
    for _ in range(400):
        counts = np.rint([north, *random.normal(0, 40, 9)]).astype(int)
        many = _cities(("north", *(f"c{at}" for at in range(8)), "elsewhere"), tuple(counts.tolist()), scale=40.0)
        few = _cities(("north", "elsewhere"), (north, 0))
        sides = [Earlier(digest="", rows=1000.0, rows_error=0.0, columns={"city": side}) for side in (many, few)]
        squared.append(column_distances(sides[0], sides[1])[0].squared)
    assert np.mean(squared) < 5 * np.std(squared) / 20  # five standard errors of the mean of 400


def test_an_unknown_category_that_is_a_known_one_on_the_other_side_is_unknown_on_both() -> None:
    before = EarlierColumn(layout="a", counts=(4, 6), labels=("x", "y"), other=0)
    now = EarlierColumn(layout="b", counts=(4, 6), labels=("x", "y"), other=1)
    (distance,) = column_distances(_towns(now), _towns(before))
    assert distance.cells == 1


def test_without_an_earlier_one_there_is_nothing_to_say() -> None:
    now = Earlier(digest="", rows=10.0, rows_error=0.0, columns={})
    assert describe_drift(now, None) == {"compared_with": None}
    assert "excess" not in describe_drift(now, now)
