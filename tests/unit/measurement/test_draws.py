"""One call is one paid, journaled draw; a replay reads no row."""

from itertools import combinations
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pytest
from noted_draws import PERMIT, Notes

from synth_assets.domain import Column, Domain
from synth_assets.errors import Fault
from synth_assets.measurement import draws as module
from synth_assets.measurement.draws import PaidMeasurer, TableRequest
from synth_assets.measurement.journal import DeadReservation, Journal
from synth_assets.measurement.noise import Odometer
from synth_assets.privacy import PrivacyLoss, map_of
from synth_assets.source.kernel import Counter

DOMAIN = Domain(columns=(Column(name="a", kind="integer", maximum=4), Column(name="b", kind="boolean")))
CODES = [np.array([0, 1, 1, 4]), np.array([0, 1, 1, 1])]
ONES = [TableRequest(attributes=("a",), level="fine", rho=0.2), TableRequest(attributes=("b",), level="fine", rho=0.3)]


def paid(folder: Path, notes: Any, *, nano_rho: int = 10**9, counter: Any = None) -> PaidMeasurer:
    return PaidMeasurer(
        counter or (lambda: Counter([CODES], domain=DOMAIN)),
        journal=Journal(folder, ledger=notes, permit=PERMIT),
        odometer=Odometer(PrivacyLoss(nano_rho=nano_rho)),
        max_rows=2,
        undisturbed=Lock(),
    )


def unread() -> Counter:
    raise AssertionError


def test_tables_come_with_their_scale_price_and_mechanism(tmp_path: Path) -> None:
    measurer = paid(tmp_path, Notes())
    one, two = measurer.measure(ONES, grids={})
    assert (one.counts.shape, two.counts.shape) == ((5,), (2,))
    assert (one.draw, two.draw) == (1, 1)
    assert one.rho <= 0.2 < two.rho <= 0.3
    assert one.scale > two.scale
    assert "make_gaussian" in one.mechanism
    assert measurer.rho_left == pytest.approx(0.5)


def test_a_replay_gives_the_same_without_reading_a_row(tmp_path: Path) -> None:
    notes = Notes()
    first = paid(tmp_path, notes).measure(ONES, grids={})
    again = paid(tmp_path, notes, counter=unread)
    replayed = again.measure(ONES, grids={})
    assert [one.counts.tolist() for one in first] == [one.counts.tolist() for one in replayed]
    assert again.rho_left == pytest.approx(0.5)


def test_what_is_not_covered_is_neither_counted_nor_announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = Notes()
    monkeypatch.setattr(module, "draw_counts", None)
    with pytest.raises(Fault, match="would pass"):
        paid(tmp_path, notes, nano_rho=4 * 10**8, counter=lambda: None).measure(ONES, grids={})
    assert notes.noted == {}


def test_coarse_tables_depend_on_their_grids(tmp_path: Path) -> None:
    request = [TableRequest(attributes=("a", "b"), level="coarse", rho=0.1)]
    digests = set()
    for place, grid in enumerate(([0, 0, 1, 1, 2], [0, 0, 0, 1, 1])):
        notes = Notes()
        (table,) = paid(tmp_path / str(place), notes).measure(
            request, grids={"a": np.array(grid), "b": np.array([0, 1])}
        )
        assert table.counts.shape == (max(grid) + 1, 2)
        digests.add(notes.noted[1].intent_digest)
    assert len(digests) == 2


GRIDS = {"a": np.array([0, 0, 1, 1, 2]), "b": np.array([0, 1])}
EXPECTED = [np.array([[1, 0], [0, 0], [0, 1]])]
DISTANCE = 2
"""By their groups the rows are (0, no), (0, yes) twice, and (2, yes): EXPECTED lacks the two in the middle."""


def score(measurer: PaidMeasurer, *, rho: float = 0.3, expected: Any = None) -> Any:
    return measurer.score([("a", "b")], expected=expected or EXPECTED, grids=GRIDS, rho=rho)


