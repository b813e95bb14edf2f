"""The component reads a contract and starts a new one."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import dagster as dg
import pytest
import yaml
from dagster.components import ScaffoldRequest
from dagster_shared.yaml_utils import parse_yaml_with_source_position
from pydantic import ValidationError
from toy_generator import toy, toy_package

import synth_assets
from synth_assets.contract import DatasetContract
from synth_assets.contract.yaml_file import faults_of, read_contract
from synth_assets.errors import ContractError
from synth_assets.integrations.dagster.accounts import ACCOUNTS
from synth_assets.integrations.dagster.component import (
    SyntheticDataset,
    SyntheticDatasetScaffolder,
    translator_written_in,
)
from synth_assets.integrations.dagster.definitions import build_dataset, dataset_definitions
from synth_assets.integrations.dagster.keys import asset_key
from synth_assets.integrations.dagster.translator import StepData

__all__ = ["toy", "toy_package"]

ATTRIBUTES = {
    "name": "tiny",
    "purpose": "tests",
    "source": "census",
    "privacy": {"unit": "rows", "spend": {"epsilon": 1.0, "delta": 1e-6}},
    "columns": {"age": {"type": "integer", "min": 0, "max": 9, "domain_source": "made up"}},
}

_IN_PYTHON = """\
from pathlib import Path

import dagster as dg

from synth_assets import DatasetContract, build_dataset


@dg.definitions
def defs() -> dg.Definitions:
    return build_dataset(DatasetContract.model_validate_json({contract!r}), root=Path({root!r}))
