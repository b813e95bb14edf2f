"""The promotions of a dataset in the shared storage: one file each, numbered, and the newest is in force.

``promoted/<dataset>/promotions/00000001.json`` holds what ``current.json`` holds. A promotion is committed by creating
the file of the next number, which a storage does for one of those who try at once. So the condition that every storage
has, to create a file only if there is none, is enough: nothing is ever replaced, and the history stays.
"""

import re
from typing import Any

from synth_assets.errors import IntegrityError
from synth_assets.files import json_bytes
from synth_assets.reading import parse_json
from synth_assets.storage import Storage

__all__ = ["add_entry", "entry_name", "newest_number", "read_entry"]

_ENTRY = re.compile(r"(\d{8})\.json", re.ASCII)
_LARGEST = 1 << 20


def newest_number(storage: Storage, dataset: str) -> int:
    """Return the number of the newest promotion of a dataset; 0 if there is none.

    Raises:
        StorageUnavailable: the storage cannot be used. So do the other functions.
    """
    names = map(_ENTRY.fullmatch, storage.listed(_folder(dataset)))
    return max((int(match[1]) for match in names if match), default=0)


def read_entry(storage: Storage, dataset: str, number: int) -> Any:
    """Return what a promotion says, as plain JSON values.

    Raises:
        IntegrityError: its file is not there, or not JSON within our limits.
    """
    name = entry_name(dataset, number)
    content = storage.read(name, most=_LARGEST)
    if content is None:
        raise IntegrityError(f"{name} in {storage.shown} is missing", hint="somebody removed it")
    return parse_json(content, name=name)


def add_entry(storage: Storage, dataset: str, number: int, value: Any) -> bool:
    """Write promotion ``number`` unless there is one of that number; return whether this call wrote it."""
    return storage.create(entry_name(dataset, number), json_bytes(value))


def entry_name(dataset: str, number: int) -> str:
    """Return the name of a promotion's file in the storage."""
    return f"{_folder(dataset)}/{number:08d}.json"


def _folder(dataset: str) -> str:
    return f"promoted/{dataset}/promotions"
