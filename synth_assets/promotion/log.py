"""The promotions of a dataset in the shared storage: one file each, numbered, and the newest is in force.

``promoted/<dataset>/promotions/00000001.json`` holds what ``current.json`` holds. A promotion is committed by creating
the file of the next number, which a storage does for one of those who try at once. So the condition that every storage
has, to create a file only if there is none, is enough: nothing is ever replaced, and the history stays.
"""

import re
from typing import Any

from synth_assets.files import json_bytes
from synth_assets.reading import parse_json
from synth_assets.storage import Storage

__all__ = ["add_entry", "newest_entry", "newest_number"]

_ENTRY = re.compile(r"(\d{8})\.json", re.ASCII)
_LARGEST = 1 << 20


def newest_number(storage: Storage, dataset: str) -> int:
    """Return the number of the newest promotion of a dataset; 0 if there is none.

    Raises:
        StorageUnavailable: the storage cannot be used. So do the other functions.
    """
    names = map(_ENTRY.fullmatch, storage.listed(_folder(dataset)))
    return max((int(match[1]) for match in names if match), default=0)


def newest_entry(storage: Storage, dataset: str) -> Any:
    """Return what the newest promotion says, as plain JSON values; ``None`` if there is none.

    Raises:
        IntegrityError: its file is not JSON within our limits.
    """
    if not (number := newest_number(storage, dataset)):
        return None
    name = _name(dataset, number)
    content = storage.read(name, most=_LARGEST)
    return None if content is None else parse_json(content, name=name)


def add_entry(storage: Storage, dataset: str, number: int, value: Any) -> bool:
    """Write promotion ``number`` unless there is one of that number; return whether this call wrote it."""
    return storage.create(_name(dataset, number), json_bytes(value))


def _name(dataset: str, number: int) -> str:
    return f"{_folder(dataset)}/{number:08d}.json"


def _folder(dataset: str) -> str:
    return f"promoted/{dataset}/promotions"