def test_scores_come_with_their_sensitivity_scale_price_and_mechanism(tmp_path: Path) -> None:
    measurer = paid(tmp_path, Notes(), nano_rho=10**14)
    scores = score(measurer, rho=50_000.0)
    assert (scores.cliques, scores.scores) == ((("a", "b"),), (DISTANCE,))  # at this price there is no noise
    assert (scores.d_in, scores.draw) == (2, 1)
    assert scores.rho == map_of(scores.mechanism, d_in=2) <= 50_000
    assert measurer.rho_left == pytest.approx(50_000)


@pytest.mark.parametrize("columns", [3, 10])
def test_the_sensitivity_of_scores_grows_with_pairs_and_rows_of_a_unit(columns: int, tmp_path: Path) -> None:
    domain = Domain(columns=tuple(Column(name=f"c{place}", kind="boolean") for place in range(columns)))
    pairs = list(combinations(domain.names, 2))
    measurer = paid(tmp_path, Notes(), counter=lambda: Counter([], domain=domain))
    grids = {name: np.arange(2) for name in domain.names}
    scores = measurer.score(pairs, expected=[np.zeros((2, 2), np.int64)] * len(pairs), grids=grids, rho=0.5)
    assert scores.d_in == {3: 4, 10: 14}[columns]  # 2 sqrt(3) = 3.46 and 2 sqrt(45) = 13.4, rounded up
    assert scores.rho == map_of(scores.mechanism, d_in=scores.d_in) <= 0.5 + 1e-12
    assert scores.scale == pytest.approx(scores.d_in, rel=1e-6)  # rho = (d_in / scale)^2 / 2


def test_replayed_scores_are_the_same_without_reading_a_row(tmp_path: Path) -> None:
    notes = Notes()
    first = score(paid(tmp_path, notes))
    again = paid(tmp_path, notes, counter=unread)
    assert score(again) == first
    assert again.rho_left == pytest.approx(0.7)


def test_scores_that_are_not_covered_are_neither_counted_nor_announced(tmp_path: Path) -> None:
    notes = Notes()
    with pytest.raises(Fault, match="would pass"):
        score(paid(tmp_path, notes, nano_rho=2 * 10**8, counter=unread))
    assert notes.noted == {}


def test_scores_depend_on_what_is_expected(tmp_path: Path) -> None:
    digests = set()
    for place, more in enumerate((0, 1)):
        notes = Notes()
        score(paid(tmp_path / str(place), notes), expected=[EXPECTED[0] + more])
        digests.add(notes.noted[1].intent_digest)
    assert len(digests) == 2


def test_scores_of_other_tables_are_not_replayed(tmp_path: Path) -> None:
    notes = Notes()
    score(paid(tmp_path, notes))
    with pytest.raises(DeadReservation):
        score(paid(tmp_path, notes), expected=[EXPECTED[0] + 1])


@pytest.mark.parametrize(
    "expected",
    [
        [np.zeros((3, 1), np.int64)],  # would be broadcast, and a row counted twice
        [np.zeros((5, 3, 2), np.int64)],
        [np.zeros((3, 2))],  # a distance that is rounded afterwards may move by 2
        [],
        [*EXPECTED, *EXPECTED],
    ],
)
def test_expected_tables_that_would_break_the_sensitivity_are_refused(expected: Any, tmp_path: Path) -> None:
    notes = Notes()
    measurer = paid(tmp_path, notes, counter=unread)
    with pytest.raises(Fault, match="expected int64 table"):
        measurer.score([("a", "b")], expected=expected, grids=GRIDS, rho=0.3)
    assert notes.noted == {}
    assert measurer.rho_left == pytest.approx(1.0)


def test_a_vector_of_no_scores_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="a pair"):
        paid(tmp_path, Notes(), counter=unread).score([], expected=[], grids={}, rho=0.3)
