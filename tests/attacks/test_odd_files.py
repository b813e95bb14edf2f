"""Attack: make a measurement fail, or be refused, if and only if a person's rows are there.

A job that exports one part per group leaves an empty part, or none, for a group
without people. Both used to be noticed: the first as a failed measurement, the second
as a source that cannot be reached, before anything was paid. So were a time zone that
the host lacks, and a line that does not fit in memory.
"""

import ast
import gzip
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from kit.people import HEADER, ROWS, make_contract
from kit.project import Project, make_project

from synth_assets.errors import MeasurementFailed, SynthAssetsError
from synth_assets.obtain.release import ObtainedRelease
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.register import make_source

UNIT = {"column": "person", "max_rows": 2}
GOOD = (HEADER + ROWS).encode()


def parquet(**columns: Any) -> bytes:
    sink = io.BytesIO()
    usual = {"person": ["a", "b"], "age": [3, 4], "city": ["north", "south"], "member": [True, False]}
    pq.write_table(pa.table({**usual, **columns}), sink)
    return sink.getvalue()


@pytest.fixture(autouse=True)
def own_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYNTH_ASSETS_LEDGER", raising=False)


def csv_project(root: Path) -> Project:
    return make_project(root, files={"a.csv": GOOD}, contract=make_contract(unit=UNIT), location="source/*.csv*")


def parquet_project(root: Path) -> Project:
    return make_project(
        root,
        files={"a.parquet": parquet()},
        kind="parquet",
        location="source/*.parquet",
        contract=make_contract(unit=UNIT),
    )


def measured(project: Project) -> ObtainedRelease:
    """Measure; an attacker would see every refusal or failure."""
    try:
        return project.obtain()
    except SynthAssetsError as error:
        pytest.fail(f"it was noticed: {type(error).__name__}: {error}")


NOBODY = {
    "empty.csv": b"",
    "mark.csv": b"\xef\xbb\xbf",
    "blank.csv": b"\n",
    "blank lines.csv": b"\r\n\r\n",
    "header.csv": HEADER.encode(),
    "empty.csv.gz": b"",
    "nothing.csv.gz": gzip.compress(b""),
    "long line.csv": HEADER.encode() + b"\x00" * (17 << 20) + b"\n",
}


@pytest.mark.slow
def test_parts_without_anybody_are_not_noticed(tmp_path: Path) -> None:
    project = csv_project(tmp_path)
    for name, content in NOBODY.items():
        (tmp_path / "source" / name).write_bytes(content)
    release = measured(project).release
    assert abs(release.total() - 600) < 6 * release.total_standard_error() + 1


@pytest.mark.parametrize("name", NOBODY)
def test_a_part_without_anybody_can_be_registered(name: str, tmp_path: Path) -> None:
    """Each file by itself, in the officer's step that reads the same header."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / name).write_bytes(NOBODY[name])
    (tmp_path / "source" / "z.csv").write_bytes(GOOD)
    unit = PrivacyUnit(column="person", max_rows=2)
    try:
        source = make_source(
            "s", kind="csv", location=str(tmp_path / "source" / "*"), account="a", version="1", unit=unit
        )
    except SynthAssetsError as error:
        pytest.fail(f"it was noticed: {error}")
    assert [column for column, _ in source.columns] == HEADER.strip().split(",")


def test_parts_of_other_types_are_not_noticed(tmp_path: Path) -> None:
    project = parquet_project(tmp_path)
    zoned = pa.array([0, 1], pa.int64()).cast(pa.timestamp("us", "Mars/Phobos"))
    parts = {
        "empty": b"",
        "zone of another planet": parquet(age=zoned, city=zoned, member=zoned),
        "ids in it": parquet(person=zoned),
        "nested": parquet(person=[[1], [2]], age=[{"x": 1}, None], city=[[], None], member=[b"\xff", b""]),
        "other types": parquet(person=[1.5, float("nan")], age=["x", "y"], city=[1, 2], member=["maybe", None]),
    }
    for name, content in parts.items():
        (tmp_path / "source" / f"{name}.parquet").write_bytes(content)
    assert measured(project).reused is False


@pytest.mark.slow
def test_a_glob_that_matches_nobody_gives_noisy_zeros(tmp_path: Path) -> None:
    project = csv_project(tmp_path)
    (tmp_path / "source" / "a.csv").unlink()
    obtained = measured(project)
    assert abs(obtained.release.total()) < 6 * obtained.release.total_standard_error() + 1
    assert project.charges == 1


@pytest.mark.slow
def test_a_damaged_part_is_the_one_fault_whatever_is_wrong(tmp_path: Path) -> None:
    """What does not depend on whose rows exist may be reported, but not what exactly it is."""
    project = csv_project(tmp_path)
    for content in (gzip.compress(GOOD)[:-20], b"not compressed", gzip.compress(b"\npeople,below,no,header\n")):
        (tmp_path / "source" / "b.csv.gz").write_bytes(content)
        with pytest.raises(MeasurementFailed) as failure:
            project.obtain()
        assert str(failure.value) == str(MeasurementFailed())
    assert project.charges == 1


def test_a_damaged_parquet_part_is_the_one_fault_too(tmp_path: Path) -> None:
    project = parquet_project(tmp_path)
    (tmp_path / "source" / "b.parquet").write_bytes(parquet()[:-20])
    with pytest.raises(MeasurementFailed):
        project.obtain()


READS = """
import resource, sys
from pathlib import Path
from synth_assets.source.lines import line_batches

pages = int(Path("/proc/self/statm").read_text().split()[0])
limit = pages * resource.getpagesize() + (512 << 20)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
rows = [row for batch in line_batches(Path(sys.argv[1]), columns=["a", "b"]) for row in batch.to_pylist()]
print(rows)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the limit is taken from /proc")
def test_a_line_of_two_gibibytes_is_a_row_of_nulls_in_bounded_memory(tmp_path: Path) -> None:
    """The file is sparse and needs no disk space. Reading it may take half a gibibyte."""
    path = tmp_path / "long.csv"
    with path.open("wb") as stream:
        stream.write(b"a,b\n1,2\n")
        stream.seek(2 << 30, os.SEEK_CUR)
        stream.write(b"\n3,4\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", READS, str(path)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-500:]
    rows = [{"a": b"1", "b": b"2"}, {"a": b"", "b": None}, {"a": b"3", "b": b"4"}]
    assert sorted(ast.literal_eval(done.stdout), key=str) == sorted(rows, key=str)