"""


def test_the_component_is_a_public_name_of_the_package() -> None:
    assert synth_assets.SyntheticDataset is SyntheticDataset
    assert "SyntheticDataset" in dir(synth_assets)


def test_attributes_are_the_contract_and_build_five_assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_ROOT", str(tmp_path))
    component = SyntheticDataset.from_attributes_dict(attributes=ATTRIBUTES)
    definitions = component.build_defs(dg.ComponentTree.for_test().load_context)

    assert component.contract.name == "tiny"
    keys = definitions.resolve_asset_graph().get_all_asset_keys()
    assert {key.path[-1] for key in keys - {ACCOUNTS}} == {"source", "release", "generator", "candidate", "promoted"}


def test_one_component_of_a_project_brings_the_accounts_whatever_is_built_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_ROOT", str(tmp_path))
    first, second = (SyntheticDataset.from_attributes_dict(attributes={**ATTRIBUTES, "name": name}) for name in "ba")
    context = dg.ComponentTree.for_test().load_context
    with_accounts = [
        ACCOUNTS in component.build_defs(context).resolve_asset_graph().get_all_asset_keys()
        for component in (first, second, first)
    ]
    assert with_accounts == [True, False, True]
    assert (
        ACCOUNTS
        in second.build_defs(dg.ComponentTree.for_test().load_context).resolve_asset_graph().get_all_asset_keys()
    )


def test_what_is_loaded_again_is_built_once_unless_something_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNTH_ASSETS_ROOT", str(tmp_path))

    def load(**changed: object) -> object:
        component = SyntheticDataset.from_attributes_dict(attributes={**ATTRIBUTES, **changed})
        definitions = component.build_defs(dg.ComponentTree.for_test().load_context)
        return next(iter(definitions.assets or []))

    first = load()
    assert load() is first
    assert load(rows=7) is not first
    assert load(deps=["raw/people"]) is not first
    assert load(translation="{{ spec }}") is not load(translation="{{ spec }}")
    entry = {"type": "expect_column_to_exist", "kwargs": {"column": "age"}, "meta": {"check": "has_age"}}
    suite = tmp_path / "expectations" / "tiny.json"
    suite.parent.mkdir()
    suite.write_text(json.dumps({"name": "tiny", "expectations": [entry]}))
    assert load() is not first


def test_wrong_attributes_are_refused() -> None:
    with pytest.raises(ValidationError):
        SyntheticDataset.from_attributes_dict(attributes={**ATTRIBUTES, "rows": -1})


def test_a_kind_of_generator_that_is_not_installed_is_refused_when_the_component_is_loaded(toy: str) -> None:
    SyntheticDataset.from_attributes_dict(attributes={**ATTRIBUTES, "generator": {"kind": toy, "least": 1.0}})
    for generator, words in (
        ({"kind": "tree"}, r"tiny: generator\.kind: generator kind 'tree' is not known; known kinds: mixture, .*toy"),
        ({"kind": toy, "most": 1}, r"tiny: generator\.most: is not an option of a toy"),
    ):
        with pytest.raises(ContractError, match=words):
            SyntheticDataset.from_attributes_dict(attributes={**ATTRIBUTES, "generator": generator})


def test_a_table_beside_the_component_is_read_when_it_is_loaded(tmp_path: Path) -> None:
    context = cast("dg.ComponentLoadContext", SimpleNamespace(path=tmp_path))
    attributes = SyntheticDataset.get_model_cls().model_validate(
        {**ATTRIBUTES, "derived": {"group": {"lookup": "age", "file": "t.csv"}}}
    )
    with pytest.raises(ContractError, match=r"tiny: derived\.group\.file: there is no t\.csv beside the contract"):
        SyntheticDataset.load(attributes, context)
    (tmp_path / "t.csv").write_text("age,group\n" + "".join(f"{age},{age // 5}\n" for age in range(10)))
    contract = SyntheticDataset.load(attributes, context).contract
    assert contract.derivations()["group"].columns == ("age",)


def scaffold(folder: Path, name: str) -> str:
    request = ScaffoldRequest(
        type_name="synth_assets.SyntheticDataset",
        target_path=folder / name,
        scaffold_format="yaml",
        project_root=folder,
        params=None,
    )
    SyntheticDatasetScaffolder().scaffold(request)
    return (folder / name / "defs.yaml").read_text()


def test_a_scaffold_is_refused_until_every_open_place_has_an_answer(tmp_path: Path) -> None:
    text = scaffold(tmp_path, "my-data")
    faults = list(faults_of(text, "defs.yaml"))
    assert [fault.where.replace("TODO: name of a column of the source", "x") for fault in faults] == [
        "purpose",
        "source",
        "privacy.unit",
        "privacy.spend.epsilon",
        "privacy.spend.delta",
        "columns.x",
        "columns.x.type",
        "columns.x.domain_source",
    ]
    assert all(fault.message.startswith("is not answered yet: ") for fault in faults)
    with pytest.raises(ValidationError):
        SyntheticDataset.from_attributes_dict(attributes=yaml.safe_load(text)["attributes"])


def test_one_open_place_is_enough_to_refuse_a_contract_in_dagster_too() -> None:
    with pytest.raises(ValidationError, match="is not answered yet: say what for"):
        SyntheticDataset.from_attributes_dict(attributes={**ATTRIBUTES, "purpose": "TODO: say what for"})


def test_a_scaffold_with_answers_is_a_contract_without_a_fault(tmp_path: Path) -> None:
    answers = ("for tests", "census", "rows", "1.0", "1.0e-7", "age", "boolean", "codebook")
    text = scaffold(tmp_path, "my_data")
    for answer in answers:
        text = re.sub(r'"TODO: [^"]*"', answer, text, count=1)
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


@pytest.mark.filterwarnings("ignore:Parameter `execution_type`")  # Dagster builds definitions of checks anew, and warns
def test_a_file_with_several_documents_is_several_datasets_beside_which_others_stand_in_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "several_datasets"
    (package / "defs" / "both").mkdir(parents=True)
    for folder in (package, package / "defs"):
        (folder / "__init__.py").touch()
    settings = '[tool.dg]\ndirectory_type = "project"\n\n[tool.dg.project]\nroot_module = "several_datasets"\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    documents = [
        {"type": "synth_assets.SyntheticDataset", "attributes": {**ATTRIBUTES, "name": name}} for name in ("a", "b")
    ]
    (package / "defs" / "both" / "defs.yaml").write_text(yaml.safe_dump_all(documents, sort_keys=False))
    monkeypatch.syspath_prepend(str(tmp_path))
    keys = dg.load_from_defs_folder(path_within_project=package).resolve_asset_graph().get_all_asset_keys()
    assert {key.path[0] for key in keys - {ACCOUNTS}} == {"a", "b"}
    assert len(keys) == 11

    contract = json.dumps({**ATTRIBUTES, "name": "c"})
    (package / "defs" / "c.py").write_text(_IN_PYTHON.format(contract=contract, root=str(tmp_path)))
    datasets = [DatasetContract.model_validate({**ATTRIBUTES, "name": name}) for name in ("d", "e")]
    beside = dataset_definitions(datasets, root=tmp_path)
    mixed = dg.Definitions.merge(dg.load_from_defs_folder(path_within_project=package), beside)
    keys = mixed.resolve_asset_graph().get_all_asset_keys()
    assert {key.path[0] for key in keys - {ACCOUNTS}} == set("abcde")
    assert ACCOUNTS in keys
    assert mixed.resolve_sensor_def("synth_assets_accounts")


def test_the_command_line_reads_the_translation_of_a_file_as_dagster_does() -> None:
    data = StepData(contract=DatasetContract.model_validate(ATTRIBUTES), step="release")
    written = translator_written_in({"translation": {"key": "planning/{{ data.contract.name }}_{{ data.step }}"}})
    assert written is not None
    assert written.get_asset_spec(data).key == dg.AssetKey(["planning", "tiny_release"])
    assert translator_written_in({"deps": ["raw/visits"]}) is None
