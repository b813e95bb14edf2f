"""One call is one paid, journaled draw; a replay reads no row."""

from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pytest

from synth_assets.domain import Column, Domain
from synth_assets.errors import Fault
from synth_assets.ledger import DataPermit, Draw
from synth_assets.measurement import measurer as module
from synth_assets.measurement.journal import Journal
from synth_assets.measurement.measurer import PaidMeasurer, TableRequest
from synth_assets.measurement.noise import Odometer
from synth_assets.privacy import PrivacyLoss
from synth_assets.source.counts import Counter

DOMAIN = Domain(columns=(Column(name="a", kind="integer", maximum=4), Column(name="b", kind="boolean")))
CODES = [np.array([0, 1, 1, 4]), np.array([0, 1, 1, 1])]
PERMIT = DataPermit(reservation_id="r", fence=1, source="s", window=None, loss=PrivacyLoss(nano_rho=10**9), nonce="n")
ONES = [TableRequest(attributes=("a",), level="fine", rho=0.2), TableRequest(attributes=("b",), level="fine", rho=0.3)]


class Notes:
    """The two methods of a ledger that note draws, for one reservation."""

    def __init__(self) -> None:
        self.noted: dict[int, Draw] = {}

    def draws(self, _: str) -> tuple[Draw, ...]:
        return tuple(self.noted.values())

    def record_intent(self, _: DataPermit, number: int, digest: str) -> None:
        self.noted[number] = Draw(number=number, intent_digest=digest)

    def record_answer(self, _: DataPermit, number: int, digest: str) -> None:
        self.noted[number] = Draw(number=number, intent_digest=self.noted[number].intent_digest, answer_digest=digest)


def paid(folder: Path, notes: Any, *, nano_rho: int = 10**9, counter: Any = None) -> PaidMeasurer:
    return PaidMeasurer(
        counter or (lambda: Counter([CODES], domain=DOMAIN)),
        journal=Journal(folder, ledger=notes, permit=PERMIT),
        odometer=Odometer(PrivacyLoss(nano_rho=nano_rho)),
        max_rows=2,
        undisturbed=Lock(),
    )


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

    def unread() -> Counter:
        raise AssertionError

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
