"""After a stop at any moment a draw is there, or was never made, or its reservation is dead."""

import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from kit.project import Project

from synth_assets.ledger import DataPermit, Ledger
from synth_assets.measurement import journal
from synth_assets.measurement.journal import DeadReservation, Journal, journal_folder
from synth_assets.obtain.release import request_for
from synth_assets.strategy.release_plan import ReleasePlan


@pytest.fixture
def ledger(project: Project) -> Ledger:
    return project.ledger


@pytest.fixture
def permit(project: Project, ledger: Ledger) -> DataPermit:
    source = ledger.source("census")
    reservation = ledger.reserve(
        request_for(ReleasePlan(contract=project.contract), source, by="engineer", reason="test", run_id=None)
    )
    permit = ledger.begin(reservation.id)
    ledger.redeem(permit)
    return permit


@pytest.fixture
def reopen(tmp_path: Path, ledger: Ledger, permit: DataPermit) -> Callable[[], Journal]:
    return lambda: Journal(journal_folder(tmp_path, permit.reservation_id), ledger=ledger, permit=permit)


class Stopped(Exception):  # noqa: N818 - a made-up power cut
    """The process ends here."""


def stop(*_: Any) -> Any:
    raise Stopped


def draw(
    journal: Journal, number: int = 1, request: Any = "what", noisy: Callable[[int], Any] = lambda exact: [exact]
) -> Any:
    return journal.draw(number, request, exact=lambda: 7, noisy=noisy, undisturbed=nullcontext())


def test_a_draw_is_made_once_and_used_again(reopen: Callable[[], Journal]) -> None:
    assert draw(reopen()) == [7]
    again = reopen()
    again.check()
    assert draw(again, noisy=stop) == [7]
    assert again.draw(1, "what", exact=stop, noisy=stop, undisturbed=nullcontext()) == [7]


def test_the_ledger_has_the_digests(reopen: Callable[[], Journal], ledger: Ledger, permit: DataPermit) -> None:
    draw(reopen())
    (noted,) = ledger.draws(permit.reservation_id)
    assert noted.answer_digest is not None
    assert noted.answer_digest != noted.intent_digest


def test_a_stop_before_the_announcement_costs_nothing(
    reopen: Callable[[], Journal], ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Stopped):
        reopen().draw(1, "what", exact=stop, noisy=stop, undisturbed=nullcontext())
    with monkeypatch.context() as patch:
        patch.setattr(type(ledger), "record_intent", stop)
        with pytest.raises(Stopped):
            draw(reopen())
    again = reopen()
    again.check()
    assert draw(again) == [7]


