"""One call is one paid, journaled draw of whatever kind; a replay reads no row."""

from itertools import combinations
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pytest
from counted_rows import CountedRows, Unread
from kit.people import make_contract
from noted_draws import PERMIT, Notes

from synth_assets.contract import DatasetContract
from synth_assets.contract.columns import LARGEST_DOMAIN
from synth_assets.domain import Column, Domain
from synth_assets.errors import Fault
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.measurement import noise as module
from synth_assets.measurement.draws import PaidMeasurer
from synth_assets.measurement.journal import DeadReservation, Journal
from synth_assets.measurement.noise import Odometer
from synth_assets.privacy import PrivacyLoss, PrivacyUnit, map_of
from synth_assets.release import Discovery
from synth_assets.release.kinds.marginals import MarginalQuery
from synth_assets.release.kinds.scores import ScoreQuery
from synth_assets.release.noted import answer_digest
from synth_assets.strategy.categories import discover, left_for_tables
from synth_assets.strategy.measurer import Request

DOMAIN = Domain(columns=(Column(name="a", kind="integer", maximum=4), Column(name="b", kind="boolean")))
ROWS = CountedRows([[np.array([0, 1, 1, 4]), np.array([0, 1, 1, 1])]])
GRIDS = {"a": np.array([0, 0, 1, 1, 2]), "b": np.array([0, 1])}


def one_way(name: str, rho: float) -> Request:
    return Request(query=MarginalQuery(attributes=(name,), level="fine", domain=DOMAIN, grids={}), rho=rho)


ONES = [one_way("a", 0.2), one_way("b", 0.3)]


def paid(folder: Path, notes: Any, *, nano_rho: int = 10**9, rows: CountedRows = ROWS) -> PaidMeasurer:
    return PaidMeasurer(
        rows,
        journal=Journal(folder, ledger=notes, permit=PERMIT),
        odometer=Odometer(PrivacyLoss(nano_rho=nano_rho)),
        unit=PrivacyUnit(column="person", max_rows=2),
        first_draw=1,
        undisturbed=Lock(),
    )


def test_tables_come_with_their_scale_price_and_mechanism(tmp_path: Path) -> None:
    measurer = paid(tmp_path, Notes())
    first, second = measurer.draw(ONES)
    assert (first.counts.shape, second.counts.shape) == ((5,), (2,))
    assert (first.draw, second.draw) == (1, 1)
    assert first.rho <= 0.2 < second.rho <= 0.3
    assert first.scale > second.scale
    assert first.d_in == second.d_in == 2
    assert "make_gaussian" in first.mechanism
    assert measurer.rho_left == pytest.approx(0.5)


def test_a_replay_gives_the_same_without_reading_a_row(tmp_path: Path) -> None:
    notes = Notes()
    first = paid(tmp_path, notes).draw(ONES)
    again = paid(tmp_path, notes, rows=Unread())
    replayed = again.draw(ONES)
    assert [marginal.counts.tolist() for marginal in first] == [marginal.counts.tolist() for marginal in replayed]
    assert again.rho_left == pytest.approx(0.5)


def test_what_is_not_covered_is_neither_counted_nor_announced(tmp_path: Path) -> None:
    notes = Notes()
    with pytest.raises(Fault, match="would pass"):
        paid(tmp_path, notes, nano_rho=4 * 10**8, rows=Unread()).draw(ONES)
    assert notes.noted == {}


def test_a_draw_of_nothing_or_of_several_kinds_is_refused(tmp_path: Path) -> None:
    notes = Notes()
    measurer = paid(tmp_path, notes, rows=Unread())
    for requests in ([], [*ONES, score()]):
        with pytest.raises(Fault, match="of one kind"):
            measurer.draw(requests)
    assert notes.noted == {}
    assert measurer.rho_left == pytest.approx(1.0)


