"""The log of promotions in a shared storage."""

from pathlib import Path

import pytest

from synth_assets.errors import IntegrityError
from synth_assets.promotion.log import add_entry, newest_number, read_entry
from synth_assets.storage.folder import FolderStorage


def test_the_newest_entry_counts_and_none_is_replaced(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    assert newest_number(storage, "people") == 0
    assert add_entry(storage, "people", 1, {"is": "first"})
    assert add_entry(storage, "people", 2, {"is": "second"})
    assert not add_entry(storage, "people", 2, {"is": "late"})
    assert newest_number(storage, "people") == 2
    assert [read_entry(storage, "people", number) for number in (1, 2)] == [{"is": "first"}, {"is": "second"}]
    assert newest_number(storage, "others") == 0


def test_other_files_are_no_entries_and_an_unreadable_entry_is_a_fault(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    add_entry(storage, "people", 1, {})
    for name in ("9.json", "00000002.txt", "deeper/00000003.json"):
        storage.create(f"promoted/people/promotions/{name}", b"{}")
    assert newest_number(storage, "people") == 1
    storage.create("promoted/people/promotions/00000002.json", b"{")
    with pytest.raises(IntegrityError, match="is not JSON"):
        read_entry(storage, "people", 2)
    with pytest.raises(IntegrityError, match=r"00000003.json in .* is missing"):
        read_entry(storage, "people", 3)
