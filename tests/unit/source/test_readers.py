"""Files and callables as batches of the asked columns."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synth_assets.errors import Fault
from synth_assets.ledger import DataPermit, Source
from synth_assets.privacy import PrivacyLoss, PrivacyUnit
from synth_assets.source.readers import open_engine, open_source

pytestmark = pytest.mark.usefixtures("measuring_here")
PERMIT = DataPermit(reservation_id="r", fence=1, source="s", window=None, loss=PrivacyLoss(nano_rho=1), nonce="n")


def source(kind: Any, location: Path | str, **options: Any) -> Source:
    return Source(
        name="s",
        kind=kind,
        location=str(location),
        options=options,
        columns=(),
        unit=PrivacyUnit(),
        account="a",
        version="1",
    )


def read(source: Source, columns: list[str]) -> pa.Table:
    return pa.Table.from_batches(open_source(source, PERMIT).batches(columns))


def test_parquet_files_of_a_glob_are_read_in_order(tmp_path: Path) -> None:
    for name, values in (("b", [3]), ("a", [1, 2])):
        pq.write_table(pa.table({"x": values, "y": values, "z": ["t"] * len(values)}), tmp_path / f"{name}.parquet")
    table = read(source("parquet", tmp_path / "*.parquet"), ["y", "x"])
    assert table.to_pydict() == {"y": [1, 2, 3], "x": [1, 2, 3]}


def test_texts_of_parquet_come_as_dictionaries(tmp_path: Path) -> None:
    pq.write_table(pa.table({"t": ["a", "b", "a"], "n": [1, 2, 3]}), tmp_path / "a.parquet")
    (batch,) = open_source(source("parquet", tmp_path / "a.parquet"), PERMIT).batches(["n", "t"])
    assert pa.types.is_dictionary(batch.schema.field("t").type)
    assert pa.types.is_int64(batch.schema.field("n").type)


def test_csv_columns_are_bytes_and_found_by_name_in_each_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x;y\n1;2\n")
    (tmp_path / "b.csv").write_text("y;z;x\n4;9;3\n")
    table = read(source("csv", tmp_path / "*.csv", delimiter=";"), ["x", "y"])
    assert table.to_pydict() == {"x": [b"1", b"3"], "y": [b"2", b"4"]}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_file_that_lacks_a_column_is_a_fault(kind: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    pq.write_table(pa.table({"x": [1]}), tmp_path / "a.parquet")
    with pytest.raises(Fault, match="lacks a registered column"):
        read(source(kind, tmp_path / f"*.{kind}"), ["x", "y"])


def test_a_callable_gives_the_asked_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "made_up_readers.py").write_text(
        "import pyarrow as pa\ndef rows(n): return pa.table({'x': [n], 'y': [n]})"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    called = source("python", "made_up_readers:rows", arguments=[7])
    assert read(called, ["y"]).to_pydict() == {"y": [7]}
    with pytest.raises(Fault, match="lacks a registered column"):
        read(called, ["z"])


def test_a_permit_opens_its_own_source_only(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="another source"):
        open_source(source("csv", tmp_path), replace(PERMIT, source="other"))
    with pytest.raises(Fault, match="another source"):
        open_source(source("csv", ""), PERMIT)


def test_a_glob_that_matches_nothing_has_no_rows(tmp_path: Path) -> None:
    assert list(open_source(source("csv", tmp_path / "*.csv"), PERMIT).batches(["x"])) == []


def test_the_one_file_of_a_source_that_is_gone_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="is gone"):
        list(open_source(source("csv", tmp_path / "a.csv"), PERMIT).batches(["x"]))


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n", b"\r\n\n", b"\xef\xbb\xbf\n \n"])
def test_a_file_of_blank_lines_has_no_rows(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    (tmp_path / "b.csv").write_text("x\n1\n")
    assert read(source("csv", tmp_path / "*.csv"), ["x"]).to_pydict() == {"x": [b"1"]}


def test_rows_below_a_blank_header_are_a_fault(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\n1\n")
    with pytest.raises(Fault, match="lacks a registered column"):
        list(open_source(source("csv", tmp_path / "a.csv"), PERMIT).batches(["x"]))


def test_an_empty_parquet_file_has_no_rows(tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [1]}), tmp_path / "a.parquet")
    (tmp_path / "b.parquet").touch()
    assert read(source("parquet", tmp_path / "*.parquet"), ["x"]).to_pydict() == {"x": [1]}


def test_only_a_source_that_counts_itself_has_an_engine(tmp_path: Path) -> None:
    asked: dict[str, Any] = {"unit": PrivacyUnit(), "secret": bytes(32), "window": None, "meanwhile": lambda: None}
    table = replace(source("sql", tmp_path), location=f"sqlite:///{tmp_path}/x", options={"table": "t"})
    assert open_engine(source("csv", tmp_path), PERMIT, **asked) is None
    assert repr(open_engine(table, PERMIT, **asked)) == "WarehouseEngine(private)"
    for permit in (replace(PERMIT, source="other"), replace(PERMIT, part="measured")):
        with pytest.raises(Fault, match="not for all rows"):
            open_engine(table, permit, **asked)
