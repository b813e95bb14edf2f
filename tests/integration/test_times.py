"""Times go from a source of any format to a checked candidate, in UTC."""

import datetime as dt
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from kit.people import make_contract
from kit.project import make_project

from synth_assets.candidate import write_candidate
from synth_assets.checks import run_checks
from synth_assets.generator import fit_generator

pytestmark = pytest.mark.integration

ROWS = 3000
BUSY = dt.datetime(2026, 3, 29, 1, 0, tzinfo=dt.UTC)  # the hour in which Berlin's clocks jump
COLUMNS: dict[str, Any] = {
    "seen": {
        "type": "datetime",
        "min": "2026-03-28T00:00:00",
        "max": "2026-03-30T23:59:00",
        "resolution": "minute",
        "nullable": True,
        "domain_source": "made up",
    },
    "member": {"type": "boolean", "domain_source": "made up"},
}
STAMPS = [BUSY + dt.timedelta(seconds=i % 3600) if i % 3 else None for i in range(ROWS)]


def csv_source() -> bytes:
    """Return the rows as text: half with Berlin's offset, half in UTC."""
    east = dt.timezone(dt.timedelta(hours=2))
    texts = ["" if at is None else (at.astimezone(east) if at.second % 2 else at).isoformat() for at in STAMPS]
    return ("seen,member\n" + "".join(f"{text},{i % 2}\n" for i, text in enumerate(texts))).encode()


def parquet_source() -> bytes:
    """Return the rows typed, in Berlin's time."""
    out = io.BytesIO()
    stamps = pa.array(STAMPS, pa.timestamp("ms", "Europe/Berlin"))
    pq.write_table(pa.table({"seen": stamps, "member": [bool(i % 2) for i in range(ROWS)]}), out)
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "source"), [("csv", csv_source), ("parquet", parquet_source)])
def test_a_busy_hour_stays_where_it_is_and_every_check_passes(
    kind: str, source: Callable[[], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SYNTH_ASSETS_LEDGER", raising=False)
    contract = make_contract(
        columns=COLUMNS,
        rows=ROWS,
        derived={"busy": "seen BETWEEN TIMESTAMP '2026-03-29 01:00' AND TIMESTAMP '2026-03-29 01:59'"},
        rules={"known_member": "member IS NOT NULL"},
    )
    table = make_project(
        tmp_path, files={f"rows.{kind}": source()}, kind=kind, location=f"source/*.{kind}", contract=contract
    )
    release = table.obtain().release
    column = contract.domain()["seen"]
    assert (column.regular, release.one_way("seen").counts.size) == (3 * 24 * 12, 3 * 24 * 12 + 1)
    noisy = release.one_way("seen").counts
    first = (24 + 1) * 12
    assert noisy[first : first + 12].sum() == pytest.approx(ROWS * 2 / 3, abs=300)
    assert noisy[-1] == pytest.approx(ROWS / 3, abs=150)

    fitted = fit_generator(release, kind="mixture", seed=0, generators=table.workspace.generators("people"))
    candidate = write_candidate(contract, fitted, release, seed=0, candidates=tmp_path / "candidates")
    expectation = {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "seen", "min_value": "2026-03-28T00:00:00", "max_value": "2026-03-30T23:59:00"},
        "meta": {"check": "in_range"},
    }
    suite = tmp_path / "suite.json"
    suite.write_text(json.dumps({"name": "people", "expectations": [expectation], "meta": {}}))
    results = run_checks(contract, candidate, release, suite=suite)
    assert [result.name for result in results if not result.passed] == []
    frame = candidate.table().to_pandas()
    assert np.mean(frame["busy"].fillna(value=False).astype(bool)) == pytest.approx(2 / 3, abs=0.1)
    assert (frame["seen"].dropna() == frame["seen"].dropna().dt.floor("min")).all()
