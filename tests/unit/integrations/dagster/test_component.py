"""The component reads a contract and starts a new one."""

from pathlib import Path

import dagster as dg
import pytest
from dagster.components import ScaffoldRequest
from dagster_shared.yaml_utils import parse_yaml_with_source_position
from pydantic import ValidationError

import synth_assets
from synth_assets.contract_file import faults_of, read_contract
from synth_assets.integrations.dagster.component import SyntheticDataset, SyntheticDatasetScaffolder
from synth_assets.integrations.dagster.definitions import build_dataset
from synth_assets.integrations.dagster.keys import asset_key

ATTRIBUTES = {
    "name": "tiny",
    "purpose": "tests",
    "source": "census",
    "privacy": {"unit": "rows", "spend": {"epsilon": 1.0, "delta": 1e-6}},
    "columns": {"age": {"type": "integer", "min": 0, "max": 9, "domain_source": "made up"}},
}


def test_the_component_is_a_public_name_of_the_package() -> None:
    assert synth_assets.SyntheticDataset is SyntheticDataset
    assert "SyntheticDataset" in dir(synth_assets)


def test_attributes_are_the_contract_and_build_five_assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_ROOT", str(tmp_path))
    component = SyntheticDataset.from_attributes_dict(attributes=ATTRIBUTES)
    definitions = component.build_defs(dg.ComponentTree.for_test().load_context)

    assert component.contract.name == "tiny"
    keys = definitions.resolve_asset_graph().get_all_asset_keys()
    assert {key.path[-1] for key in keys} == {"source", "release", "generator", "candidate", "promoted"}


def test_wrong_attributes_are_refused() -> None:
    with pytest.raises(ValidationError):
        SyntheticDataset.from_attributes_dict(attributes={**ATTRIBUTES, "rows": -1})


def test_a_scaffold_is_a_contract_without_a_fault(tmp_path: Path) -> None:
    request = ScaffoldRequest(
        type_name="synth_assets.SyntheticDataset",
        target_path=tmp_path / "my-data",
        scaffold_format="yaml",
        project_root=tmp_path,
        params=None,
    )
    SyntheticDatasetScaffolder().scaffold(request)

    text = (tmp_path / "my-data" / "defs.yaml").read_text()
    assert list(faults_of(text, "defs.yaml")) == []


def test_dagster_reads_times_and_hierarchies_as_the_command_line_does(tmp_path: Path) -> None:
    text = """
type: synth_assets.SyntheticDataset
attributes:
  name: tiny
  purpose: tests
  source: census
  privacy: {unit: rows, spend: {epsilon: 1.0, delta: 1.0e-6}}
  columns:
    seen: {type: datetime, min: 2024-01-01T00:00:00, max: 2024-12-31 23:59:59, domain_source: made up}
    day: {type: date, min: 2024-01-01, max: 2024-12-31, edges: [2024-07-01], domain_source: made up}
    code: {type: categorical, hierarchy: {A: [a, b], B: {C: [c]}}, domain_source: made up}
"""
    (tmp_path / "defs.yaml").write_text(text)
    contract = read_contract(tmp_path)
    tree = parse_yaml_with_source_position(text, "defs.yaml")
    component = SyntheticDataset.from_attributes_dict(attributes=tree.value["attributes"])
    assert component.contract == contract
    built = build_dataset(contract, root=tmp_path).resolve_asset_graph().get(asset_key("tiny", "candidate"))
    kinds = {column.name: column.type for column in built.metadata["dagster/column_schema"].columns}
    assert kinds == {"seen": "timestamp[us]", "day": "date32[day]", "code": "string"}
