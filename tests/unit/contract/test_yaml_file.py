"""Every fault of a contract at once, each where it stands, with the rule and what to do."""

from pathlib import Path

import pytest
import yaml

from synth_assets.contract.documents import find_contracts
from synth_assets.contract.yaml_file import beside_contract, faults_of, parse_contract, place_of, read_contract
from synth_assets.errors import ContractError

_BASE = """\
name: d
purpose: Tests.
source: s
privacy: {unit: rows, spend: {epsilon: 1.0, delta: 1.0e-6}}
columns:
  age: {type: integer, min: 0, max: 9, domain_source: x}
"""
_COMPONENT = "type: synth_assets.SyntheticDataset\nattributes:\n" + "".join(
    f"  {line}\n" for line in _BASE.splitlines()
)

# What is appended to the contract or replaced in it, and all faults that follow: line, column, key and words.
_CASES = {
    "an unknown key": ("+puropse: x", ["7:10: puropse: unknown key; did you mean `purpose`?"]),
    "a strange key": ("+zzzzzz: x", ["7:9: zzzzzz: unknown key: remove it"]),
    "a key of another part": ("+min: 3", ["7:6: min: is not a key of this part: remove it"]),
    "a key twice": ("+name: e", ["1:7: name: stands twice: keep one"]),
    "an unquoted yes": (
        "+  b: {type: categorical, categories: [yes, no], domain_source: x}",
        ['7:26: columns.b.categories: true is a boolean to YAML: quote it, as in ["yes", "no"]'],
    ),
    "an unquoted yes as a key": (
        "+  yes: {type: boolean, domain_source: x}",
        ["7:3: columns.1: true must be text: YAML reads"],
    ),
    "an unquoted no as a name": ("name: d>name: no", ["1:7: name: false must be text: YAML reads yes, no"]),
    "an unquoted number": (
        "+  b: {type: categorical, categories: [1], domain_source: x}",
        ['7:26: columns.b.categories: 1 is not text: quote it, as in "1"'],
    ),
    "a hierarchy with a leaf that is not text": (
        "+  b:\n    type: categorical\n    domain_source: x\n    hierarchy:\n      A: [a]\n      B: {C: [c, 5]}",
        ["12:18: columns.b.hierarchy.B.C.1: 5 must be text: quote it"],
    ),
    "a hierarchy with a leaf twice": (
        "+  b:\n    type: categorical\n    domain_source: x\n    hierarchy: {A: [a], B: {C: [a]}}",
        ["7:3: columns.b: hierarchy has 'a' in A and B/C: keep one"],
    ),
    "a hierarchy that is not a tree": (
        "+  b:\n    type: integer\n    domain_source: x\n    hierarchy:\n      A: [1]\n      B: 5",
        ["12:10: columns.b.hierarchy.B: 5 must be a list"],
    ),
    "a hierarchy that holds itself": (
        "+  b: {type: categorical, categories: [a], domain_source: x, hierarchy: &h {A: [a], B: *h}}",
        ["7:84: columns.b.hierarchy.B.groups: a mapping must not hold itself: write the groups out"],
    ),
    "a time without a time of day": (
        "+  b: {type: datetime, min: 2024-01-01, max: 2024-12-31T23:59:59, domain_source: x}",
        ["7:28: columns.b.min: 2024-01-01 has no time of day: write 2024-01-01T00:00:00"],
    ),
    "a missing domain": ("+  b: {type: integer, domain_source: x}", ["7:3: columns.b: needs min and max, or values"]),
    "two missing keys": (
        "+  b: {type: float, domain_source: x}",
        ["7:3: columns.b.min: is missing: add `min`", "7:3: columns.b.max: is missing: add `max`"],
    ),
    "a missing domain source": (
        "+  b: {type: boolean}",
        ["7:3: columns.b.domain_source: is missing: add `domain_source`"],
    ),
    "a missing type": (
        "+  b: {min: 1}",
        ["7:3: columns.b: has no `type`: integer, float, categorical, boolean, date or datetime"],
    ),
    "an unknown type": ("+  b: {type: text}", ["7:3: columns.b: type 'text' must be one of 'integer', 'float'"]),
    "a column that is not a mapping": ("+  b: integer", ["7:6: columns.b: 'integer' must be keys and values"]),
    "categories that are not a list": (
        "+  b: {type: categorical, categories: {a: 1}, domain_source: x}",
        ["7:26: columns.b.categories: a mapping must be a list of texts, or the word discover"],
    ),
    "discovery without a threshold delta": (
        "+  b: {type: categorical, categories: discover, other: o, domain_source: discovered}",
        ["7:38: columns.b.categories: column 'b' needs a part of delta to discover categories: add `threshold_delta"],
    ),
    "a threshold delta without discovery": (
        "delta: 1.0e-6>delta: 1.0e-6, threshold_delta: 1.0e-9",
        ["4:77: privacy.spend.threshold_delta: pays for nothing: no column has `categories: discover`; remove it"],
    ),
    "a domain too large": (
        f"+  b: {{type: integer, values: {list(range(5000))}, domain_source: x}}",
        ["7:3: columns.b: values must ascend, each once, at most 4096"],
    ),
    "a small number without a point": (
        "1.0e-6>1e-6",
        ["4:52: privacy.spend.delta: '1e-6' must be a number: YAML reads 1e-7 as text; write 1.0e-7"],
    ),
    "a holdout of rows": (
        "unit: rows,>unit: rows, holdout: 0.1,",
        ["4:1: privacy: holdout needs units with ids: with `unit: rows` nobody can be held out"],
    ),
    "a unit that is a data column": (
        "unit: rows>unit: {column: age, max_rows: 2}",
        ["6:3: columns.age: the unit column 'age' cannot be a data column: remove it"],
    ),
    "a unit that is a text": ("unit: rows>unit: person", ["4:17: privacy.unit: 'person' must be 'rows'"]),
    "half a unit": ("unit: rows>unit: {column: p}", ["4:11: privacy.unit.max_rows: is missing: add `max_rows`"]),
    "faults between parts": (
        "+rules: {r: age + 1}\nfocus: [age, q]\ntarget: w\nderived: {age: age + 1, n: read_csv('x')}",
        [
            "7:12: rules.r: rule `age + 1` is not true or false: write a comparison",
            "8:14: focus.1: focus names unknown column 'q'; measured columns: age",
            "9:9: target: target names unknown column 'w'",
            "10:16: derived.age: derived column 'age' is a measured column too: keep one",
            "10:28: derived.n: `read_csv('x')` uses READCSV, which is not allowed",
        ],
    ),
    "faults of both kinds": (
        "+  b: {type: integer, min: 9, max: 1, domain_source: x}\nrules: {r: b > 1, q: zz > 1}\nrows: 0",
        [
            "7:3: columns.b: min=9 must not be above max=1",
            "8:22: rules.q: `zz > 1` names unknown column 'zz'",
            "9:7: rows: 0 must be at least 1",
        ],
    ),
    "an expression too deep": (
        "+derived: {x: '" + "(" * 3000 + "1" + ")" * 3000 + "'}",
        ["7:14: derived.x: `((((((((((("],
    ),
    "an alias that holds itself": (
        "+derived: &a {b: *a}",
        ["7:14: derived.b.lookup: is missing: add `lookup`", "7:14: derived.b.b: unknown key: remove it"],
    ),
    "a table that fits no column": (
        (
            "+derived:\n  a: {lookup: years, values: {1: 2}}\n  b: {lookup: age, values: {1: 2}}\n"
            "  c: {lookup: age, values: {x: 2}, default: 1}\n  d: {lookup: age, values: {0: a, 1: 2}, default: 1}"
        ),
        [
            "8:3: derived.a: looks up unknown column 'years'; columns before it: age",
            "9:20: derived.b.values: the table lacks 0, 2, 3, 4, 5, 6 and 3 more: add them, or `default`",
            "10:3: derived.c: 'x' is not a value of the column, whose type is int64",
            "11:3: derived.d: the table holds texts and whole numbers",
        ],
    ),
    "a table that is faulty by itself": (
        "+derived: {a: {lookup: age}, b: age > 1, c: 3}\nrules: {r: b, s: a > 1}",
        [
            "7:11: derived.a: needs `values`, or the `file` that holds them",
            "7:44: derived.c: 3 must be text: quote it",
        ],
    ),
    "a file that nobody can read": (
        "+derived: {a: {lookup: age, file: t.csv}}\nrules: {r: a > 1}",
        ["7:34: derived.a.file: t.csv cannot be read: a table's file lies beside the contract's file"],
    ),
    "a text for a list": ("+owners: me", ["7:9: owners: 'me' must be a list"]),
    "a schedule that is none": ("+refresh: {candidate: hourly}", ["7:22: refresh.candidate: 'hourly' is not a cron"]),
    "a date that is none": (
        "+  b: {type: date, min: 2020-13-45, max: 2020-01-01, domain_source: x}",
        ["7:24: contract: not YAML: cannot be read (ValueError); quote texts"],
    ),
    "an object of Python": ("+rows: !!python/name:os.system x", ["7:7: contract: not YAML: could not determine"]),
    "an open bracket": ("+focus: [a", ["8:1: contract: not YAML: expected ',' or ']'"]),
    "brackets without end": (
        "+focus: " + "[" * 1200,
        ["7:71: contract: lists and mappings nest deeper than 64 levels: make it smaller"],
    ),
    "a list as a key": ("+? [a]\n: 1", ["7:3: contract: not YAML: found unhashable key"]),
}


