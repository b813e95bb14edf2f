"""Keep a version as test data: ``python tests/support/kept_versions.py NAME`` writes ``tests/data/NAME``.

It is a made-up project's, with discovered regions and real noise, as the code of the day promotes
it. Kept ones are never written again: they show that what was promoted once still verifies.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from made_up_project import DISCOVERING, FileRegistry, FolderStore, make_project

DATA = Path(__file__).parent.parent / "data"
KEPT = ("version_of_format_1", "version_of_format_2")


def keep(name: str) -> None:
    """Promote a small made-up version and copy it below ``tests/data``."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        project = make_project(root / "project", {**DISCOVERING, "rows": 500})
        stores = {"versions": FolderStore(root / "store"), "registry": FileRegistry(root / "registry.json")}
        promoted = project.promote(project.evidence(0), **stores)
        shutil.copytree(promoted.folder, DATA / name, copy_function=shutil.copyfile)


if __name__ == "__main__":
    keep(sys.argv[1])
