"""A made-up private table of so many columns that its pairs are scored, and a version of it, promoted for real."""

from pathlib import Path
from typing import Any

import numpy as np
from kit.people import make_contract
from kit.project import Project, furnish, make_project
from kit.stores import stores_in

from synth_assets.promotion import Promotion

COLUMNS = 26
"""One more than are measured without scores."""
NAMES = tuple(f"c{index:02}" for index in range(COLUMNS))
DEPENDENT = (("c00", "c01"), ("c10", "c20"))
MAX_ROWS = 2
ROWS = 4000


def _declared(index: int) -> dict[str, Any]:
    return {"type": "integer", "min": 0, "max": 1 + index % 3, "domain_source": "made up"}


CONTRACT = make_contract(
    unit={"column": "person", "max_rows": MAX_ROWS},
    epsilon=4.0,
    columns={name: _declared(index) for index, name in enumerate(NAMES)},
    rows=500,
)


def wide_codes() -> np.ndarray:
    """Return the codes of all rows, shape (ROWS, COLUMNS); the dependent pairs are the same value twice, in parity."""
    rng = np.random.default_rng(26)
    codes = rng.integers(0, [2 + index % 3 for index in range(COLUMNS)], (ROWS, COLUMNS))
    for left, right in DEPENDENT:
        codes[:, NAMES.index(right)] = codes[:, NAMES.index(left)] % 2
    return codes


def make_wide_table(root: Path) -> Project:
    """Register the table; every person has two rows."""
    lines = [",".join(map(str, (f"p{index // 2}", *row))) for index, row in enumerate(wide_codes().tolist())]
    text = "\n".join([",".join(("person", *NAMES)), *lines]) + "\n"
    return make_project(root, files={"a.csv": text.encode()}, contract=CONTRACT)


def promote_wide_table(project: Project) -> Promotion:
    """Fit, sample, check and promote what was obtained."""
    furnish(project)
    project.fit()
    project.check(0)
    return project.promote(project.evidence(0), **stores_in(project.root))
