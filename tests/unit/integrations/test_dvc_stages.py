"""Stages of datasets in dvc.yaml: they follow from contracts, and everything else in the file keeps its bytes."""

from pathlib import Path

import pytest
import yaml
from dvc.repo import Repo
from kit.people import make_contract
from kit.project import Project

from synth_assets.contract.yaml_file import read_contract
from synth_assets.errors import UsageError
from synth_assets.integrations.dvc_stages import (
    add_stage,
    dvc_yaml,
    dvc_yaml_drift,
    read_stages,
    with_stage_of,
    write_dvc_yaml,
)

pytestmark = pytest.mark.usefixtures("away")

OURS = """\
  people:
    cmd: synth-assets run defs/people/defs.yaml
    deps:
    - defs/people/defs.yaml
    - expectations/people.json
    outs:
    - data/promoted/people/version:
        persist: true
"""
GONE = OURS.replace("people", "gone")
OTHERS = """\
vars: [{depth: 3}] # ours to tune
stages:
  # cleans what the clinic sends
  clean:
    cmd: "python clean.py && echo 'a long command that is not to be folded' && echo 'as nobody asked for that'"
    deps:
      - raw.csv   # comes by mail
    outs: [clean.csv]

  each:
    foreach: [1, 2]
    do: {cmd: 'echo ${item}'}
  words:
    cmd: |
      echo a
      echo b
  # the last one

plots: [clean.csv]
"""


def written(checked: Project, text: str) -> str:
    """Return what becomes of a ``dvc.yaml`` in the project of one dataset."""
    (checked.root / "dvc.yaml").write_text(text)
    write_dvc_yaml(checked.root, [(checked.definition, checked.contract)])
    return (checked.root / "dvc.yaml").read_text()


def test_there_is_one_stage_per_dataset_with_contract_and_suite(checked: Project) -> None:
    stage = yaml.safe_load(dvc_yaml(checked.root, [(checked.definition, checked.contract)]))["stages"]["people"]
    assert stage["cmd"].endswith(" defs/people/defs.yaml")
    assert stage["deps"] == ["defs/people/defs.yaml", "expectations/people.json"]
    assert stage["outs"] == [{"data/promoted/people/version": {"persist": True}}]


def test_files_of_tables_are_inputs_of_the_stage(checked: Project) -> None:
    table = {"lookup": "city", "file": "cities.csv", "values": {"north": 1, "south": 2, "east": 3}}
    contract = make_contract(derived={"a": table, "b": table, "adult": "age >= 10"})
    stage = yaml.safe_load(dvc_yaml(checked.root, [(checked.definition, contract)]))["stages"]["people"]
    assert stage["deps"] == ["defs/people/defs.yaml", "defs/people/cities.csv", "expectations/people.json"]


def test_stages_and_comments_of_others_keep_their_bytes(checked: Project) -> None:
    added = OTHERS.replace("stages:\n", f"stages:\n{OURS}")
    assert written(checked, OTHERS) == added
    assert written(checked, added) == added
    stale = added.replace("run defs/people/defs.yaml", "run defs/old.yaml")
    assert written(checked, stale) == added


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"stages:\n{OURS}"),
        ("# mine", f"# mine\nstages:\n{OURS}"),
        ("params: [a.yaml]\n", f"params: [a.yaml]\nstages:\n{OURS}"),
        ("stages:\n# none yet\nvars: []\n", f"stages:\n{OURS}# none yet\nvars: []\n"),
        (f"stages:\n{GONE}  # mine\n  mine: {{cmd: a}}", f"stages:\n{OURS}  # mine\n  mine: {{cmd: a}}\n"),
        (
            f"stages:\n    mine: {{cmd: a}}\n{GONE.replace('  ', '    ')}",
            "stages:\n    mine: {cmd: a}\n" + "".join(f"  {line}" for line in OURS.splitlines(keepends=True)),
        ),
    ],
)
def test_a_stage_is_added_whatever_there_is(checked: Project, before: str, after: str) -> None:
    text = written(checked, before)
    assert text == after or (not before and text.endswith(after) and text.startswith("# Stages of datasets follow"))