class Wrong(CountedRows):
    """An engine whose tables are not what was asked."""

    def __init__(self, tables: Any) -> None:
        super().__init__()
        self.wrong = tables

    def tables(self, *_: Any, **__: Any) -> Any:
        return self.wrong


@pytest.mark.parametrize(
    "tables",
    [
        [np.zeros(5, np.int64)],
        [np.zeros(5, np.int64), np.zeros(3, np.int64)],
        [np.zeros(5, np.int64), np.zeros((2, 1), np.int64)],
        [np.zeros(5, np.int64), np.zeros(2)],
        [[0] * 5, [0, 0]],
    ],
)
def test_exact_values_that_are_not_as_asked_are_noticed_before_the_draw_is_announced(
    tables: Any, tmp_path: Path
) -> None:
    notes = Notes()
    with pytest.raises(Fault, match="are not what was asked"):
        paid(tmp_path, notes, rows=Wrong(tables)).draw(ONES)
    assert notes.noted == {}
    assert len(paid(tmp_path, notes).draw(ONES)) == 2


def test_what_was_answered_has_the_digest_that_the_ledger_was_given(tmp_path: Path) -> None:
    notes = Notes()
    measurer = paid(tmp_path, notes)
    answers = [*measurer.draw(ONES), *measurer.draw([score()])]
    for draw in (1, 2):
        assert notes.noted[draw].answer_digest == answer_digest(answers, draw)


def test_a_request_is_announced_in_the_words_of_older_versions(tmp_path: Path) -> None:
    # A measurement that was interrupted before an upgrade would otherwise be dead after it.
    notes = Notes()
    (marginal,) = paid(tmp_path, notes).draw([ONES[0]])
    tables = [{"attributes": ["a"], "level": "fine", "mechanism": marginal.mechanism, "rho": marginal.rho}]
    asked = {"tables": tables, "grids": sha256_bytes(b"{}"), "max_rows": 2}
    assert notes.noted[1].intent_digest == sha256_bytes(canonical_json(asked))


def test_coarse_tables_depend_on_their_grids(tmp_path: Path) -> None:
    digests = set()
    for position, grid in enumerate(([0, 0, 1, 1, 2], [0, 0, 0, 1, 1])):
        notes, grids = Notes(), {"a": np.array(grid), "b": np.array([0, 1])}
        query = MarginalQuery(attributes=("a", "b"), level="coarse", domain=DOMAIN, grids=grids)
        (table,) = paid(tmp_path / str(position), notes).draw([Request(query=query, rho=0.1)])
        assert table.counts.shape == (max(grid) + 1, 2)
        digests.add(notes.noted[1].intent_digest)
    assert len(digests) == 2


EXPECTED = [np.array([[1, 0], [0, 0], [0, 1]])]
DISTANCE = 2
"""By their groups the rows are (0, no), (0, yes) twice, and (2, yes): EXPECTED lacks the two in the middle."""


def score(*, rho: float = 0.3, expected: Any = None, pairs: Any = (("a", "b"),)) -> Request:
    tables = tuple(EXPECTED if expected is None else expected)
    return Request(query=ScoreQuery(cliques=pairs, expected=tables, domain=DOMAIN, grids=GRIDS), rho=rho)


def test_scores_come_with_their_sensitivity_scale_price_and_mechanism(tmp_path: Path) -> None:
    measurer = paid(tmp_path, Notes(), nano_rho=10**14)
    (scores,) = measurer.draw([score(rho=50_000.0)])
    assert (scores.cliques, scores.scores.tolist()) == ((("a", "b"),), [DISTANCE])  # at this price there is no noise
    assert (scores.d_in, scores.draw) == (2, 1)
    assert scores.rho == map_of(scores.mechanism, d_in=2) <= 50_000
    assert measurer.rho_left == pytest.approx(50_000)


