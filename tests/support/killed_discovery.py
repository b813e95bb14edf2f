"""Kill a real measurement around the draw that discovers categories, run it again, and report what was charged.

Run as a script with a folder: it prints one JSON object, step to outcome. See ``killed_measurement``.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import killed_measurement
from killed_measurement import around, in_a_fork, warm_up
from kit.project import DISCOVERING, Project, make_discovering_project

from synth_assets.ledger.sql import SqlLedger
from synth_assets.measurement import journal, noise
from synth_assets.source import kernel
from synth_assets.strategy.categories import noise_of_discovery

STEPS = (
    "reading",
    "counted",
    "announced",
    "request written",
    "noise made",
    "answer written",
    "answer noted",
    "reading again",
)


def arm(step: str) -> None:
    """Arrange that this process dies at ``step`` of draw 0."""

    def first(_self: Any, _permit: Any, number: int, _digest: str) -> bool:
        return number == 0

    owner, name, side, when = {
        "reading": (kernel, "count_texts", "before", lambda *_: True),
        "counted": (SqlLedger, "record_intent", "before", first),
        "announced": (SqlLedger, "record_intent", "after", first),
        "request written": (journal, "write_new_bytes", "after", lambda path, _: path.name == "0.intent.json"),
        "noise made": (noise, "draw_histogram", "after", lambda *_: True),
        "answer written": (SqlLedger, "record_answer", "before", first),
        "answer noted": (SqlLedger, "record_answer", "after", first),
        "reading again": (kernel, "load_rows", "before", lambda *_: True),
    }[step]
    around(owner, name, **{side: when})


def outcome(folder: Path, step: str) -> dict[str, Any]:
    """Kill once at ``step``, run again undisturbed, and report."""
    log = folder / "draws.txt"
    log.touch()
    table = Project(root=folder, contract=DISCOVERING)
    first = in_a_fork(lambda: killed_measurement.measure(table.obtain, step=step, log=log))
    second = in_a_fork(lambda: killed_measurement.measure(table.obtain, step=None, log=log))
    return {"first": first, "second": second, "draws": log.read_text().split("\n")[:-1]}


if __name__ == "__main__":
    root = Path(sys.argv[1])
    in_a_fork(lambda: 0 if make_discovering_project(root / "ready") else 1)
    warm_up()
    noise_of_discovery(DISCOVERING, DISCOVERING.cap().loss())
    killed_measurement.arm = arm
    outcomes = {}
    for index, step in enumerate(STEPS):
        shutil.copytree(root / "ready", root / str(index))
        outcomes[step] = outcome(root / str(index), step)
    sys.stdout.write(json.dumps(outcomes))
