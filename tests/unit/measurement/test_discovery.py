"""Draw 0 is one paid, journaled draw; a replay reads no row, and nothing passes the reservation."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from noted_draws import PERMIT, Notes
from private_table import make_contract

from synth_assets.contract import DatasetContract
from synth_assets.contract.columns import LARGEST_DOMAIN
from synth_assets.errors import Fault
from synth_assets.measurement import discovery as module
from synth_assets.measurement.discovery import discover
from synth_assets.measurement.journal import DeadReservation, Journal
from synth_assets.measurement.noise import Odometer
from synth_assets.privacy import PrivacyLoss
from synth_assets.release import Discovery
from synth_assets.strategy.categories import left_for_tables

OPEN = {"type": "categorical", "categories": "discover", "other": "other", "domain_source": "discovered"}
SPEND = {"epsilon": 2.0, "delta": 1e-6, "threshold_delta": 1e-9}
CONTRACT = make_contract(
    privacy={"unit": {"column": "person", "max_rows": 2}, "spend": SPEND}, columns={"job": OPEN, "ward": OPEN}
)
LOSS = CONTRACT.cap().loss()
EXACT = [{"baker": 5000, "smith": 9000, "spy": 2}, {}]


def drawn(
    folder: Path,
    notes: Any,
    *,
    contract: DatasetContract = CONTRACT,
    paid: PrivacyLoss = LOSS,
    histograms: Callable[[], Sequence[Mapping[str, int]]] = lambda: EXACT,
) -> tuple[tuple[Discovery, ...], Odometer]:
    odometer = Odometer(paid)
    found = discover(
        contract,
        loss=LOSS,
        journal=Journal(folder, ledger=notes, permit=PERMIT),
        odometer=odometer,
        histograms=histograms,
        undisturbed=Lock(),
    )
    return found, odometer


def unread() -> Any:
    raise AssertionError


def test_what_enough_rows_have_is_found_and_what_one_unit_has_is_not(tmp_path: Path) -> None:
    """False failure: below 1e-9, the delta of the thresholds."""
    (jobs, wards), _ = drawn(tmp_path, Notes())
    assert (jobs.column, jobs.categories) == ("job", ("smith", "baker"))
    assert abs(jobs.counts[1] - 5000) < 8 * jobs.scale
    assert (wards.column, wards.categories, wards.left_out) == ("ward", (), 0)


def test_a_tenth_of_rho_and_all_of_the_thresholds_delta_are_divided_over_the_columns(tmp_path: Path) -> None:
    found, odometer = drawn(tmp_path, Notes())
    assert sum(item.rho for item in found) == pytest.approx(LOSS.rho / 10, rel=1e-6)
    assert sum(item.rho for item in found) <= LOSS.rho / 10
    assert 0.7e-9 < sum(item.delta for item in found) <= 1e-9
    assert odometer.left == pytest.approx(0.9 * LOSS.rho)
    assert left_for_tables(CONTRACT, LOSS).rho == pytest.approx(odometer.left, abs=2e-9)


def test_a_contract_without_open_columns_draws_nothing(tmp_path: Path) -> None:
    notes = Notes()
    found, odometer = drawn(tmp_path, notes, contract=make_contract(), histograms=unread)
    assert (found, notes.noted, odometer.delta_left) == ((), {}, pytest.approx(1e-9))
    assert left_for_tables(make_contract(), LOSS).nano_rho == LOSS.nano_rho


def test_a_replay_gives_the_same_without_reading_a_row(tmp_path: Path) -> None:
    notes = Notes()
    first, _ = drawn(tmp_path, notes)
    again, odometer = drawn(tmp_path, notes, histograms=unread)
    assert again == first
    assert odometer.left == pytest.approx(0.9 * LOSS.rho)


def test_an_announced_draw_without_an_answer_is_dead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = Notes()
    with monkeypatch.context() as patch:
        patch.setattr(module, "draw_histogram", None)
        with pytest.raises(TypeError):
            drawn(tmp_path, notes)
    with pytest.raises(DeadReservation):
        Journal(tmp_path, ledger=notes, permit=PERMIT).check()


def test_another_label_is_another_request(tmp_path: Path) -> None:
    notes = Notes()
    drawn(tmp_path, notes)
    other = make_contract(
        privacy={"unit": {"column": "person", "max_rows": 2}, "spend": SPEND},
        columns={"job": {**OPEN, "other": "rest"}, "ward": OPEN},
    )
    with pytest.raises(DeadReservation):
        drawn(tmp_path, notes, contract=other)


@pytest.mark.parametrize(
    "paid",
    [
        PrivacyLoss(nano_rho=LOSS.nano_rho, atto_delta=LOSS.atto_delta // 2),
        PrivacyLoss(nano_rho=LOSS.nano_rho // 20, atto_delta=LOSS.atto_delta),
        PrivacyLoss(nano_rho=LOSS.nano_rho),
    ],
    ids=["delta", "rho", "no delta at all"],
)
def test_what_the_reservation_does_not_cover_is_neither_counted_nor_announced(
    paid: PrivacyLoss, tmp_path: Path
) -> None:
    notes = Notes()
    with pytest.raises(Fault, match="would pass"):
        drawn(tmp_path, notes, paid=paid, histograms=unread)
    assert notes.noted == {}


def test_more_categories_than_a_column_can_have_are_left_out_and_said(tmp_path: Path) -> None:
    many = {f"job {place:05}": 100_000 for place in range(LARGEST_DOMAIN + 10)}
    (jobs, _), _ = drawn(tmp_path, Notes(), histograms=lambda: [many, {}])
    assert len(jobs.categories) == LARGEST_DOMAIN - 1
    assert jobs.left_out == 11
    assert CONTRACT.domain(found={"job": jobs.categories, "ward": ()})["job"].size == LARGEST_DOMAIN


def test_the_journal_has_no_text_below_the_threshold(tmp_path: Path) -> None:
    """False failure: below 1e-9."""
    drawn(tmp_path, Notes())
    written = [path.read_text() for path in tmp_path.rglob("*.json")]
    assert any("smith" in text for text in written)
    assert not any("spy" in text for text in written)