@pytest.mark.parametrize("columns", [3, 10])
def test_the_sensitivity_of_scores_grows_with_pairs_and_rows_of_a_unit(columns: int, tmp_path: Path) -> None:
    domain = Domain(columns=tuple(Column(name=f"c{position}", kind="boolean") for position in range(columns)))
    pairs = tuple(combinations(domain.names, 2))
    grids = {name: np.arange(2) for name in domain.names}
    query = ScoreQuery(cliques=pairs, expected=(np.zeros((2, 2), np.int64),) * len(pairs), domain=domain, grids=grids)
    (scores,) = paid(tmp_path, Notes(), rows=CountedRows()).draw([Request(query=query, rho=0.5)])
    assert scores.d_in == {3: 4, 10: 14}[columns]  # 2 sqrt(3) = 3.46 and 2 sqrt(45) = 13.4, rounded up
    assert scores.rho == map_of(scores.mechanism, d_in=scores.d_in) <= 0.5 + 1e-12
    assert scores.scale == pytest.approx(scores.d_in, rel=1e-6)  # rho = (d_in / scale)^2 / 2


def test_replayed_scores_are_the_same_without_reading_a_row(tmp_path: Path) -> None:
    notes = Notes()
    (first,) = paid(tmp_path, notes).draw([score()])
    again = paid(tmp_path, notes, rows=Unread())
    (replayed,) = again.draw([score()])
    assert (replayed.described(), replayed.values.tolist()) == (first.described(), first.values.tolist())
    assert again.rho_left == pytest.approx(0.7)


def test_scores_depend_on_what_is_expected(tmp_path: Path) -> None:
    notes = Notes()
    paid(tmp_path, notes).draw([score()])
    with pytest.raises(DeadReservation):
        paid(tmp_path, notes).draw([score(expected=[EXPECTED[0] + 1])])


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
    measurer = paid(tmp_path, notes, rows=Unread())
    with pytest.raises(Fault, match="expected int64 table"):
        measurer.draw([score(expected=expected)])
    assert notes.noted == {}
    assert measurer.rho_left == pytest.approx(1.0)


def test_a_vector_without_scores_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="needs columns"):
        paid(tmp_path, Notes(), rows=Unread()).draw([score(pairs=(), expected=[])])


OPEN = {"type": "categorical", "categories": "discover", "other": "other", "domain_source": "discovered"}
SPEND = {"epsilon": 2.0, "delta": 1e-6, "threshold_delta": 1e-9}
UNIT = {"column": "person", "max_rows": 2}
CONTRACT = make_contract(privacy={"unit": UNIT, "spend": SPEND}, columns={"job": OPEN, "ward": OPEN})
LOSS = CONTRACT.cap().loss()
TEXTS = CountedRows(histograms=[{"baker": 5000, "smith": 9000, "spy": 2}, {}])


def discovered(
    folder: Path,
    notes: Any,
    *,
    contract: DatasetContract = CONTRACT,
    loss: PrivacyLoss = LOSS,
    rows: CountedRows = TEXTS,
) -> tuple[tuple[Discovery, ...], Odometer]:
    odometer = Odometer(loss)
    journal = Journal(folder, ledger=notes, permit=PERMIT)
    measurer = PaidMeasurer(
        rows, journal=journal, odometer=odometer, unit=contract.unit(), first_draw=0, undisturbed=Lock()
    )
    return discover(measurer, contract=contract, loss=LOSS), odometer


def test_what_enough_rows_have_is_found_and_what_one_unit_has_is_not(tmp_path: Path) -> None:
    """False failure: below 1e-9, the delta of the thresholds."""
    (jobs, wards), _ = discovered(tmp_path, Notes())
    assert (jobs.column, jobs.categories, jobs.draw) == ("job", ("smith", "baker"), 0)
    assert abs(jobs.counts[1] - 5000) < 8 * jobs.scale
    assert (wards.column, wards.categories, wards.left_out) == ("ward", (), 0)


