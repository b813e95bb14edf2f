"""The datasets of partitions: each partition of a contract's assets is a dataset of its own, named after its key.

Example:
    >>> partition_name("visits", "2026-11")
    'visits_2026_11'
"""

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from synth_assets.contract.documents import address_of, has_partitions, names_below
from synth_assets.errors import UsageError

if TYPE_CHECKING:
    from synth_assets.contract import DatasetContract

__all__ = ["alike", "named_members", "partition_name"]

_LONGEST = 63
"""Characters of a dataset's name."""


def partition_name(name: str, key: str) -> str:
    """Return the name of one partition of a dataset or a source, in small letters, digits and _.

    Raises:
        UsageError: the key is empty, or the name would be too long.
    """
    whole = f"{name}_{re.sub(r'[^a-z0-9_]', '_', key.lower())}"
    if not key or len(whole) > _LONGEST:
        raise UsageError(
            f"partition {key!r} of {name} cannot be part of a name",
            hint=f"it has one character or more, and the whole name at most {_LONGEST}",
        )
    return whole


def alike(name: str, file: Path, root: Path) -> list[str]:
    """Return the datasets of a project of which this one may be taken for a partition, or the other way round."""
    others = [(path, other) for path, other in names_below(root).items() if other != name]
    return [
        other
        for path, other in others
        if (has_partitions(path) and name.startswith(f"{other}_"))
        or (has_partitions(file) and other.startswith(f"{name}_"))
    ]


def named_members(
    contracts: "Iterable[tuple[Path, DatasetContract]]", names: Collection[str]
) -> "Iterator[tuple[Path, DatasetContract]]":
    """Yield each contract with its address; one that has partitions gives way to those of its datasets that are named.

    Args:
        contracts: each with its address.
        names: of datasets that are there already, such as those that were promoted.
    """
    placed = list(contracts)
    others = set(names) - {contract.name for _, contract in placed}
    for address, contract in placed:
        if not has_partitions(address):
            yield address, contract
            continue
        for name in sorted(name for name in others if name.startswith(f"{contract.name}_")):
            yield address_of(address, name), contract.of_partition(name.removeprefix(f"{contract.name}_"))
