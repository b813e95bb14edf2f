"""Promote the made-up project's candidate of seed 1 and die by SIGKILL at the named boundary.

Arguments: the project's folder, ``before`` or ``after``, and the step.
"""

import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from kit.people import make_contract
from kit.project import Project
from kit.stores import FileRegistry

from synth_assets.integrations.dvc import DvcVersionStore

steps = import_module("synth_assets.promotion.promote")  # the package's name of it is the function
PLACES: dict[str, tuple[Any, str]] = {
    "stage": (steps, "stage"),
    "bundle": (steps, "write_bundle"),
    "record": (FileRegistry, "record"),
    "commit": (DvcVersionStore, "commit"),
    "dvc commit": (DvcVersionStore, "_commit"),
    "pointer": (steps, "write_pointer"),
    "alias": (FileRegistry, "point"),
    "sweep": (steps, "sweep"),
}


def deadly(function: Callable[..., Any], when: str) -> Callable[..., Any]:
    """Wrap a step so that the process dies before or after it."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        function(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    return wrapped


def main() -> None:
    """Promote until the boundary."""
    root, when, step = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    owner, name = PLACES[step]
    setattr(owner, name, deadly(getattr(owner, name), when))
    project = Project(root=root, contract=make_contract())
    registry = FileRegistry(root / "registry.json")
    project.promote(project.evidence(1), versions=DvcVersionStore(root), registry=registry)


if __name__ == "__main__":
    main()
