"""Synthetic rows become the codes that they were drawn from."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from kit.incomes import DOMAIN
from made_up_scorers import any_codes

from synth_assets.candidate import Candidate, Shard
from synth_assets.domain.codes import decode
from synth_assets.evaluation.encode import encode_candidate, encode_table, evenly_spaced

_CODES = any_codes(500)


def _table() -> pa.Table:
    columns = {column.name: decode(column, codes) for column, codes in zip(DOMAIN.columns, _CODES, strict=True)}
    return pa.table({**columns, "derived": pa.array(range(500))})


@pytest.fixture
def candidate(tmp_path: Path) -> Candidate:
    shards = []
    for index, start in enumerate((0, 200)):
        part = _table().slice(start, 200 if index == 0 else 300)
        name = f"part-{index:05}.parquet"
        pq.write_table(part, tmp_path / name, row_group_size=64)
        shards.append(Shard(name=name, rows=part.num_rows, digest="", drawn=part.num_rows))
    return Candidate(
        folder=tmp_path, digest="", dataset="made_up", rows=500, seed=0, release="", generator="", contract="",
        fingerprint="", shards=tuple(shards),
    )  # fmt: skip


def test_a_table_becomes_the_codes_that_it_was_made_of() -> None:
    for codes, expected in zip(encode_table(_table(), domain=DOMAIN), _CODES, strict=True):
        assert codes.dtype == np.uint16
        assert codes.tolist() == expected.tolist()


def test_all_rows_of_a_candidate_are_read_in_order(candidate: Candidate) -> None:
    assert [codes.tolist() for codes in encode_candidate(candidate, domain=DOMAIN)] == [
        codes.tolist() for codes in _CODES
    ]


def test_of_many_rows_some_are_taken_at_equal_steps(candidate: Candidate) -> None:
    codes = encode_candidate(candidate, domain=DOMAIN, most=70)
    chosen = evenly_spaced(500, most=70)
    assert [column.tolist() for column in codes] == [column[chosen].tolist() for column in _CODES]


def test_positions_are_spread_over_all_rows_and_none_is_taken_twice() -> None:
    for rows, most in ((1000, 7), (10, 10), (3, 10), (11, 10)):
        positions = evenly_spaced(rows, most=most)
        assert positions.size == min(rows, most) == len(set(positions.tolist()))
        assert positions[0] == 0
        assert positions[-1] >= rows - -(-rows // most)
    assert evenly_spaced(0, most=5).size == 0


def test_a_candidate_without_rows_has_empty_codes(candidate: Candidate) -> None:
    assert [codes.shape for codes in encode_candidate(candidate, domain=DOMAIN, most=0)] == [(0,)] * 5
