"""What an officer registers."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synth_assets.errors import UsageError
from synth_assets.ledger import Source
from synth_assets.privacy import PrivacyUnit
from synth_assets.source.register import changes_of, is_reachable, make_source

CALLABLES = """
import pandas as pd
def rows(): return pd.DataFrame({'x': [1]})
def none(): return iter([])
def bad(): return 3
"""


def register(kind: str, location: Path | str, **changes: Any) -> Source:
    says: dict[str, Any] = {"account": "town", "version": "1", "unit": PrivacyUnit()}
    return make_source("s", kind=kind, location=str(location), **{**says, **changes})


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n1,2\n")
    return path


def test_names_and_types_are_read_once(csv: Path, tmp_path: Path) -> None:
    assert register("csv", csv).columns == (("x", "text"), ("y", "text"))
    table = pa.table({"x": [1], "y": [[1]], "t": ["a"], "d": pa.array(["a"]).dictionary_encode(), "b": [b"a"]})
    pq.write_table(table, tmp_path / "a.parquet")
    assert register("parquet", tmp_path / "a.parquet").columns == (
        ("x", "int64"),
        ("y", "list<element: int64>"),
        ("t", "text"),
        ("d", "text"),
        ("b", "text"),
    )


def test_a_relative_path_is_made_absolute(csv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(csv.parent)
    assert register("csv", "*.csv").location == str(csv.parent / "*.csv")


def test_a_callable_needs_an_attestation_and_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "made_up_registry.py").write_text(CALLABLES)
    monkeypatch.syspath_prepend(str(tmp_path))
    source = register("python", "made_up_registry:rows", attested_by="officer")
    assert source.columns == (("x", "int64"),)
    assert source.location == "made_up_registry:rows"
    with pytest.raises(UsageError, match="nobody attests"):
        register("python", "made_up_registry:rows")
    for name, message in (("none", "no batch"), ("bad", "failed"), ("absent", "failed")):
        with pytest.raises(UsageError, match=message):
            register("python", f"made_up_registry:{name}", attested_by="officer")
    with pytest.raises(UsageError, match="no callable"):
        register("python", "no_such_module:rows", attested_by="officer")


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        ("excel", {}, "kind='excel' must be one of"),
        ("csv", {"options": {"sep": ";"}}, r"option 'sep' is unknown to csv sources\n  hint: there are: delimiter"),
        ("csv", {"options": {"delimiter": "||"}}, "one ASCII character"),
        ("csv", {"options": {"delimiter": '"'}}, "one ASCII character"),
        ("csv", {"unit": PrivacyUnit(column="id", max_rows=2)}, "no column 'id'"),
        ("parquet", {}, "cannot be read as parquet"),
    ],
)
def test_what_an_officer_gets_wrong_is_named(csv: Path, kind: str, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        register(kind, csv, **changes)


def test_files_must_be_there_and_alike(csv: Path) -> None:
    with pytest.raises(UsageError, match="no file at"):
        register("csv", csv.parent / "*.tsv")
    csv.with_name("b.csv").write_text("x\n1\n")
    with pytest.raises(UsageError, match=r"b\.csv lacks column 2 of a\.csv"):
        register("csv", csv.parent / "*.csv")


def test_columns_must_have_names_of_their_own(csv: Path) -> None:
    csv.write_text("x,x\n")
    with pytest.raises(UsageError, match="column 2 of source 's' has the name of column 1"):
        register("csv", csv)


def test_names_that_look_like_values_are_taken_from_who_states_or_accepts_them(csv: Path) -> None:
    csv.write_text("2019,2020\n1,2\n")
    with pytest.raises(UsageError, match="look like values"):
        register("csv", csv)
    expected = (("2019", "text"), ("2020", "text"))
    assert register("csv", csv, columns=["2019", "2020"]).columns == expected
    assert register("csv", csv, accept=lambda names: list(names) == ["2019", "2020"]).columns == expected
    with pytest.raises(UsageError, match="are not the 1 that are stated"):
        register("csv", csv, columns=["2019"], accept=lambda _: True)


def test_names_of_a_schema_are_looked_at_as_well(tmp_path: Path) -> None:
    pq.write_table(pa.table({"2019": [1], "age": [2]}), tmp_path / "a.parquet")
    with pytest.raises(UsageError, match="look like values"):
        register("parquet", tmp_path / "a.parquet")
    assert register("parquet", tmp_path / "a.parquet", columns=["2019", "age"]).columns[0] == ("2019", "int64")


def test_stated_names_are_listed_where_none_is_the_units(csv: Path) -> None:
    unit = PrivacyUnit(column="person", max_rows=2)
    with pytest.raises(UsageError) as refused:
        register("csv", csv, unit=unit)
    assert "x" not in refused.value.hint.split()
    with pytest.raises(UsageError, match="it has: x, y"):
        register("csv", csv, unit=unit, columns=["x", "y"])


def test_a_file_that_may_not_be_read_is_not_reachable(csv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = register("csv", csv)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may read everything
    assert not is_reachable(source)


def test_a_glob_is_reachable_while_its_folder_is_there_whatever_it_matches(csv: Path) -> None:
    source = register("csv", csv.parent / "**" / "*.csv")
    csv.unlink()
    assert is_reachable(source)
    assert not is_reachable(replace(source, location=str(csv.parent / "gone" / "*.csv")))


def test_the_folder_of_a_glob_must_be_readable(csv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = register("csv", csv.parent / "*.csv")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may read everything
    assert not is_reachable(source)


@pytest.mark.parametrize("empty", [b"", b"\xef\xbb\xbf", b"\n\r\n"])
def test_parts_without_a_line_are_left_out_of_what_is_registered(csv: Path, empty: bytes) -> None:
    (csv.parent / "0.csv").write_bytes(empty)
    assert register("csv", csv.parent / "*.csv").columns == register("csv", csv).columns
    csv.unlink()
    with pytest.raises(UsageError, match="every file"):
        register("csv", csv.parent / "*.csv")


def test_no_catalogue_tells_what_has_changed_in_files(csv: Path) -> None:
    assert changes_of(register("csv", csv)) is None


def test_a_source_is_reachable_while_its_file_is_there(csv: Path) -> None:
    source = register("csv", csv)
    assert is_reachable(source)
    csv.write_bytes(b"\xff\x00 anything at all")
    assert is_reachable(source)
    csv.unlink()
    assert not is_reachable(source)
    assert is_reachable(replace(source, kind="python", location="json:loads"))
    assert not is_reachable(replace(source, kind="python", location="no_such_module:loads"))