def test_without_any_contract_only_the_stages_of_others_are_left(checked: Project) -> None:
    write_dvc_yaml(checked.root, [])
    assert read_stages(checked.root) == {}
    assert "stages:" not in (checked.root / "dvc.yaml").read_text()
    with Repo(str(checked.root), config={"core": {"no_scm": True}}) as repo:
        assert list(repo.index.stages) == []
    (checked.root / "dvc.yaml").write_text(f"stages:\n  mine: {{cmd: a}}\n{OURS}")
    write_dvc_yaml(checked.root, [])
    assert (checked.root / "dvc.yaml").read_text() == "stages:\n  mine: {cmd: a}\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stages:\n  people: {cmd: python people.py, outs: [people.csv]}\n", "stage 'people' of dvc.yaml is not a"),
        ("stages:\n  people: {foreach: [1], do: {cmd: a}}\n", "stage 'people' of dvc.yaml is not a"),
        ("stages: {mine: {cmd: a}}\n", "not written one below the other"),
        ("stages: {}\n", "not written one below the other"),
        ("stages: [a]\n", "its `stages` are not a mapping"),
        ("stages:\n  mine: [\n", "it is not YAML in line 3"),
        ("- a\n", "it is not a mapping"),
        ("stages: {}\n---\nstages: {}\n", "it is not YAML"),
        ("stages:\n  mine: {cmd: &a x}\n  people: {outs: &o [data/promoted/people/version]}\n  b: {cmd: a, outs: *o}\n",
         "not written one below"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_kept_is_refused_and_left_as_it_is(checked: Project, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as refused:
        written(checked, text)
    assert "nothing was written" in refused.value.hint
    assert (checked.root / "dvc.yaml").read_text() == text
    with pytest.raises(UsageError, match=words):
        with_stage_of(checked.root, "people")


def test_a_file_that_is_not_text_is_refused(checked: Project) -> None:
    (checked.root / "dvc.yaml").write_bytes(b"stages:\n  \xff: {}\n")
    with pytest.raises(UsageError, match="cannot be read as text"):
        add_stage(checked.root, "people")


def test_a_dataset_of_which_only_the_contract_cannot_be_read_keeps_its_stage(checked: Project) -> None:
    text = f"stages:\n{OURS.replace('people', 'begun')}"
    (checked.root / "dvc.yaml").write_text(text)
    unfinished = checked.root / "defs" / "begun" / "defs.yaml"
    unfinished.parent.mkdir()
    unfinished.write_text("type: synth_assets.SyntheticDataset\nattributes:\n  name: begun\n")
    add_stage(checked.root, "people")
    assert (checked.root / "dvc.yaml").read_text() == f"{text}{OURS}"


def test_stages_of_others_are_no_partitions_whatever_they_are_called(checked: Project) -> None:
    others = "stages:\n  people_train: {cmd: a}\n  1: {cmd: b}\n  on: {cmd: c}\n"
    file = checked.definition
    file.write_text(f"{file.read_text()}  translation: {{partitions_def: {{type: static, partition_keys: [a]}}}}\n")
    assert written(checked, others) == others
    assert dvc_yaml_drift(checked.root, [(file, checked.contract)]) == []
    added = with_stage_of(checked.root, "people_a")
    assert yaml.safe_load(added)["stages"].keys() == {"people_a", "people_train", 1}
    assert "run defs/people/defs.yaml#people_a" in added


def test_drift_is_listed_and_stages_of_others_are_none_of_it(checked: Project) -> None:
    contracts = [(checked.definition, read_contract(checked.definition))]
    assert dvc_yaml_drift(checked.root, contracts) == []
    stale = OURS.replace("synth-assets run", "rm -r")
    (checked.root / "dvc.yaml").write_text(f"stages:\n{stale}{GONE}  mine: {{cmd: a}}\n")
    assert dvc_yaml_drift(checked.root, contracts) == [
        "stage 'gone' of dvc.yaml has no contract",
        "stage 'people' of dvc.yaml differs from its contract",
    ]
    write_dvc_yaml(checked.root, contracts)
    assert dvc_yaml_drift(checked.root, contracts) == []
    (checked.root / "dvc.yaml").write_text("stages: {people: {cmd: a}}\n")
    (line,) = dvc_yaml_drift(checked.root, contracts)
    assert line.endswith("it does not make data/promoted/people/version, and a contract has that name")
    (checked.root / "dvc.yaml").unlink()
    assert dvc_yaml_drift(checked.root, contracts) == []


def test_dvc_reads_what_was_merged(checked: Project) -> None:
    (checked.root / "raw.csv").write_text("a\n")
    written(checked, OTHERS.replace("plots: [clean.csv]\n", ""))
    with Repo(str(checked.root), config={"core": {"no_scm": True}}) as repo:
        names = {getattr(stage, "name", "") for stage in repo.index.stages}
    assert names == {"people", "clean", "each@1", "each@2", "words"}


def test_the_file_of_this_repository_follows_from_its_contracts() -> None:
    root = Path(__file__).parents[3]
    assert sorted(read_stages(root)) == ["happiness", "minimal"]
