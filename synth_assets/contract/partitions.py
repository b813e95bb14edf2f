"""The datasets of partitions: each partition of a contract's assets is a dataset of its own, named after its key.

Example:
    >>> partition_name("visits", "2026-11")
    'visits_2026_11'
"""

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from synth_assets.contract.documents import has_partitions, partition_address

if TYPE_CHECKING:
    from synth_assets.contract import DatasetContract

__all__ = ["named_members", "partition_name"]


def partition_name(name: str, key: str) -> str:
    """Return the name of one partition of a dataset or a source, in which only letters, digits and _ may stand."""
    return f"{name}_{re.sub(r'[^A-Za-z0-9_]', '_', key)}"


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
            yield partition_address(address, name), contract.of_partition(name.removeprefix(f"{contract.name}_"))