def _change(change: str) -> str:
    if change.startswith("+"):
        return f"{_BASE}{change[1:]}\n"
    old, new = change.split(">", 1)
    assert old in _BASE
    return _BASE.replace(old, new)


@pytest.mark.parametrize(("change", "wanted"), _CASES.values(), ids=_CASES)
def test_faults_are_named_with_place_rule_and_remedy(change: str, wanted: list[str]) -> None:
    messages = [str(fault).removeprefix("c.yaml:") for fault in faults_of(_change(change), "c.yaml")]
    assert len(messages) == len(wanted), messages
    assert [message[: len(start)] for message, start in zip(messages, wanted, strict=True)] == wanted


def test_a_good_contract_has_no_fault() -> None:
    assert list(faults_of(_BASE, "c.yaml")) == []
    assert list(faults_of(_COMPONENT, "c.yaml")) == []


@pytest.mark.parametrize("text", ["", "- a\n", "text\n"])
def test_what_is_not_a_mapping_is_not_a_contract(text: str) -> None:
    (fault,) = faults_of(text, "c.yaml")
    assert str(fault) == "c.yaml:1:1: contract: a contract is a mapping of keys to values"


def test_attributes_that_are_not_a_mapping_are_named() -> None:
    (fault,) = faults_of("type: synth_assets.SyntheticDataset\nattributes: []\n", "c.yaml")
    assert str(fault) == "c.yaml:2:1: contract: a list must be keys and values"


