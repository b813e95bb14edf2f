"""A measurement that is killed anywhere completes when it is run again, and never draws twice on one charge."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from killed_measurement import CONTRACT, STEPS
from kit.project import Project

from synth_assets.ledger import open_ledger
from synth_assets.ledger.anchor import FileAnchor
from synth_assets.ledger.follow import verify_ledger
from synth_assets.ledger.trust import Trust

pytestmark = pytest.mark.integration

SUPPORT = Path(__file__).parents[1] / "support"
BETWEEN_INTENT_AND_ANSWER = {
    f"{draw} draw: {moment}"
    for draw in ("first", "second")
    for moment in ("not anchored", "announced", "request written", "noise made")
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Kill a measurement once at each step, in one process that forks."""
    root = tmp_path_factory.mktemp("kills")
    path = os.pathsep.join([str(SUPPORT), str(SUPPORT.parents[1])])
    done = subprocess.run(
        [sys.executable, SUPPORT / "killed_measurement.py", root],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        check=True,
    )
    return root, json.loads(done.stdout)


def the_table(outcomes: tuple[Path, dict[str, Any]], step: str) -> Project:
    return Project(root=outcomes[0] / str(STEPS.index(step)), contract=CONTRACT)


@pytest.mark.parametrize("step", STEPS)
def test_the_next_run_completes(outcomes: tuple[Path, dict[str, Any]], step: str) -> None:
    assert outcomes[1][step]["second"] == 0


@pytest.mark.parametrize("step", STEPS)
def test_no_draw_is_made_twice_on_one_charge(outcomes: tuple[Path, dict[str, Any]], step: str) -> None:
    drawn = Counter(outcomes[1][step]["draws"])
    assert set(drawn.values()) == {1}
    assert len(drawn) >= 2


@pytest.mark.parametrize("step", STEPS)
def test_it_costs_one_charge_or_two_when_a_draw_was_lost(outcomes: tuple[Path, dict[str, Any]], step: str) -> None:
    assert the_table(outcomes, step).charges == (2 if step in BETWEEN_INTENT_AND_ANSWER else 1)


@pytest.mark.parametrize("step", STEPS)
def test_the_anchor_and_the_book_agree(outcomes: tuple[Path, dict[str, Any]], step: str) -> None:
    table = the_table(outcomes, step)
    anchor = FileAnchor(table.workspace.root / "heads")
    book = open_ledger(table.workspace.ledger_url, trust=Trust(anchor=anchor))
    for reservation in book.reservations("town"):
        if reservation.release_digest is not None:
            book.ensure_anchored(reservation.id)  # as promotion does: a settling that no anchor has is a fault before
    assert verify_ledger(book, anchor=anchor).faults == ()


@pytest.mark.parametrize("step", sorted(BETWEEN_INTENT_AND_ANSWER))
def test_a_second_charge_is_reported(outcomes: tuple[Path, dict[str, Any]], step: str) -> None:
    table = the_table(outcomes, step)
    first, second = table.ledger.reservations("town")
    assert first.dead
    assert second.attempt == 2
    attempts = table.obtain().release.privacy["attempts"]
    assert [attempt["attempt"] for attempt in attempts] == [1, 2]


@pytest.mark.parametrize("step", STEPS)
def test_nothing_of_the_killed_process_stays_in_the_scratch(outcomes: tuple[Path, dict[str, Any]], step: str) -> None:
    assert list((the_table(outcomes, step).workspace.private / "scratch").iterdir()) == []


@pytest.mark.parametrize("step", STEPS)
def test_a_third_run_reuses_the_release(outcomes: tuple[Path, dict[str, Any]], step: str) -> None:
    table = the_table(outcomes, step)
    before = table.charges
    assert table.obtain().reused
    assert table.charges == before
