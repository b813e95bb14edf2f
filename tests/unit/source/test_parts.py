"""The rows of one part of a split account; the laws are in ``tests/properties/test_holdout.py``."""

import pyarrow as pa

from synth_assets.ledger.types import SplitKey
from synth_assets.source.parts import held_out, rows_of_part

KEY = SplitKey(key=bytes(range(32)), share_ppm=500_000)


def test_an_empty_batch_and_a_batch_without_ids_have_no_rows() -> None:
    for values in ([], [None, None]):
        batch = pa.record_batch([pa.array(values, pa.string())], names=["unit"])
        for part in ("measured", "held_out"):
            assert [read.num_rows for read in rows_of_part([batch], column="unit", split_key=KEY, part=part)] == [0]
    assert held_out([], KEY).shape == (0,)


def test_the_split_never_changes_from_version_to_version_of_this_package() -> None:
    names: list[bytes | None] = [str(number).encode() for number in range(16)]
    assert "".join("h" if part else "m" for part in held_out(names, KEY)) == "hmmmmhhmmmhmhhhh"