def test_places_in_a_component_file_count_its_own_lines() -> None:
    (fault,) = faults_of(_COMPONENT.replace("min: 0", "min: 10"), "defs.yaml")
    assert str(fault) == "defs.yaml:8:5: columns.age: min=10 must not be above max=9"


def test_one_message_lists_all_faults_and_ends_in_a_hint() -> None:
    with pytest.raises(ContractError) as caught:
        parse_contract(_BASE.replace("name: d", "name: 1d") + "rows: 0\n", "c.yaml")
    lines = str(caught.value).splitlines()
    assert lines[0] == "the contract has 2 faults:"
    assert [line.strip().split(" ")[0] for line in lines[1:3]] == ["c.yaml:1:7:", "c.yaml:7:7:"]
    assert lines[-1] == "  hint: `synth-assets contract check c.yaml`"
    assert caught.value.exit_code == 2


def test_a_contract_is_read_from_its_file_or_folder(tmp_path: Path) -> None:
    (tmp_path / "defs.yaml").write_text(_COMPONENT)
    assert read_contract(tmp_path) == read_contract(tmp_path / "defs.yaml") == parse_contract(_BASE, "c.yaml")


def test_tables_are_read_beside_the_contract_and_become_a_part_of_it(tmp_path: Path) -> None:
    inline = "{" + ", ".join(f"{age}: {age * 1.5}" for age in range(10)) + "}"
    by_hand = parse_contract(_BASE + f"derived: {{a: {{lookup: age, values: {inline}}}}}\n", "c.yaml")
    (tmp_path / "defs.yaml").write_text(_BASE + "derived: {a: {lookup: age, file: t.csv}}\nrules: {r: a < 20}\n")
    (tmp_path / "t.csv").write_text("age,a\n" + "".join(f"{age},{age * 1.5}\n" for age in range(10)))
    contract = read_contract(tmp_path)
    assert contract.lookups[0].values == by_hand.lookups[0].values
    (tmp_path / "t.csv").write_text("age,a\n" + "".join(f"{age},{age * 1.6}\n" for age in range(10)))
    assert read_contract(tmp_path).digest() != contract.digest()
    (tmp_path / "t.csv").write_text("age,a\n1,2\n1,3\n")
    with pytest.raises(ContractError, match=r"derived\.a\.file: t\.csv:3: '1' stands twice"):
        read_contract(tmp_path)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_one_clear_error(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "defs.yaml").write_bytes(content)
    with pytest.raises(ContractError, match="no readable contract"):
        read_contract(tmp_path / "defs.yaml")


