"""An evaluation whose measuring process is killed ends as one evaluation, and never draws twice on one charge."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from gated import measured_people
from killed_evaluation import CONTRACT, STEPS, TOGETHER
from kit.project import Project

from synth_assets.ledger import Reservation
from synth_assets.privacy import HELD_OUT

pytestmark = [pytest.mark.integration, pytest.mark.slow]

SUPPORT = Path(__file__).parents[1] / "support"
LOST = {"first draw: noise made"}
ALL = (*STEPS, TOGETHER)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Kill an evaluation once at each step, in one process that forks."""
    root = tmp_path_factory.mktemp("killed-evaluations")
    shutil.copytree(measured_people(tmp_path_factory.getbasetemp()).root, root / "gated")
    path = os.pathsep.join([str(SUPPORT), str(SUPPORT.parents[1])])
    done = subprocess.run(
        [sys.executable, SUPPORT / "killed_evaluation.py", root],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        check=True,
    )
    return root, json.loads(done.stdout)


def asked(outcomes: tuple[Path, dict[str, Any]], step: str) -> list[Reservation]:
    """Return what was reserved for the candidate."""
    project = Project(root=outcomes[0] / str(ALL.index(step)), contract=CONTRACT)
    assert len(list(project.workspace.evaluations("people").glob("*.json"))) == 1
    return [held for held in project.ledger.reservations("town") if held.part == HELD_OUT]


@pytest.mark.parametrize("step", STEPS)
def test_asking_again_ends_with_one_evaluation_for_one_charge_or_two(
    outcomes: tuple[Path, dict[str, Any]], step: str
) -> None:
    held = asked(outcomes, step)
    assert outcomes[1][step]["codes"] == [1 if step != "settled" else 0, 0]
    assert [reservation.attempt for reservation in held] == ([1, 2] if step in LOST else [1])
    assert sum(reservation.release_digest is not None for reservation in held) == 1
    assert all(reservation.loss == CONTRACT.evaluation_loss(HELD_OUT) for reservation in held)


@pytest.mark.parametrize("step", ALL)
def test_no_draw_is_made_twice_on_one_charge(outcomes: tuple[Path, dict[str, Any]], step: str) -> None:
    assert set(Counter(outcomes[1][step]["draws"]).values()) == {1}


def test_two_that_ask_about_one_candidate_at_once_are_charged_once(outcomes: tuple[Path, dict[str, Any]]) -> None:
    (reservation,) = asked(outcomes, TOGETHER)
    assert outcomes[1][TOGETHER]["codes"] == [0, 0]
    assert reservation.attempt == 1
