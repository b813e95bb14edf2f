"""Pydantic's faults in our words; that each has its place is tested with the file."""

from typing import Any

import pytest

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
        ("rows: 1.5", "must be a valid integer"),
        ("target: no", "YAML reads yes, no, on and off as booleans"),
        ("rules: [a]", "write it as keys and values"),
    ],
)
def test_a_fault_says_what_was_given_the_rule_and_what_to_do(added: str, message: str) -> None:
    faults: list[Any] = list(faults_of(CONTRACT + added, "c.yaml"))
    assert [message in fault.message for fault in faults] == [True], faults
