"""The largest domain with a hierarchy, from a source to a checked candidate."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from kit.people import make_contract
from kit.project import make_project

from synth_assets.candidate import write_candidate
from synth_assets.checks import run_checks
from synth_assets.contract import DatasetContract
from synth_assets.contract.columns import LARGEST_DOMAIN
from synth_assets.domain import Domain
from synth_assets.generator import fit_generator

pytestmark = pytest.mark.integration

ROWS = 5000
DIGITS = "0123456789ABCDEF"
TREE = {a: {a + b: [a + b + c for c in DIGITS] for b in DIGITS} for a in DIGITS}
CODES = ["".join(digits) for digits in itertools.product(DIGITS, repeat=3)]
COLUMNS: dict[str, Any] = {
    "code": {"type": "categorical", "hierarchy": TREE, "domain_source": "made up"},
    "age": {"type": "integer", "min": 0, "max": 15, "domain_source": "made up"},
}


def source() -> bytes:
    """Return rows with few common codes and many rare ones; the age is the code's chapter."""
    random = np.random.default_rng(0)
    weights = 1 / (1 + np.arange(len(CODES))) ** 1.1
    chosen = random.permutation(len(CODES))[random.choice(len(CODES), ROWS, p=weights / weights.sum())]
    return ("code,age\n" + "".join(f"{CODES[at]},{at // 256}\n" for at in chosen)).encode()


@pytest.mark.slow
def test_relations_of_rare_codes_are_those_of_their_relatives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYNTH_ASSETS_LEDGER", raising=False)
    assert len(CODES) == LARGEST_DOMAIN
    contract = make_contract(columns=COLUMNS, rows=ROWS, epsilon=5.0)
    table = make_project(tmp_path, files={"a.csv": source()}, contract=contract)
    release = table.obtain().release
    assert Domain.from_json(contract.domain().as_json()) == contract.domain() == release.domain
    assert release.one_way("code").counts.shape == (LARGEST_DOMAIN,)
    assert max(marginal.counts.size for marginal in release.marginals if marginal.level == "coarse") <= 65 * 16

    candidate = _candidate(contract, table.workspace.root, release)
    results = run_checks(contract, candidate, release, suite=tmp_path / "none.json")
    assert [result.name for result in results if not result.passed] == []
    frame = candidate.table().to_pandas()
    chapter = frame["code"].str[0].map(lambda digit: int(digit, 16))
    assert (chapter == frame["age"]).mean() > 0.85


def _candidate(contract: DatasetContract, root: Path, release: Any) -> Any:
    fitted = fit_generator(release, kind="mixture", seed=0, generators=root / "generators")
    return write_candidate(contract, fitted, release, seed=0, candidates=root / "candidates")
