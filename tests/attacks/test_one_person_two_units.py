"""Attack: store one person's id as another type in each file, and be counted once per type.

A decimal with two places, a float that was written as text, a date that became a
time stamp: each was a separate unit, so one person had ``max_rows`` rows for each of
them, and the noise was calibrated for a third of what that person could change.
"""

import datetime as dt
import io
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from kit.people import make_contract
from kit.project import make_project

from synth_assets.domain import Column, Domain
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.kernel import load_rows

MOST = 40
ROWS = 60
SOMEBODY = uuid.UUID("0e1f2a3b-4c5d-4e6f-8a7b-9c0d1e2f3a4b")
DAY = dt.date(2026, 11, 1)
NOON = dt.datetime(2026, 11, 1, 12)  # noqa: DTZ001 - Arrow's own times have no zone
ONE_PERSON = {
    "a number": [
        pa.array([7], pa.int64()),
        pa.array([7], pa.uint8()),
        pa.array([7.0]),
        pa.array([Decimal("7.00")]),
        pa.array(["7"]),
        pa.array(["7.0"]),
        pa.array([7]).dictionary_encode(),
        pa.array(["7"], pa.large_string()),
    ],
    "a number with a fraction": [pa.array([7.1], pa.float32()), pa.array([7.1]), pa.array([Decimal("7.10")])],
    "a zero": [pa.array([0]), pa.array([-0.0]), pa.array([Decimal("0.0")]), pa.array(["0.0"])],
    "a text of fixed width": [pa.array(["p1"]), pa.array(["p1      "])],
    "a uuid": [pa.array([str(SOMEBODY)]), pa.array([SOMEBODY.bytes], pa.binary(16)), pa.array([str(SOMEBODY).upper()])],
    "a date": [pa.array([DAY]), pa.array([DAY], pa.date64()), pa.array([DAY]).cast(pa.timestamp("us"))],
    "a time": [pa.array([NOON], pa.timestamp(unit, zone)) for unit in ("s", "ns") for zone in (None, "UTC")],
}


def file_of(ids: pa.Array, kind: str = "north") -> bytes:
    """Return a Parquet file with many rows of one person."""
    many = ids.take(pa.array([0] * ROWS))
    columns = {
        "person": many,
        "age": pa.array(range(ROWS)),
        "city": pa.array([kind] * ROWS),
        "member": [True] * ROWS,
    }
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


@pytest.mark.parametrize("name", ONE_PERSON)
def test_rows_of_one_person_are_bounded_once_over_files_of_every_type(name: str, tmp_path: Path) -> None:
    domain = Domain(columns=(Column(name="age", kind="integer", minimum=0, maximum=99),))
    files = [pq.read_table(io.BytesIO(file_of(ids))).to_batches()[0] for ids in ONE_PERSON[name]]
    unit = PrivacyUnit(column="person", max_rows=MOST)
    rows = load_rows(files, domain=domain, unit=unit, secret=bytes(32), scratch=tmp_path)
    assert sum(len(block[0]) for block in rows) == MOST


@pytest.mark.slow
def test_a_release_counts_one_person_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYNTH_ASSETS_LEDGER", raising=False)
    unit: dict[str, Any] = {"column": "person", "max_rows": MOST}
    files = {f"{number}.parquet": file_of(ids) for number, ids in enumerate(ONE_PERSON["a number"])}
    project = make_project(
        tmp_path,
        files=files,
        kind="parquet",
        location="source/*.parquet",
        contract=make_contract(unit=unit, epsilon=100.0),
        cap=200.0,
    )
    release = project.obtain().release
    # 40 rows of one person; before, 120 and more. Five error bars of the total: it fails falsely once in 3 million.
    assert release.total() < MOST + 5 * release.total_standard_error()
    assert 5 * release.total_standard_error() < 1.9 * MOST
