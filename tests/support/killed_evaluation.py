"""Kill the measuring process of an evaluation at some steps, ask again, and let two ask at once; report what was drawn.

Run as a script with a folder that holds the project ``gated``: it prints one JSON object, step to outcome.
"""

import json
import os
import sys
from pathlib import Path

from gated import ask, copy_of, gated_contract
from killed_measurement import in_a_fork, measure
from kit.project import Project

from synth_assets.candidate import load_candidate

STEPS = ("opened", "first draw: noise made", "first draw: answer written", "release written", "settled")
TOGETHER = "two at once"
CONTRACT = gated_contract({"tstr_auc": {"min": 0.6}}, rows=1000)


def asked(project: Project, *, step: str | None, log: Path) -> int:
    """Ask about the only candidate in a fork, whose measuring process dies at ``step``."""
    (candidate,) = project.workspace.candidates("people").iterdir()
    return measure(lambda: ask(project, load_candidate(candidate)), step=step, log=log)


def outcome(project: Project, step: str) -> dict[str, object]:
    """Kill once at ``step``, ask again undisturbed, and report."""
    log = project.root / "draws.txt"
    log.touch()
    codes = [in_a_fork(lambda armed=armed: asked(project, step=armed, log=log)) for armed in (step, None)]
    return {"codes": codes, "draws": log.read_text().split("\n")[:-1]}


def together(project: Project) -> dict[str, object]:
    """Ask twice at the same time, and report."""
    log = project.root / "draws.txt"
    log.touch()
    processes = []
    for _ in range(2):
        process = os.fork()
        if process == 0:
            os._exit(asked(project, step=None, log=log))
        processes.append(process)
    codes = [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in processes]
    return {"codes": codes, "draws": log.read_text().split("\n")[:-1]}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    ready = Project(root=folder / "gated", contract=CONTRACT)
    ready.candidate(0)
    copies = {step: copy_of(ready, folder / str(index)) for index, step in enumerate((*STEPS, TOGETHER))}
    outcomes = {step: outcome(copies[step], step) for step in STEPS} | {TOGETHER: together(copies[TOGETHER])}
    sys.stdout.write(json.dumps(outcomes))
