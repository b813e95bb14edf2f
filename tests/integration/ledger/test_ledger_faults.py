"""Nobody overspends in a race, and a kill loses nothing: on real databases, with real processes.

A few kills and rounds always; ``FULL=1`` runs the full counts.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from synth_assets.ledger.anchor import open_anchor
from synth_assets.ledger.follow import verify_ledger
from synth_assets.ledger.keys import create_key
from synth_assets.ledger.open import open_ledger
from synth_assets.ledger.trust import Trust

pytestmark = pytest.mark.integration

FULL = os.environ.get("FULL") == "1"
KILLS = 500 if FULL else 15
ROUNDS = 50 if FULL else 1
ROUNDS_OF_PARTS = 20 if FULL else 1
"""Each grants twice as much as a round of a whole account, and takes twice as long."""
SCRIPT = Path(__file__).with_name("ledger_faults.py")
ROOT = SCRIPT.parents[3]


def run(mode: str, url: str, count: int, **settings: str) -> dict[str, Any]:
    """Run the script in a fresh process, so that its forks inherit nothing of pytest."""
    seed = os.environ.get("SEED", "1")
    done = subprocess.run(
        [sys.executable, str(SCRIPT), mode, url, str(count), seed],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **settings},
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    address: str = request.getfixturevalue("postgres_ledger_url")
    return address


@pytest.mark.slow
def test_eight_processes_with_room_for_a_hundred_are_granted_exactly_a_hundred(url: str) -> None:
    result = run("race", url, ROUNDS)
    assert result == {"granted": [100] * ROUNDS, "held": [100] * ROUNDS}


@pytest.mark.slow
def test_each_part_of_a_split_account_has_room_for_a_hundred_and_the_account_pays_for_a_hundred(url: str) -> None:
    result = run("parts", url, ROUNDS_OF_PARTS)
    assert result == {"granted": [200] * ROUNDS_OF_PARTS, "held": [100] * ROUNDS_OF_PARTS}


def test_eight_processes_that_want_the_same_release_open_it_once_for_one_charge(url: str) -> None:
    result = run("same", url, ROUNDS)
    assert result == {"opened": [1] * ROUNDS, "charged": [1000] * ROUNDS}


@pytest.mark.slow
def test_a_kill_anywhere_costs_one_charge_or_two_and_never_two_draws_on_one(url: str, tmp_path: Path) -> None:
    public, anchor = create_key(tmp_path / "ledger.key"), f"file:{tmp_path / 'anchors'}"
    open_ledger(url, trust=Trust(anchor=open_anchor(anchor))).init_anchor()
    result = run("kill", url, KILLS, SYNTH_ASSETS_ANCHOR=anchor, SYNTH_ASSETS_LEDGER_KEY=str(tmp_path / "ledger.key"))
    assert result["wrong"] == []
    assert result["kills"] >= KILLS, "the kills must have hit"
    assert set(result["attempts"]) <= {"1", "2", "3", "4"}
    verdict = verify_ledger(open_ledger(url), anchor=open_anchor(anchor), keys=[public])
    assert (verdict.faults, verdict.notes) == ((), ())
