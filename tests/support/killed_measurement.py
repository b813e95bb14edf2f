"""Kill a real measurement at each of its steps, run it again, and report what was charged and drawn.

Run as a script with a folder: it prints one JSON object, step to outcome. The
ledger has an anchor, whose writes are steps too. Each measurement is a forked
process, so that a SIGKILL ends nothing else and the imports are paid once. Draws
are counted where the noise is made, into a file.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

from kit.people import make_contract
from kit.project import Project, make_project
from measuring_here import pretend_to_measure

from synth_assets.errors import SynthAssetsError
from synth_assets.ledger import open_ledger
from synth_assets.ledger.anchor import FileAnchor, Head
from synth_assets.ledger.sql import SqlLedger
from synth_assets.ledger.trust import Trust
from synth_assets.measurement import journal, process
from synth_assets.measurement.journal import Journal
from synth_assets.measurement.permit import PermitHolder
from synth_assets.obtain import start
from synth_assets.obtain.job import Job
from synth_assets.privacy import epsilon_of
from synth_assets.privacy.noise import least_gaussian
from synth_assets.source import kernel
from synth_assets.workspace import Workspace

CONTRACT = make_contract()
STEPS = (
    "reserved",
    "opened, not anchored",
    "opened",
    "redeemed",
    "reading",
    "first draw: counted",
    "first draw: not anchored",
    "first draw: announced",
    "first draw: request written",
    "first draw: noise made",
    "first draw: answer written",
    "first draw: answer noted",
    "second draw: counted",
    "second draw: not anchored",
    "second draw: announced",
    "second draw: request written",
    "second draw: noise made",
    "second draw: answer written",
    "second draw: answer noted",
    "release written",
    "settled, not anchored",
    "settled",
)


def die() -> None:
    """End like a power cut: nothing is flushed, nothing is caught."""
    os.kill(os.getpid(), signal.SIGKILL)


def around(
    owner: Any, name: str, *, before: Callable[..., bool] | None = None, after: Callable[..., bool] | None = None
) -> None:
    """Replace ``owner.name`` by itself with a death before or after it, when asked."""
    original = getattr(owner, name)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if before is not None and before(*args):
            die()
        result = original(*args, **kwargs)
        if after is not None and after(*args):
            die()
        return result

    setattr(owner, name, wrapped)


def arm(step: str) -> None:
    """Arrange that this process dies at ``step``."""
    draw, _, moment = step.partition(": ")
    if moment == "noise made":
        return
    if moment:
        _arm_draw(moment, 1 if draw == "first draw" else 2)
        return
    owner, name, side = {
        "reserved": (SqlLedger, "begin", "before"),
        "opened, not anchored": (FileAnchor, "write", "before"),
        "opened": (SqlLedger, "begin", "after"),
        "redeemed": (SqlLedger, "redeem", "after"),
        "reading": (kernel, "load_rows", "before"),
        "release written": (process, "write_release", "after"),
        "settled, not anchored": (FileAnchor, "write", "before"),
        "settled": (PermitHolder, "settle", "after"),
    }[step]
    when = partial(is_head_of, kind=step.partition(",")[0].upper()) if owner is FileAnchor else lambda *_: True
    around(owner, name, **{side: when})


def is_head_of(anchor: FileAnchor, head: Head, *, kind: str, number: int | None = None) -> bool:
    """Return whether an anchor is about to be given the head of one kind of entry."""
    book = open_ledger(Workspace(root=anchor.path.parent).ledger_url, trust=Trust())
    (entry,) = [entry for entry in book.entries() if entry.seq == head.seq]
    return entry.kind == kind and entry.payload.get("number") == number


def _arm_draw(moment: str, wanted: int) -> None:
    def is_wanted(_self: Any, _permit: Any, number: int, _digest: str) -> bool:
        return number == wanted

    if moment == "not anchored":
        around(FileAnchor, "write", before=partial(is_head_of, kind="INTENT", number=wanted))
        return
    if moment == "request written":
        around(journal, "write_new_bytes", after=lambda path, _: path.name == f"{wanted}.intent.json")
        return
    name, side = {
        "counted": ("record_intent", "before"),
        "announced": ("record_intent", "after"),
        "answer written": ("record_answer", "before"),
        "answer noted": ("record_answer", "after"),
    }[moment]
    around(SqlLedger, name, **{side: is_wanted})


def watch_draws(log: Path, step: str | None) -> None:
    """Note each draw with its reservation and number before its noise is made, and die after it when asked."""
    original = Journal.draw

    def watched(self: Journal, number: int, request: Any, *, noisy: Callable[[Any], Any], **others: Any) -> Any:
        def noted(exact: Any) -> Any:
            with log.open("a") as stream:
                stream.write(f"{self._folder.name} {number}\n")
            answer = noisy(exact)
            if step == f"{('first', 'second', 'later')[min(number, 3) - 1]} draw: noise made":
                die()
            return answer

        return original(self, number, request, noisy=noted, **others)

    Journal.draw = watched  # type: ignore[method-assign] # test-only


def warm_up() -> None:
    """Load and compute once what every fork needs, without starting a thread."""
    loss = CONTRACT.cap().loss()
    epsilon_of(loss, delta=CONTRACT.privacy.spend.delta)
    least_gaussian(d_in=1, rho=0.1)
    import_module("synth_assets.generator.mixture.fitting")  # what the strategy plans with takes longest to load


def in_a_fork(body: Callable[[], int]) -> int:
    """Run ``body`` in a process of its own and return its exit code, or minus the signal that ended it."""
    process = os.fork()
    if process == 0:
        os._exit(body())
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def measure(ask: Callable[[], object], *, step: str | None, log: Path) -> int:
    """Ask for what is measured as usual, with the measuring process in a fork of this one."""

    def apart(job: Job, scratch: Path) -> int:
        def body() -> int:
            os.chdir(scratch)
            pretend_to_measure()
            if step is not None:
                arm(step)
            watch_draws(log, step)
            return process.run_job(job, scratch=scratch, undisturbed=Lock())

        return in_a_fork(body)

    start.measure_apart = apart  # type: ignore[assignment] # test-only
    try:
        ask()
    except SynthAssetsError:
        return 1
    return 0


def init_anchor(project: Project) -> None:
    """Let this process and its forks keep heads in the folder of the project, where nobody else here writes."""
    os.environ["SYNTH_ASSETS_ANCHOR"] = f"file:{project.workspace.root / 'heads'}"
    open_ledger(project.workspace.ledger_url).init_anchor()


def outcome(folder: Path, step: str) -> dict[str, Any]:
    """Kill once at ``step``, run again undisturbed, and report."""
    log = folder / "draws.txt"
    log.touch()
    table = Project(root=folder, contract=CONTRACT)
    init_anchor(table)
    first = in_a_fork(lambda: measure(table.obtain, step=step, log=log))
    second = in_a_fork(lambda: measure(table.obtain, step=None, log=log))
    return {"first": first, "second": second, "draws": log.read_text().split("\n")[:-1]}


if __name__ == "__main__":
    root = Path(sys.argv[1])
    in_a_fork(lambda: 0 if make_project(root / "ready") else 1)
    warm_up()
    outcomes = {}
    for index, step in enumerate(STEPS):
        shutil.copytree(root / "ready", root / str(index))
        outcomes[step] = outcome(root / str(index), step)
    sys.stdout.write(json.dumps(outcomes))
