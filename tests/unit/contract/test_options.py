"""Kind and options of a generator are held against what is installed, each fault at its line."""

from pathlib import Path

import pytest
from toy_generator import install, on_path

from synth_assets.contract import GeneratorSpec
from synth_assets.contract.generator import GENERATORS
from synth_assets.contract.options import generator_faults
from synth_assets.contract.yaml_file import faults_of

_OURS = ", ".join(GENERATORS.built_in)
_CONTRACT = """\
name: d
purpose: Tests.
source: s
privacy: {unit: rows, spend: {epsilon: 1.0, delta: 1.0e-6}}
columns:
  age: {type: integer, min: 0, max: 9, domain_source: definition}
"""


def _faults(text: str) -> list[str]:
    return [str(fault) for fault in faults_of(_CONTRACT + text, "c.yaml")]


def test_a_kind_with_its_options_has_no_fault(toy: str) -> None:
    assert _faults(f"generator: {{kind: {toy}, least: 2.5}}") == []
    assert _faults(f"generator: {{kind: {toy}}}") == []
    assert _faults("generator: {kind: mixture}") == []


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (
            "generator:\n  kind: tree\n",
            f"c.yaml:8:9: generator.kind: generator kind 'tree' is not known; known kinds: {_OURS}, toy",
        ),
        (
            "generator:\n  kind: toy\n  most: 3\n",
            "c.yaml:9:9: generator.most: is not an option of a toy, whose options are least: remove it",
        ),
        (
            "generator:\n  kind: toy\n  leest: 3\n",
            "c.yaml:9:10: generator.leest: is not an option of a toy, whose options are least: did you mean `least`?",
        ),
        (
            "generator:\n  knid: toy\n",
            "c.yaml:8:9: generator.knid: is not an option of a mixture, which has none: did you mean `kind`?",
        ),
        (
            "generator:\n  kind: toy\n  least: -1.0\n",
            "c.yaml:9:10: generator.least: -1.0 must be at least 0",
        ),
        (
            "compare:\n- mixture\n- kind: toy\n  most: 3\n",
            "c.yaml:10:9: compare.1.most: is not an option of a toy, whose options are least: remove it",
        ),
        (
            "compare: [mixture, tree]\n",
            "c.yaml:7:20: compare.1.kind: generator kind 'tree' is not known; known kinds: ",
        ),
        (
            "compare: [toy, toy]\n",
            "c.yaml:7:1: compare: toy is listed twice: a kind has one set of options there",
        ),
    ],
)
def test_each_fault_stands_at_its_line_and_names_what_there_is(toy: str, written: str, fault: str) -> None:
    (found,) = _faults(written)
    assert found == fault or (fault.endswith(": ") and found.startswith(fault))


def test_every_fault_of_a_contract_that_is_faulty_elsewhere_too_is_listed(toy: str) -> None:
    assert len(_faults(f"generator: {{kind: {toy}, most: 3}}\nrows: 0\n")) == 2
    assert len(_faults("generator: [toy]\n")) == 1


def test_an_entry_point_to_something_else_is_a_fault_that_names_its_package(tmp_path: Path) -> None:
    install(tmp_path, package="acme-trees", entries={"tree": "pathlib:Path", "gone": "no_such_module:Gone"})
    with on_path(tmp_path):
        ((where, message),) = generator_faults(GeneratorSpec(kind="tree"))
        assert where == ("generator", "kind")
        assert message == "'tree' of package acme-trees is not a generator: it has no `options`"
        ((_, message),) = generator_faults(GeneratorSpec(kind="gone"))
        assert "of package acme-trees cannot be loaded: ModuleNotFoundError" in message
