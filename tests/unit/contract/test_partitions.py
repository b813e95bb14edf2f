"""A partition is a dataset of its own, which shares everything but the names."""

from pathlib import Path

import pytest
import yaml
from kit.people import PEOPLE, make_contract

from synth_assets.contract.documents import has_partitions, named_contract, partition_in
from synth_assets.contract.partitions import alike, named_members
from synth_assets.contract.yaml_file import read_contract, read_whole
from synth_assets.errors import ContractError, UsageError

MONTHLY = {"translation": {"partitions_def": {"type": "static", "partition_keys": ["2026-11"]}}}


def write(root: Path, **changes: object) -> Path:
    """Write a contract into a folder of its own."""
    attributes = {**PEOPLE, **changes}
    file = root / str(attributes["name"]) / "defs.yaml"
    file.parent.mkdir()
    file.write_text(yaml.safe_dump({"type": "synth_assets.SyntheticDataset", "attributes": attributes}))
    return file


def test_only_names_differ_and_the_suite_is_shared() -> None:
    whole = make_contract()
    part = whole.of_partition("2026-11")
    assert (part.name, part.source, part.suite_path) == ("people_2026_11", "census_2026_11", whole.suite_path)
    names = {"name", "source", "expectations"}
    assert part.model_dump(exclude=names) == whole.model_dump(exclude=names)
    assert part.fingerprint() != whole.fingerprint()
    assert part == whole.of_partition("2026_11")


def test_names_are_in_the_letters_of_the_ledger() -> None:
    assert make_contract().of_partition("2026-Q4").source == "census_2026_q4"


@pytest.mark.parametrize("key", ["", "x" * 60])
def test_a_key_that_makes_no_name_is_refused(key: str) -> None:
    with pytest.raises(UsageError, match="cannot be part of a name"):
        make_contract().of_partition(key)


def test_a_partition_goes_by_the_name_of_its_dataset(tmp_path: Path) -> None:
    file = write(tmp_path, **MONTHLY)
    address = named_contract(Path("people_2026_11"), tmp_path)
    assert address.name == "defs.yaml#people_2026_11"
    assert (partition_in(address, "people"), partition_in(file, "people")) == ("2026_11", None)
    assert read_contract(address) == make_contract().of_partition("2026-11")
    assert read_whole(address) == (make_contract(), "2026_11")
    assert (has_partitions(file), has_partitions(address)) == (True, True)


def test_partitions_may_stand_on_one_line(tmp_path: Path) -> None:
    file = write(tmp_path)
    assert not has_partitions(file)
    file.write_text(file.read_text() + "  # partitions_def: none\n")
    assert not has_partitions(file)
    file.write_text(file.read_text() + "  translation: {partitions_def: {type: static, partition_keys: [a]}}\n")
    assert has_partitions(file)


def test_names_that_could_be_those_of_partitions_are_told(tmp_path: Path) -> None:
    files = [write(tmp_path, **MONTHLY), write(tmp_path, name="people_old"), write(tmp_path, name="peoples")]
    named = zip(("people", "people_old", "peoples"), files, strict=True)
    assert [alike(name, file, tmp_path) for name, file in named] == [["people_old"], ["people"], []]


def test_a_dataset_without_partitions_has_none_by_name(tmp_path: Path) -> None:
    file = write(tmp_path)
    with pytest.raises(ContractError, match="no dataset 'people_2026_11'"):
        named_contract(Path("people_2026_11"), tmp_path)
    with pytest.raises(ContractError, match="none of them is 'people_2026_11'"):
        read_contract(file.with_name("defs.yaml#people_2026_11"))


def test_a_dataset_of_its_own_is_no_partition_though_its_name_begins_so(tmp_path: Path) -> None:
    files = [write(tmp_path, **MONTHLY), write(tmp_path, name="people_old")]
    placed = [(file, read_contract(file)) for file in files]
    assert named_contract(Path("people_old"), tmp_path) == files[1]
    members = list(named_members(placed, {"people_old", "people_2026_11"}))
    assert [contract.name for _, contract in members] == ["people_2026_11", "people_old"]
    assert [read_contract(address) for address, _ in members] == [contract for _, contract in members]
