"""A dataset is meant by its file, by its name in a file, or by its name in a project."""

from pathlib import Path

import pytest

from synth_assets.contract.documents import addresses_in, contract_file, find_contracts, named_contract, split
from synth_assets.errors import ContractError


def write(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True)
    texts = (f"type: synth_assets.SyntheticDataset\nattributes:\n  name: {name}\n  purpose: x\n" for name in names)
    (folder / "defs.yaml").write_text("---\n".join(texts))
    return folder / "defs.yaml"


@pytest.fixture
def three(tmp_path: Path) -> Path:
    write(tmp_path / "defs" / "clinic", "visits", "wards")
    write(tmp_path / "defs" / "town", "people")
    return tmp_path


def test_every_contract_below_a_folder_has_an_address(three: Path) -> None:
    assert [path.relative_to(three / "defs").as_posix() for path in find_contracts(three)] == [
        "clinic/defs.yaml#visits",
        "clinic/defs.yaml#wards",
        "town/defs.yaml",
    ]
    assert addresses_in(three / "defs" / "clinic") == find_contracts(three)[:2]
    assert {contract_file(path).name for path in find_contracts(three)} == {"defs.yaml"}


def test_a_name_means_a_dataset_of_the_project_and_a_path_means_itself(three: Path) -> None:
    assert named_contract(Path("wards"), three) == three / "defs" / "clinic" / "defs.yaml#wards"
    assert named_contract(Path("people"), three) == three / "defs" / "town" / "defs.yaml"
    for path in (three / "defs" / "town", three / "defs" / "clinic" / "defs.yaml#visits", Path("no/such.yaml")):
        assert named_contract(path, three) == path


def test_a_name_wins_over_a_folder_without_a_contract(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (three / "people").mkdir()
    monkeypatch.chdir(three)
    assert named_contract(Path("people"), three) == three / "defs" / "town" / "defs.yaml"


def test_an_unknown_name_is_answered_with_all_names(three: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(ContractError, match="there is no dataset 'visit' below") as refused:
        named_contract(Path("visit"), three)
    assert refused.value.hint == "there are: people, visits, wards"
    with pytest.raises(ContractError) as refused:
        named_contract(Path("visits"), tmp_path_factory.mktemp("empty"))
    assert "dg scaffold defs" in str(refused.value.hint)


def test_a_name_that_two_files_have_is_answered_with_both(three: Path) -> None:
    write(three / "defs" / "other", "people")
    with pytest.raises(ContractError, match=r"other/defs.yaml and .*town/defs.yaml are both named 'people'"):
        named_contract(Path("people"), three)


def test_comments_and_empty_documents_are_not_contracts() -> None:
    assert split("# ours\n---\nname: a\n---\n\n# end\n") == ["\n\nname: a"]
    assert split("name: a\n") == ["name: a\n"]
    assert split("--- \nname: a\n--- # another\nname: b")[1].splitlines()[3] == "name: b"
    assert split("") == [""]