def test_a_tenth_of_rho_and_all_of_the_thresholds_delta_are_divided_over_the_columns(tmp_path: Path) -> None:
    discoveries, odometer = discovered(tmp_path, Notes())
    assert sum(discovery.rho for discovery in discoveries) == pytest.approx(LOSS.rho / 10, rel=1e-6)
    assert sum(discovery.rho for discovery in discoveries) <= LOSS.rho / 10
    assert 0.7e-9 < sum(discovery.delta for discovery in discoveries) <= 1e-9
    assert odometer.left == pytest.approx(0.9 * LOSS.rho)
    assert left_for_tables(CONTRACT, LOSS).rho == pytest.approx(odometer.left, abs=2e-9)


def test_a_contract_without_open_columns_draws_nothing(tmp_path: Path) -> None:
    notes = Notes()
    discoveries, odometer = discovered(tmp_path, notes, contract=make_contract(), rows=Unread())
    assert (discoveries, notes.noted, odometer.delta_left) == ((), {}, pytest.approx(1e-9))
    assert left_for_tables(make_contract(), LOSS).nano_rho == LOSS.nano_rho


def test_replayed_thresholds_are_the_same_without_reading_a_row(tmp_path: Path) -> None:
    notes = Notes()
    first, _ = discovered(tmp_path, notes)
    again, odometer = discovered(tmp_path, notes, rows=Unread())
    assert [discovery.described() for discovery in again] == [discovery.described() for discovery in first]
    assert odometer.left == pytest.approx(0.9 * LOSS.rho)
    assert notes.noted[0].answer_digest == answer_digest(first, 0)


def test_an_announced_draw_without_an_answer_is_dead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = Notes()
    with monkeypatch.context() as patch:
        patch.setattr(module, "draw_histogram", None)
        with pytest.raises(TypeError):
            discovered(tmp_path, notes)
    with pytest.raises(DeadReservation):
        Journal(tmp_path, ledger=notes, permit=PERMIT).check()


def test_another_label_is_another_request(tmp_path: Path) -> None:
    notes = Notes()
    discovered(tmp_path, notes)
    columns = {"job": {**OPEN, "other": "rest"}, "ward": OPEN}
    with pytest.raises(DeadReservation):
        discovered(tmp_path, notes, contract=make_contract(privacy={"unit": UNIT, "spend": SPEND}, columns=columns))


@pytest.mark.parametrize(
    "loss",
    [
        PrivacyLoss(nano_rho=LOSS.nano_rho, atto_delta=LOSS.atto_delta // 2),
        PrivacyLoss(nano_rho=LOSS.nano_rho // 20, atto_delta=LOSS.atto_delta),
        PrivacyLoss(nano_rho=LOSS.nano_rho),
    ],
    ids=["delta", "rho", "no delta at all"],
)
def test_thresholds_that_are_not_covered_are_neither_counted_nor_announced(loss: PrivacyLoss, tmp_path: Path) -> None:
    notes = Notes()
    with pytest.raises(Fault, match="would pass"):
        discovered(tmp_path, notes, loss=loss, rows=Unread())
    assert notes.noted == {}


def test_more_categories_than_a_column_can_have_are_left_out_and_reported(tmp_path: Path) -> None:
    many = {f"job {number:05}": 100_000 for number in range(LARGEST_DOMAIN + 10)}
    (jobs, _), _ = discovered(tmp_path, Notes(), rows=CountedRows(histograms=[many, {}]))
    assert len(jobs.categories) == LARGEST_DOMAIN - 1
    assert jobs.left_out == 11
    assert CONTRACT.domain(found={"job": jobs.categories, "ward": ()})["job"].size == LARGEST_DOMAIN


def test_the_journal_has_no_text_below_the_threshold(tmp_path: Path) -> None:
    """False failure: below 1e-9."""
    discovered(tmp_path, Notes())
    written = [path.read_text() for path in tmp_path.rglob("*.json")]
    assert any("smith" in text for text in written)
    assert not any("spy" in text for text in written)
