"""Encoded rows in memory and on disk."""

from pathlib import Path

import numpy as np
import pytest

from synth_assets.source.blocks import Blocks, gathered


@pytest.mark.parametrize("memory_bytes", [0, 20, 1 << 20], ids=["on disk", "spilled midway", "in memory"])
def test_blocks_come_back_as_they_went_in(tmp_path: Path, memory_bytes: int) -> None:
    blocks = Blocks([np.uint8, np.uint16], scratch=tmp_path, memory_bytes=memory_bytes)
    written = [[np.arange(size), np.arange(size) * 300] for size in (3, 0, 7, 2)]
    for block in written:
        blocks.append(block)
    read_back = list(blocks)
    assert [len(block[0]) for block in read_back] == [3, 7, 2]
    for block, expected in zip(read_back, [written[0], written[2], written[3]], strict=True):
        assert [column.dtype for column in block] == [np.uint8, np.uint16]
        assert all((left == right).all() for left, right in zip(block, expected, strict=True))
    assert [column.tolist() for column in blocks.read(1, start=2, stop=5)] == [[2, 3, 4], [600, 900, 1200]]
    blocks.close()


def test_the_scratch_file_has_no_name(tmp_path: Path) -> None:
    blocks = Blocks([np.uint8], scratch=tmp_path, memory_bytes=0)
    blocks.append([np.arange(100)])
    assert list(tmp_path.iterdir()) == []
    blocks.close()


def test_it_shows_nothing_of_its_content(tmp_path: Path) -> None:
    blocks = Blocks([np.uint8], scratch=tmp_path)
    before = repr(blocks)
    blocks.append([np.arange(100)])
    assert repr(blocks) == before


def test_small_blocks_are_gathered_in_order() -> None:
    blocks = [[np.arange(size), np.arange(size) * 300] for size in (3, 1, 7, 2, 2)]
    together = list(gathered(blocks, rows=4))
    assert [len(block[0]) for block in together] == [4, 7, 4]
    for column in (0, 1):
        joined = np.concatenate([block[column] for block in together])
        assert joined.tolist() == np.concatenate([block[column] for block in blocks]).tolist()
    assert list(gathered([], rows=4)) == []
