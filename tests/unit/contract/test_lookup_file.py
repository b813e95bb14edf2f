"""Files of tables are read within limits, and each fault names its file and line."""

from pathlib import Path
from typing import Any

import pytest
from kit.people import make_contract

from synth_assets.contract.lookup_file import read_beside, read_table, with_tables
from synth_assets.errors import ContractError, UsageError


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("k,v\na,1\nb,-20\n", {"a": 1, "b": -20}),
        ("v,x,k\r\n1.5,?,a\r\n2,?,b\r\n", {"a": 1.5, "b": 2.0}),
        ("k,v\na,06\nb,7\n", {"a": "06", "b": "7"}),
        ("k,v\na,1e3\n\nb,\n", {"a": 1000.0, "b": None}),
        ("k,v\na,true\nb,false\n", {"a": True, "b": False}),
        ('k,v\n"a, or b",nan\n', {"a, or b": "nan"}),
        ("k,v\na,9999999999999999\n", {"a": 9999999999999999.0}),
    ],
)
def test_a_csv_file_is_a_table_of_two_of_its_columns(text: str, table: dict[str, Any]) -> None:
    read = read_table(text, "t.csv", key="k", value="v")
    assert read == table
    assert list(map(type, read.values())) == list(map(type, table.values()))


def test_digits_of_keys_in_yaml_stay_as_they_stand() -> None:
    assert read_table("01: a\n010: b\n08: c\n-2: d\n", "t.yaml", key="k", value="v") == {
        "01": "a",
        "010": "b",
        "08": "c",
        "-2": "d",
    }


def test_a_yaml_file_is_a_mapping() -> None:
    assert read_table("north: 12\n3: x\ntrue: 1.5\n", "t.yaml", key="k", value="v") == {
        "north": 12,
        "3": "x",
        "true": 1.5,
    }


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("t.csv", "", "t.csv:1 does not name 'k' once"),
        ("t.csv", "k,v,k\n", "t.csv:1 does not name 'k' once"),
        ("t.csv", "k,w\na,1\n", "t.csv:1 does not name 'v' once"),
        ("t.csv", "k;v\na;1\n", "t.csv:1 has `;` between its columns"),
        ("t.csv", "x\tk\tv\n", "t.csv:1 has tabs between its columns"),
        ("t.csv", "k;v,w\n", "t.csv:1 has `;` between its columns"),
        ("t.csv", "k , v\na , 1\n", "t.csv:1 has spaces beside 'k'"),
        ("t.csv", "k,v\na,1\nb\n", "t.csv:3 has 1 fields"),
        ("t.csv", "k,v\na,1\n\na,2\n", "t.csv:4: 'a' stands twice"),
        ("t.csv", 'k,v\n"a"b,1\n', "t.csv:2 is not CSV"),
        ("t.csv", "k,v\n", "t.csv has 0 keys"),
        ("t.csv", "k,v\n" + "".join(f"{n},1\n" for n in range(50_001)), "t.csv has 50,001 keys"),
        ("t.yaml", "- a\n", "t.yaml is not a mapping"),
        ("t.yaml", "a: 1\na: 2\n", "t.yaml:2: 'a' stands twice"),
        ("t.yaml", "a: [\n", "t.yaml:2 is not YAML"),
        ("t.yaml", "[a]: 1\n", "t.yaml:1 is not YAML"),
        ("t.yaml", "a: 2020-13-45\n", "t.yaml is not YAML"),
    ],
)
def test_what_is_not_a_table_is_refused_with_its_line(file: str, text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_table(text, file, key="k", value="v")
    assert caught.value.message.startswith(message)
    assert caught.value.hint


def test_a_contract_gets_what_the_file_beside_it_holds(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("\ufeffk,v\na,1\n", encoding="utf-8")
    attributes = {"name": "d", "derived": {"v": {"lookup": "k", "file": "t.csv"}, "w": "k = 'a'"}}
    read, faults = with_tables(attributes, tmp_path)
    assert faults == []
    assert read["derived"] == {"v": {"lookup": "k", "file": "t.csv", "values": {"a": 1}}, "w": "k = 'a'"}
    assert "values" not in attributes["derived"]["v"]


@pytest.mark.parametrize("given", [None, [], {"derived": 3}, {"derived": {"v": 3}}, {"derived": {"v": {"file": 3}}}])
def test_what_is_not_a_contract_stays_as_it_is(given: Any, tmp_path: Path) -> None:
    assert with_tables(given, tmp_path) == (given, [])


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"file": "none.csv"}, "there is no none.csv beside the contract: put it there, or correct the name"),
        ({"file": "bytes.csv"}, "bytes.csv:1 is not UTF-8 but another encoding, such as Latin-1 or UTF-16: save it"),
        ({"file": "latin.csv"}, "latin.csv:3 is not UTF-8"),
        ({"file": "large.csv"}, "large.csv cannot be read: put a regular file of at most 4,194,304 bytes there"),
        ({"file": "t.txt"}, "'t.txt' is not the name of a table's file: put a file that ends in .csv, .yaml, .yml"),
        ({"file": "link.csv"}, "link.csv cannot be read"),
        ({"file": "../t.csv"}, "is not the name of a table's file"),
        ({"file": "/etc/hosts"}, "is not the name of a table's file"),
        ({"file": "t.csv", "values": {"a": 1}}, "say the same thing twice"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_fault_at_its_name(parts: dict[str, Any], words: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("k,v\na,1\n")
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "latin.csv").write_bytes("k,v\na,1\nö,2\n".encode("latin-1"))
    (tmp_path / "large.csv").write_bytes(b"x" * 4_194_305)
    (tmp_path / "link.csv").symlink_to(tmp_path / "t.csv")
    _, ((where, message),) = with_tables({"derived": {"v": {"lookup": "k", **parts}}}, tmp_path)
    assert where == ("derived", "v", "file")
    assert words in message


def test_of_a_file_that_says_what_the_contract_says_too_nothing_is_read(tmp_path: Path) -> None:
    given = {"lookup": "k", "file": "t.csv", "values": {"a": 1}}
    read, _ = with_tables({"derived": {"v": given}}, tmp_path)
    assert read["derived"]["v"] == {"lookup": "k", "file": "t.csv"}


def test_a_table_needs_a_contract_that_lies_somewhere() -> None:
    _, ((_, message),) = with_tables({"derived": {"v": {"lookup": "k", "file": "t.csv"}}}, None)
    assert message == "t.csv cannot be read: a table's file lies beside the contract's file"


def test_a_contract_in_python_is_completed_by_its_folder(tmp_path: Path) -> None:
    contract = make_contract(derived={"v": {"lookup": "city", "file": "t.yaml"}}, rules={})
    with pytest.raises(ContractError, match=r"derived\.v\.file: there is no t\.yaml beside"):
        read_beside(contract, tmp_path)
    (tmp_path / "t.yaml").write_text("{north: 1, south: 2, east: 3}")
    assert read_beside(contract, tmp_path).derivations()["v"].columns == ("city",)
    assert read_beside(make_contract(), tmp_path) == make_contract()
