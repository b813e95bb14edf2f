"""A file of blocks is there whole or not at all, and for its owner alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synth_assets.source.blocks import Block
from synth_assets.source.cluster.block_file import BlockFile, write_blocks

DTYPES = (np.uint8, np.uint16, np.uint64)


def block(rows: int) -> Block:
    return [np.arange(rows, dtype=kind) for kind in DTYPES]


def test_blocks_come_back_as_they_were_one_by_one_too(tmp_path: Path) -> None:
    path, sizes = tmp_path / "blocks", (3, 0, 70_000)
    write_blocks(path, map(block, sizes), dtypes=DTYPES)
    with BlockFile(path, dtypes=DTYPES) as file:
        read = [[column.tolist() for column in columns] for columns in file]
        assert read == [[column.tolist() for column in block(rows)] for rows in sizes]
        assert [len(file.read(index)[2]) for index in (2, 1, 0)] == [70_000, 0, 3]
    assert path.stat().st_mode & 0o777 == 0o600
    assert repr(file) == "BlockFile(private)"


def test_a_file_may_have_no_block(tmp_path: Path) -> None:
    write_blocks(tmp_path / "none", [], dtypes=DTYPES)
    with BlockFile(tmp_path / "none", dtypes=DTYPES) as file:
        assert not list(file)


def test_what_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[Any]:
        yield block(5)
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        write_blocks(tmp_path / "blocks", broken(), dtypes=DTYPES)
    assert not list(tmp_path.iterdir())


def test_writing_again_changes_nothing_for_whoever_reads(tmp_path: Path) -> None:
    path = tmp_path / "blocks"
    write_blocks(path, [block(9)], dtypes=DTYPES)
    with BlockFile(path, dtypes=DTYPES) as file:
        write_blocks(path, [block(9)], dtypes=DTYPES)
        assert file.read(0)[0].tolist() == list(range(9))
    assert [entry.name for entry in tmp_path.iterdir()] == ["blocks"]


def test_a_folder_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_blocks(tmp_path / "gone" / "blocks", [block(1)], dtypes=DTYPES)
    assert not (tmp_path / "gone").exists()