@pytest.mark.parametrize("before", ["the request is written", "the noise is drawn", "the answer is written"])
def test_a_stop_after_the_announcement_kills_the_reservation(
    reopen: Callable[[], Journal], before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        if before == "the request is written":
            patch.setattr(journal, "write_new_bytes", stop)
        if before == "the answer is written":
            patch.setattr(journal, "write_bytes", stop)
        with pytest.raises(Stopped):
            draw(reopen(), noisy=stop if before == "the noise is drawn" else lambda exact: [exact])
    with pytest.raises(DeadReservation):
        reopen().check()


def test_a_request_that_a_power_cut_tore_kills_the_reservation(reopen: Callable[[], Journal], tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        draw(reopen(), noisy=stop)
    (intent,) = tmp_path.rglob("1.intent.json")
    intent.write_text("")
    with pytest.raises(DeadReservation):
        reopen().check()


def test_a_stop_before_the_note_of_an_answer_is_made_good(
    reopen: Callable[[], Journal], ledger: Ledger, permit: DataPermit, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(type(ledger), "record_answer", stop)
        with pytest.raises(Stopped):
            draw(reopen())
    assert ledger.draws(permit.reservation_id)[0].answer_digest is None
    again = reopen()
    again.check()
    assert ledger.draws(permit.reservation_id)[0].answer_digest is not None
    assert draw(again, noisy=stop) == [7]


def test_another_request_under_a_known_number_is_dead(reopen: Callable[[], Journal]) -> None:
    draw(reopen())
    with pytest.raises(DeadReservation):
        draw(reopen(), request="something else")


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text("[8]")], ids=["lost", "altered"])
def test_an_answer_that_is_not_the_noted_one_is_dead(
    reopen: Callable[[], Journal], spoil: Callable[[Path], Any], tmp_path: Path
) -> None:
    draw(reopen())
    (answer,) = tmp_path.rglob("1.answer.json")
    spoil(answer)
    with pytest.raises(DeadReservation):
        reopen().check()


@pytest.mark.parametrize("moment", ["before the draws", "between them"])
def test_draws_that_the_ledger_does_not_know_are_not_made_again(
    reopen: Callable[[], Journal], project: Project, permit: DataPermit, moment: str, tmp_path: Path
) -> None:
    """An old copy of the ledger is put back: it has the opening and lacks what was drawn under it."""
    book = project.workspace.state / "ledger.db"
    if moment == "between them":
        draw(reopen())
    shutil.copy(book, tmp_path / "copy.db")
    draw(reopen(), number=1 if moment == "before the draws" else 2)
    shutil.copy(tmp_path / "copy.db", book)
    assert len(project.ledger.draws(permit.reservation_id)) == (moment == "between them")
    with pytest.raises(DeadReservation):
        reopen().check()


@pytest.mark.parametrize("half", ["intent", "answer"])
def test_half_of_a_draw_that_the_ledger_does_not_know_is_dead_too(
    reopen: Callable[[], Journal], project: Project, half: str, tmp_path: Path
) -> None:
    book = project.workspace.state / "ledger.db"
    shutil.copy(book, tmp_path / "copy.db")
    draw(reopen())
    for path in tmp_path.rglob("1.*.json"):
        if half not in path.name:
            path.unlink()
    shutil.copy(tmp_path / "copy.db", book)
    with pytest.raises(DeadReservation):
        reopen().check()


def test_a_request_that_is_not_the_announced_one_is_dead(reopen: Callable[[], Journal], tmp_path: Path) -> None:
    draw(reopen())
    (intent,) = tmp_path.rglob("1.intent.json")
    intent.write_text('"another"')
    with pytest.raises(DeadReservation):
        reopen().check()


def test_of_two_processes_with_two_copies_of_the_ledger_one_does_not_draw(
    reopen: Callable[[], Journal], project: Project, tmp_path: Path
) -> None:
    book, drawn = project.workspace.state / "ledger.db", []
    shutil.copy(book, tmp_path / "copy.db")
    second = reopen()
    second.check()

    def slow(exact: int) -> list[int]:
        """While the first one draws, the copy is put back and the second one asks for the same draw."""
        shutil.copy(tmp_path / "copy.db", book)
        with pytest.raises(DeadReservation):
            draw(second, noisy=lambda again: drawn.append(again) or [again])
        drawn.append(exact)
        return [exact]

    draw(reopen(), noisy=slow)
    assert drawn == [7]


def test_the_secret_outlives_the_process(reopen: Callable[[], Journal]) -> None:
    secret = reopen().secret()
    assert reopen().secret() == secret
    assert len(secret) == 32


def test_the_undisturbed_part_is_from_announcement_to_note(
    reopen: Callable[[], Journal], ledger: Ledger, permit: DataPermit
) -> None:
    counts: list[int] = []

    class Watched:
        def __enter__(self) -> None:
            counts.append(len(ledger.draws(permit.reservation_id)))

        def __exit__(self, *_: object) -> None:
            counts.append(sum(record.answer_digest is not None for record in ledger.draws(permit.reservation_id)))

    reopen().draw(1, "what", exact=lambda: 7, noisy=lambda exact: exact, undisturbed=Watched())
    assert counts == [0, 1]
