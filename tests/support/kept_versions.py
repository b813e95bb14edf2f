"""Keep a version as test data: ``python tests/support/kept_versions.py NAME`` writes ``tests/data/NAME``.

It is a made-up project's, with discovered cities and real noise, as the code of the day promotes
it. Kept ones are never written again: they show that what was promoted once still verifies.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from kit.people import MANY_ROWS, discovering_contract
from kit.project import make_checked_project
from kit.stores import stores_in

DATA = Path(__file__).parent.parent / "data"
KEPT = ("version_of_format_1", "version_of_format_2", "version_of_template_3", "version_of_template_4")


def keep(name: str) -> None:
    """Promote a small made-up version and copy it below ``tests/data``."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        project = make_checked_project(root / "project", contract=discovering_contract(), rows=MANY_ROWS)
        promoted = project.promote(project.evidence(0), **stores_in(root))
        shutil.copytree(promoted.folder, DATA / name, copy_function=shutil.copyfile)


if __name__ == "__main__":
    keep(sys.argv[1])
