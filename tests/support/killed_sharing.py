"""Copy an artefact of the made-up project to the shared storage, and die by SIGKILL at the named moment.

Arguments: the project's folder; ``candidate`` or ``promote``; the name of the file before which the process dies.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from kit.people import make_contract
from kit.project import Project
from kit.stores import stores_in

from synth_assets.candidate.model import CANDIDATES
from synth_assets.storage import share
from synth_assets.storage.bucket import BucketStorage


def main() -> None:
    """Work until the moment."""
    root, what, last = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    put, create = BucketStorage.put, BucketStorage.create

    def deadly_put(storage: BucketStorage, path: Path, name: str) -> None:
        _die_at(name, last)
        put(storage, path, name)

    def deadly_create(storage: BucketStorage, name: str, content: bytes) -> bool:
        _die_at(name, last)
        return create(storage, name, content)

    patched: Any = BucketStorage
    patched.put, patched.create = deadly_put, deadly_create
    project = Project(root=root, contract=make_contract())
    if what == "candidate":
        share(CANDIDATES, project.evidence(0).candidate.folder, workspace=project.workspace)
    else:
        project.promote(project.evidence(0), **stores_in(root.parent / "stores"))


def _die_at(name: str, last: str) -> None:
    if name.endswith(last):
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
