"""The JSON Schema takes every contract that the models take, and refuses the mistakes of structure that they refuse."""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic import ValidationError
from toy_generator import toy, toy_package

import synth_assets
from synth_assets.contract.model import DatasetContract
from synth_assets.contract.schema import contract_schema, file_schema

__all__ = ["toy", "toy_package"]

_ROOT = Path(synth_assets.__file__).parent.parent
CONTRACT: dict[str, Any] = {
    "name": "visits",
    "purpose": "tests",
    "source": "visits",
    "privacy": {"unit": {"column": "person", "max_rows": 3}, "spend": {"epsilon": 1.0, "delta": 1e-6}},
    "columns": {
        "age": {"type": "integer", "min": 0, "max": 99, "domain_source": "law"},
        "ward": {"type": "categorical", "categories": ["a", "b"], "nullable": True, "domain_source": "law"},
        "seen": {"type": "date", "min": "2020-01-01", "max": "2021-01-01", "domain_source": "law"},
    },
    "derived": {"old": "age >= 65", "beds": {"lookup": "ward", "values": {"a": 1, "b": 2}}},
    "compare": ["gan", {"kind": "vae", "latent": 4}],
    "checks": {"unique": ["age", ["age", "ward"]], "drift": {"max": 0.1}, "realism": None},
    "scenarios": {"odd": {"weights": {"ward": {"a": 2}, "age > 9": 0.5}}},
    "generator": {"kind": "ensemble", "members": ["mixture", {"kind": "gan"}]},
}


class _Texts(yaml.SafeLoader):
    """Reads dates as texts, as editors and Dagster do."""


_Texts.yaml_implicit_resolvers = {
    letter: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for letter, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(text: str) -> Any:
    return yaml.load(text, Loader=_Texts)  # noqa: S506 - a safe loader


def examples() -> dict[str, Any]:
    pages = {page: (_ROOT / page).read_text() for page in ("README.md", "docs/checks.md", "docs/tutorial.md")}
    blocks = {page: re.findall(r"```yaml\n(type: synth_assets.*?)```", text, re.DOTALL) for page, text in pages.items()}
    files = (_ROOT / "dagster_project").rglob("defs.yaml")
    written = {file.parent.name: load(file.read_text()) for file in files}
    kept = {file.name: json.loads(file.read_text()) for file in (_ROOT / "tests" / "data" / "contracts").glob("*.json")}
    documents = {**written, **kept, **{page: load(text) for page, texts in blocks.items() for text in texts}}
    return {name: document.get("contract", document) for name, document in documents.items()}


EXAMPLES = examples()


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_accepted(name: str) -> None:
    Draft202012Validator.check_schema(file_schema())
    assert [error.message for error in Draft202012Validator(file_schema()).iter_errors(EXAMPLES[name])] == []


def test_a_contract_with_every_shortcut_is_accepted_by_both() -> None:
    DatasetContract.model_validate(CONTRACT)
    assert [error.message for error in Draft202012Validator(contract_schema()).iter_errors(CONTRACT)] == []


Change = Callable[[dict[str, Any]], Any]
MISTAKES: dict[str, Change] = {
    "an unknown key": lambda c: c.update(sorce="visits"),
    "a missing key": lambda c: c.pop("source"),
    "a missing key of a part": lambda c: c["privacy"]["spend"].pop("delta"),
    "an unknown key of a part": lambda c: c["privacy"].update(spent=1),
    "a name that is none": lambda c: c.update(name="1 x"),
    "a text for a number": lambda c: c["privacy"]["spend"].update(epsilon="1.0"),
    "a number out of range": lambda c: c["privacy"]["spend"].update(epsilon=0),
    "another word": lambda c: c["privacy"].update(unit="persons"),
    "an unknown type of column": lambda c: c["columns"]["age"].update(type="number"),
    "a key of another type of column": lambda c: c["columns"]["age"].update(categories=["a"]),
    "a column without its source": lambda c: c["columns"]["age"].pop("domain_source"),
    "an open question": lambda c: c["columns"]["age"].update(min="TODO: the smallest value"),
    "numbers for categories": lambda c: c["columns"]["ward"].update(categories=[1, 2]),
    "no categories": lambda c: c["columns"]["ward"].update(categories=[]),
    "no columns": lambda c: c.update(columns={}),
    "a list for a mapping": lambda c: c.update(rules=["age > 0"]),
    "no rows": lambda c: c.update(rows=0),
    "another severity": lambda c: c["checks"].update(drift={"max": 0.1, "severity": "fatal"}),
    "a number to compare": lambda c: c.update(compare=[1]),
    "a wrong name of a gate": lambda c: c.update(gates={"TSTR": {"min": 0.1}}),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_of_structure_is_refused_by_both(mistake: str) -> None:
    broken = copy.deepcopy(CONTRACT)
    MISTAKES[mistake](broken)
    with pytest.raises(ValidationError):
        DatasetContract.model_validate(broken)
    assert not Draft202012Validator(contract_schema()).is_valid(broken)
    component = {"type": "synth_assets.SyntheticDataset", "attributes": broken}
    assert not Draft202012Validator(file_schema()).is_valid(component)


@pytest.mark.parametrize(
    ("generator", "fits"),
    [
        ({}, True),
        ({"kind": "gan", "width": 64}, True),
        ({"kind": "simulator", "simulator": "clinic"}, True),
        ({"kind": "simulator"}, False),
        ({"kind": "gan", "wide": 64}, False),
        ({"kind": "gan", "width": 4}, False),
        ({"width": 64}, False),
        ({"kind": "tree"}, False),
    ],
)
def test_a_generator_has_the_options_of_its_kind(generator: dict[str, Any], *, fits: bool) -> None:
    assert Draft202012Validator(contract_schema()).is_valid({**CONTRACT, "generator": generator}) == fits


def test_kinds_of_other_packages_are_known_if_they_are_installed(toy: str) -> None:
    validator = Draft202012Validator(contract_schema())
    assert validator.is_valid({**CONTRACT, "generator": {"kind": toy, "least": 1.0}})
    assert not validator.is_valid({**CONTRACT, "generator": {"kind": toy, "most": 1.0}})


def test_a_file_is_a_component_or_a_bare_contract() -> None:
    validator = Draft202012Validator(file_schema())
    assert validator.is_valid(CONTRACT)
    assert validator.is_valid({"type": "synth_assets.SyntheticDataset", "attributes": CONTRACT})
    assert not validator.is_valid({"type": "dagster.Other", "attributes": CONTRACT})
    assert not validator.is_valid({"attributes": CONTRACT})
    assert json.loads(json.dumps(file_schema())) == file_schema()