def test_contracts_below_a_folder_are_those_of_our_component(tmp_path: Path) -> None:
    for name, text in {"b": _COMPONENT, "a": _COMPONENT, "other": "type: dagster.Other\n"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "defs.yaml").write_text(text)
    assert [path.parent.name for path in find_contracts(tmp_path)] == ["a", "b"]


def test_a_threshold_delta_may_be_for_a_column_that_has_a_fault_of_its_own() -> None:
    text = _BASE.replace("1.0e-6", "1.0e-6, threshold_delta: 1.0e-9")
    faults = faults_of(f"{text}  b: {{type: categorical, categories: discover, domain_source: discovered}}\n", "c")
    assert [fault.where for fault in faults] == ["columns.b"]


DATASET = """\
type: synth_assets.SyntheticDataset
attributes:
  name: {name}
  purpose: tests
  source: census
  privacy: {{unit: rows, spend: {{epsilon: 1.0, delta: 1.0e-6}}}}
  columns: {{age: {{type: integer, min: 0, max: {top}, domain_source: made up}}}}
"""


def test_a_file_holds_several_contracts_and_each_has_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "defs.yaml"
    file.write_text(DATASET.format(name="first", top=9) + "---\n" + DATASET.format(name="second", top=99))
    second = tmp_path / "defs.yaml#second"
    assert read_contract(second).columns["age"].model_dump()["max"] == 99
    assert place_of(second, ("source",)) == f"{file}:13:11: source"
    for path in (file, tmp_path):
        with pytest.raises(ContractError, match="holds 2 contracts: first, second"):
            read_contract(path)
    with pytest.raises(ContractError, match="none of them is 'third'"):
        read_contract(tmp_path / "defs.yaml#third")


def test_what_stands_beside_a_contract_for_dagster_is_no_part_of_it(tmp_path: Path) -> None:
    plain = DATASET.format(name="first", top=9)
    file = tmp_path / "defs.yaml"
    file.write_text(plain + "  deps: [raw/visits]\n  translation: {group_name: planning}\n")
    assert read_contract(tmp_path) == parse_contract(plain, "defs.yaml")
    assert beside_contract(tmp_path) == {"deps": ["raw/visits"], "translation": {"group_name": "planning"}}
    assert place_of(tmp_path, ("columns", "age")).startswith(f"{file}:7:")
    bare = yaml.safe_dump({**yaml.safe_load(plain)["attributes"], "deps": []})
    assert [fault.where for fault in faults_of(bare, "c.yaml")] == ["deps"]
