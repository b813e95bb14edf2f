"""Laws of contracts: any text is a contract or a list of faults, and a contract survives JSON."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.contract import DatasetContract
from synth_assets.contract.yaml_file import faults_of, parse_contract
from synth_assets.errors import ContractError

_TEXT = """\
type: synth_assets.SyntheticDataset
attributes:
  name: d
  purpose: Tests.
  source: s
  privacy: {unit: {column: person, max_rows: 2}, spend: {epsilon: 1.0, delta: 1.0e-6}}
  columns:
    age: {type: integer, min: 0, max: 9, nullable: true, domain_source: x}
    share: {type: float, min: 0, max: 1, edges: [0.5], domain_source: x}
    city: {type: categorical, categories: [n, s], other: s, domain_source: x}
    day: {type: date, min: 2020-01-01, max: 2020-12-31, domain_source: x}
    flag: {type: boolean, domain_source: x}
  derived: {old: age >= 5}
  rules:
    known: city IN ('n', 's')
  focus: [age, city]
  target: city
  rows: 10
  refresh: {release: once, candidate: "0 6 * * 1"}
"""
_BASE: dict[str, Any] = yaml.safe_load(_TEXT)["attributes"]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates() | st.just("age"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | st.integers(), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def altered(draw: st.DrawFn) -> Any:
    """Put anything in place of anything in a good contract."""

    def walk(node: Any, depth: int) -> Any:
        if depth and draw(st.integers(0, 24)) == 0:
            return draw(_JSON)
        if isinstance(node, dict):
            fields = {key: walk(value, depth + 1) for key, value in node.items() if draw(st.integers(0, 24)) > 0}
            return fields | (draw(st.dictionaries(st.text(max_size=5), _JSON, max_size=1)) if depth < 2 else {})
        return [walk(element, depth + 1) for element in node] if isinstance(node, list) else node

    return walk(_BASE, 0)


@given(altered())
def test_any_mapping_is_a_contract_or_a_list_of_faults(value: Any) -> None:
    text = yaml.safe_dump(value)
    faults = list(faults_of(text, "c.yaml"))
    for fault in faults:
        assert fault.message
        assert 1 <= fault.line <= text.count("\n") + 2
    if faults:
        with pytest.raises(ContractError) as caught:
            parse_contract(text, "c.yaml")
        assert all(str(fault) in str(caught.value) for fault in faults)
    else:
        contract = parse_contract(text, "c.yaml")
        assert DatasetContract.model_validate_json(contract.model_dump_json()).digest() == contract.digest()


@given(st.integers(0, len(_TEXT)), st.integers(0, 6), st.text(max_size=4))
def test_any_slip_of_the_pen_is_a_contract_or_a_list_of_faults(position: int, length: int, typed: str) -> None:
    text = _TEXT[:position] + typed + _TEXT[position + length :]
    faults = list(faults_of(text, "c.yaml"))
    if not faults:
        parse_contract(text, "c.yaml").fingerprint()
