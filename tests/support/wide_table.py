"""A made-up private table of so many columns that its pairs are scored, and a version of it, promoted for real."""

from pathlib import Path
from typing import Any

import numpy as np
from kit.people import make_contract
from kit.project import Project, make_project
from kit.stores import FileRegistry, FolderStore

from synth_assets.candidate import write_candidate
from synth_assets.checks import judge_again, run_checks, write_suite
from synth_assets.generator import fit_generator
from synth_assets.promotion import Promotion, promote
from synth_assets.release import Release

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


def promote_wide_table(checked: Project, release: Release) -> Promotion:
    """Fit, sample, check and promote."""
    contract, workspace = checked.contract, checked.workspace
    generator = fit_generator(release, kind="mixture", seed=0, generators=workspace.generators(contract.name))
    folder = workspace.candidates(contract.name)
    candidate = write_candidate(contract, generator, release, seed=0, candidates=folder)
    suite = workspace.root / contract.suite_path
    write_suite(contract, suite)
    recorded = run_checks(contract, candidate, release, suite=suite)
    return promote(
        contract,
        candidate=candidate,
        release=release,
        generator=generator,
        judged=judge_again(contract, candidate, release, suite=suite, recorded=recorded),
        workspace=workspace,
        ledger_lines=tuple(checked.ledger.export_entries("town")),
        versions=FolderStore(workspace.root / "store"),
        registry=FileRegistry(workspace.root / "registry.json"),
    )
