"""Pydantic's faults in our words; that each has its place is tested with the file."""

import copy
import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from synth_assets.contract.yaml_file import faults_of

CONTRACT = """\
name: people
purpose: tests
source: census
privacy: {unit: rows, spend: {epsilon: 1.0, delta: 1.0e-6}}
columns:
  age: {type: integer, min: 0, max: 9, domain_source: made up}
"""


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ("refresh: {release: always}", "`new_version` makes one for each version label of the source, each charged"),
        ("refresh: {release: true}", "`once` keeps one release for ever"),
        ("  n: {type: integer, min: 0, max: 9, decimals: 2, domain_source: x}", "`step: 5` or `step: 100` says what"),
        ("rwos: 3", "unknown key; did you mean `rows`?"),
        ("rows: 1.5", "must be a whole number"),
        ("target: no", "YAML reads yes, no, on and off as booleans"),
        ("rules: [a]", "a list must be keys and values"),
    ],
)
def test_a_fault_says_what_was_given_the_rule_and_what_to_do(added: str, message: str) -> None:
    faults: list[Any] = list(faults_of(CONTRACT + added, "c.yaml"))
    assert [message in fault.message for fault in faults] == [True], faults


COLUMNS = {
    "i": {"type": "integer", "min": 0, "max": 9, "nullable": True, "null_tokens": ["9"]},
    "v": {"type": "integer", "values": [1, 2, 3]},
    "f": {"type": "float", "min": 0.0, "max": 5.0, "decimals": 2, "bins": 10},
    "c": {"type": "categorical", "categories": ["a", "b"], "other": "b"},
    "b": {"type": "boolean"},
    "d": {"type": "date", "min": "2020-01-01", "max": "2021-01-01"},
    "t": {"type": "datetime", "min": "2020-01-01T00:00:00", "max": "2021-01-01T00:00:00", "resolution": "hour"},
}
WHOLE: dict[str, Any] = {
    "name": "people",
    "purpose": "tests",
    "source": "census",
    "privacy": {"unit": {"column": "p", "max_rows": 3}, "holdout": 0.1, "spend": {"epsilon": 1.0, "delta": 1e-6}},
    "columns": {name: {**keys, "domain_source": "made up"} for name, keys in COLUMNS.items()},
    "derived": {"old": "i >= 3", "far": {"lookup": "c", "values": {"a": 1, "b": 2}}},
    "rules": {"r": "i <= 8"},
    "focus": ["i", "f"],
    "gates": {"tstr_auc": {"min": 0.7}},
    "generator": {"kind": "ensemble"},
    "scenarios": {"many": {"weights": {"c": {"a": 2.0}}, "rows": 3, "seed": 1}},
    "refresh": {"release": "once", "candidate": "0 6 * * 1"},
    "owners": ["team:a"],
    "rows": 100,
}
WRONG = (None, [], {"a": 1}, "x", "", True, -3, 0.5, 1e400, 10**30, dt.date(2020, 1, 1), ["a", 1])
RAW = re.compile(
    r"valid (string|integer|number|boolean|dictionary|tuple|list|date)|validation|isoformat|Input |Field |Value error"
    r"|a (dict|tuple|bytes)\b|\b(None|True|False)\b|datetime\.|\^\[|JSON value|or equal to|cannot be read: "
)


def paths(part: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield where every part of a contract stands."""
    if at:
        yield at
    keys = part if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ()
    for key in keys:
        yield from paths(part[key], (*at, key))


def with_value(where: tuple[str | int, ...], value: Any) -> str:
    """Return the whole contract with one part of it replaced."""
    whole = copy.deepcopy(WHOLE)
    part: Any = whole
    for key in where[:-1]:
        part = part[key]
    part[where[-1]] = value
    return yaml.safe_dump(whole, sort_keys=False)


def test_the_contract_of_these_tests_has_no_fault() -> None:
    assert list(faults_of(yaml.safe_dump(WHOLE, sort_keys=False), "c.yaml")) == []


@pytest.mark.parametrize("where", list(paths(WHOLE)), ids=lambda where: ".".join(map(str, where)))
def test_whatever_stands_in_a_place_pydantic_is_never_quoted(where: tuple[str | int, ...]) -> None:
    faults = [fault for value in WRONG for fault in faults_of(with_value(where, value), "c.yaml")]
    assert faults
    assert [str(fault) for fault in faults if RAW.search(fault.message)] == []
    assert all(fault.message[0] in "'`\"-0123456789" or fault.message[0].islower() for fault in faults)


@pytest.mark.parametrize(
    ("where", "value", "message"),
    [
        (("privacy", "unit"), "patients", "'patients' must be 'rows': or the column whose values are persons"),
        (("privacy", "holdout"), "a tenth", "'a tenth' must be a number"),
        (("privacy", "holdout"), "1e-7", "'1e-7' must be a number: YAML reads 1e-7 as text; write 1.0e-7"),
        (("columns", "d", "min"), "1.1.2020", "'1.1.2020' is not a date: write it as 2024-01-31"),
        (("columns", "c", "categories"), [None], "an empty value is not text"),
        (("columns", "c", "categories"), [], "a list must have at least 1 entries"),
        (("columns", "i", "nullable"), 3, "3 must be true or false"),
        (("rows",), None, None),
        (("purpose",), "", "'' must not be empty: write it down"),
        (("name",), "9a", "'9a' must be a letter or _, then letters, digits or _"),
        (("name",), "x" * 200, f"'{'x' * 79}... must be a letter or _, then letters, digits or _"),
    ],
)
def test_a_wrong_value_gets_one_plain_sentence(where: tuple[str | int, ...], value: Any, message: str | None) -> None:
    faults = [fault.message for fault in faults_of(with_value(where, value), "c.yaml")]
    assert [fault.startswith(message or "") for fault in faults] == ([True] if message else [])
